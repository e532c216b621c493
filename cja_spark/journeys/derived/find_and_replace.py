"""Find and replace as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.find_and_replace import FindAndReplace


def find_and_replace(spec: FindAndReplace, reading: Reading) -> Value:
    """Text with every occurrence replaced, from the left; occurrences do not overlap."""
    return Value(F.replace(reading.text(spec.input), F.lit(spec.find), F.lit(spec.replace)), T.StringType())
