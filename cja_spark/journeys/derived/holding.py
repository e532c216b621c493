"""What journeys hold of an input for a function that a report runs, as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.held import Holding


def holding(spec: Holding, reading: Reading) -> Value:
    """The input.

    Raises:
        InputError: an instant is expected, and it is a number.
    """
    if spec.kind == "instant":
        return Value(F.unix_micros(reading.instant(spec.input)).cast("double"), T.DoubleType())
    if spec.kind == "amount":
        return Value(reading.number(spec.input), T.DoubleType())
    return reading.value(spec.input)
