"""Timestamps in every form that sources have."""

import pytest
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.conform import timestamp_of

TEN = "2026-01-01 10:00:00"
TEXTS = {
    "2026-01-01T10:00:00Z": TEN,
    "2026-01-01T12:00:00+02:00": TEN,
    " 2026-01-01 10:00:00.000 ": TEN,
    "2026-01-01 9:05:00": "2026-01-01 09:05:00",
    "2026-01-01T10:00": TEN,
    "2026-01-01 9:05": "2026-01-01 09:05:00",
    "2026-01-01T12:00+02:00": TEN,
    "2026-01-01T10:00Z": TEN,
    "2026-01-01": "2026-01-01 00:00:00",
    "1767261600": TEN,
    "1767261600000": TEN,
    "1767261600.5": "2026-01-01 10:00:00.5",
    "2026-01-01T10": TEN,
    "yesterday": None,
    "10:00": None,
    "T10:00:00-05:00": None,
    "2026-02-30T10:00": None,
}
NUMBERS = {1767261600: TEN, 1767261600000: TEN, 1767261600000000: TEN, -1: "1969-12-31 23:59:59"}


@pytest.mark.parametrize(("forms", "kind"), [(TEXTS, T.StringType()), (NUMBERS, T.LongType())], ids=["text", "numbers"])
@pytest.mark.fault("F12")
def test_timestamps_are_understood_in_many_forms(spark, forms, kind):
    rows = spark.createDataFrame([(form,) for form in forms], T.StructType([T.StructField("form", kind)]))
    found = rows.select("form", timestamp_of(F.col("form"), kind).cast("string").alias("shown")).collect()
    assert {row["form"]: row["shown"] for row in found} == forms


def test_typed_columns_keep_their_instant(spark):
    rows = spark.sql("SELECT timestamp_ntz'2026-01-01 10:00:00' AS ntz, date'2026-01-01' AS day, timestamp'2026-01-01 10:00:00' AS ltz")
    shown = [timestamp_of(F.col(field.name), field.dataType).cast("string").alias(field.name) for field in rows.schema]
    assert tuple(rows.select(*shown).collect()[0]) == (TEN, "2026-01-01 00:00:00", TEN)
