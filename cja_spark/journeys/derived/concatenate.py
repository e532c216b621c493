"""Concatenate as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.concatenate import Concatenate


def concatenate(spec: Concatenate, reading: Reading) -> Value:
    """Values that are set, with the delimiter between them."""
    return Value(F.concat_ws(spec.delimiter, *map(reading.text, spec.inputs)), T.StringType())
