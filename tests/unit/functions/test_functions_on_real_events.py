"""Sessions and their entries agree with what Adobe stored beside real events."""

import pytest
from pyspark.sql import Window
from pyspark.sql import functions as F

from cja_spark.functions import attribution_first_touch_exp_if, previous_value, sess_timeout

DEVICE, SESSION = "endUserIDs._experience.aaid.id", "_experience.analytics.session"


@pytest.fixture(scope="module")
def by_device(spark):
    return Window.partitionBy(DEVICE).orderBy("timestamp", f"{SESSION}.num", f"{SESSION}.depth")


@pytest.fixture(scope="module")
def hits(spark, shared):
    return spark.read.parquet(str(shared / "data" / "dsw-luma" / "luma_post.snappy.parquet"))


def test_sessions_begin_where_adobe_began_them_but_in_one_place(hits, by_device):
    number = F.col(f"{SESSION}.num")
    before = previous_value(number).over(by_device)["value"]
    rows = hits.select(
        sess_timeout("timestamp", 1800).over(by_device).alias("ours"),
        (before.isNull() | (before != number)).alias("begins"),
        F.col(f"{SESSION}.depth").alias("depth"),
    )
    [told] = rows.select(
        F.count_if(F.col("ours.is_new")), F.count_if("begins"), F.count_if(F.col("ours.is_new") == F.col("begins")),
        F.count_if(F.col("ours.depth") == F.col("depth")), F.count(F.lit(1)),
    ).collect()  # fmt: skip
    assert tuple(told) == (2148, 2149, 23_054, 23_034, 23_055)


def test_the_first_touch_of_a_session_is_the_entry_that_adobe_stored(hits, by_device):
    begins = F.col(f"{SESSION}.depth") == 1
    entry = attribution_first_touch_exp_if("timestamp", "Referrer", "web.webReferrer.type", begins, exp_before=True).over(by_device)["value"]
    rows = hits.select(entry.alias("entry"), F.col(f"{SESSION}.web.webReferrer.type").alias("stored"))
    assert rows.where("entry = stored").count() == rows.count() == 23_055
