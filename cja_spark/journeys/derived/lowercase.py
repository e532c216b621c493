"""Lowercase as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.lowercase import Lowercase


def lowercase(spec: Lowercase, reading: Reading) -> Value:
    """Text in small letters."""
    return Value(F.lower(reading.text(spec.input)), T.StringType())
