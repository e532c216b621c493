"""Lowercase as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.lowercase import Lowercase


def lowercase(spec: Lowercase, reading: Reading) -> Value:
    """Text in small letters."""
    each = F.translate(reading.text(spec.input), "\u0130\u03a3", "i\u03c3")  # Java makes two characters of one, and one by what is around it
    return Value(F.lower(each), T.StringType())
