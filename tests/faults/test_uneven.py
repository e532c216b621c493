"""F13: work that is spread unevenly by nature: chunks stay even, and a store of many audiences stays as fast."""

import statistics
import time

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.outbox import chunk_of
from tests.faults.plan import FULL


@pytest.mark.fault("F13")
@pytest.mark.parametrize("form", ["crm:{}", "email:somebody{}@example.com", "ecid:{:038d}"])
def test_f13_chunks_are_even_whatever_the_keys_look_like(spark, form):
    rows, chunks = 2_000_000 if FULL else 60_000, 24
    key = F.format_string(form.replace("{:038d}", "%038d").replace("{}", "%d"), F.col("id"))
    sizes = [row["count"] for row in spark.range(rows).select(chunk_of(key, chunks).alias("chunk")).groupBy("chunk").count().collect()]
    assert len(sizes) == chunks
    assert max(sizes) / statistics.median(sizes) < 1.2


@pytest.mark.fault("F13")
def test_f13_half_of_the_people_of_one_key_are_one_row(spark, tmp_path):
    from cja_spark.audiences.people import keyed
    from cja_spark.audiences.spec import Audience

    audience = Audience.model_validate({"name": "skewed", "segments": "x", "refresh": "daily", "lookback": "30 days"})
    rows = 1_000_000 if FULL else 100_000
    half = F.when(F.col("id") % 2 == 0, F.lit("everybody")).otherwise(F.col("id").cast("string"))
    people = spark.range(rows).select(half.alias("person_id"), F.lit("CRM").alias("person_namespace"))
    begun = time.monotonic()
    assert keyed(people, audience).count() == rows // 2 + 1
    assert time.monotonic() - begun < 60
