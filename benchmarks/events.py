"""The benchmark's events: the same rows for all sides, as Parquet for the peers and as the lake's events."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.lake import Lake
from cja_spark.view.spec import View

START_MS = 1_767_225_600_000  # 2026-01-01
DAYS = 90
KINDS = ["view"] * 5 + ["search", "product", "cart", "checkout", "purchase"]
STEPS = ("product", "cart", "checkout", "purchase")
VIEW = View.model_validate(
    {
        "name": "bench",
        "buckets": 4,
        "dimensions": {"event": "event", "page": "page", "channel": "channel", "campaign": "campaign"},
        "metrics": {
            "revenue": {"field": "revenue"},
            "orders": {"field": "revenue", "behavior": "instances"},
        },
    }
)


def random(seed: int, of: str = "id") -> Column:
    """A number in [0, 1) that only the row's id and the seed decide."""
    return F.pmod(F.xxhash64(of, F.lit(seed)), F.lit(1 << 30)) / (1 << 30)


def rows(spark: SparkSession, events: int) -> DataFrame:
    """Generated events: about one person per 20, three months, 1,000 skewed pages."""
    kinds = F.array(*[F.lit(kind) for kind in KINDS])
    return spark.range(events).select(
        F.concat(F.lit("p"), (random(1) * random(2) * (events // 20)).cast("bigint")).alias("person_id"),
        F.lit("crm").alias("person_namespace"),
        F.lit(None).cast("string").alias("persistent_id"),
        F.concat(F.lit("e"), F.col("id").cast("string")).alias("event_id"),
        F.timestamp_millis(F.lit(START_MS) + (random(3) * DAYS * 86_400_000).cast("bigint")).alias("ts"),
        F.lit("web").alias("dataset"),
        F.lit(0).alias("dataset_position"),
        F.lit(1).cast("bigint").alias("load"),
        F.lit(None).cast("bigint").alias("sequence"),
        F.xxhash64("id").alias("row_hash"),
        kinds[(random(4) * 10).cast("int")].alias("event"),
        F.concat(F.lit("page_"), (random(5) * random(6) * 1000).cast("int")).alias("page"),
        F.concat(F.lit("channel_"), (random(7) * 8).cast("int")).alias("channel"),
        F.concat(F.lit("campaign_"), (random(8) * random(9) * 200).cast("int")).alias("campaign"),
        F.when(random(4) >= 0.9, F.round(random(10) * 100, 2)).alias("revenue"),
    )


def make(lake: Lake, parquet: str, events: int) -> None:
    """Write both forms once."""
    if lake.events.exists():
        return
    made = rows(lake.spark, events).withColumn("event_date", F.to_date("ts"))
    made.select(
        "person_id", F.unix_millis("ts").alias("t"), "event", "page", "channel", "campaign", "revenue"
    ).write.mode("overwrite").parquet(parquet)
    lake.events.append(made.repartition(8, "event_date"))
