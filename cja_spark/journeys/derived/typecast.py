"""Typecast as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.typecast import FORMATS, Typecast


def typecast(spec: Typecast, reading: Reading) -> Value:
    """Values as another type.

    Raises:
        InputError: dates and times as numbers, numbers with a format of dates.
    """
    if spec.format:
        local = F.from_utc_timestamp(reading.instant(spec.input), reading.zone)
        return Value(F.date_format(local, FORMATS[spec.format]), T.StringType())
    if spec.to == "text":
        return Value(reading.text(spec.input), T.StringType())
    number = reading.number(spec.input)
    return Value(number, T.DoubleType()) if spec.to == "number" else Value(number.try_cast("bigint"), T.LongType())
