"""Ids of values: what hashes to a reserved id moves out of the way, in Python and in Spark alike (O2)."""

import pytest
from pyspark.sql import functions as F

from cja_spark.journeys import fields, hashing
from cja_spark.journeys.fields import id_of
from cja_spark.journeys.hashing import NOT_SET, RESERVED, value_id

HASHES = {0: 16, 1: 17, 15: 31, 16: 16, -1: -1, (1 << 63) - 1: (1 << 63) - 1, -(1 << 63): -(1 << 63)}


@pytest.mark.parametrize(("hashed", "id_"), HASHES.items())
def test_o2_a_reserved_id_is_no_values(spark, monkeypatch, hashed, id_):
    monkeypatch.setattr(hashing.xxhash, "xxh64_intdigest", lambda _text, seed: hashed % (1 << 64))
    assert value_id("any") == id_
    monkeypatch.setattr(fields.F, "xxhash64", lambda _text: F.lit(hashed).cast("bigint"))
    found = spark.range(1).select(id_of(F.lit("any")).alias("set"), id_of(F.lit(None).cast("string")).alias("not_set")).collect()[0]
    assert (found["set"], found["not_set"]) == (id_, NOT_SET)


@pytest.mark.parametrize("text", ["", " ", "home", "\u00fc", "a" * 1000, "\U0001f600"])
def test_spark_and_python_hash_alike(spark, text):
    assert spark.range(1).select(id_of(F.lit(text))).collect()[0][0] == value_id(text)
    assert not 0 <= value_id(text) < RESERVED
