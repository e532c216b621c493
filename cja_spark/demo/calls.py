"""The call centre: most calls follow a help page within hours; order tracking spares most of them."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance, pick

HOUR_MS = 3_600_000
CALL_SHARE = {  # of visits of a kind after which the person calls
    "help": 0.4, "lost": 0.2, "tracking": 0.06, "helped_purchase": 0.06, "helped_checkout": 0.1, "purchase": 0.02, "found_purchase": 0.02,
}  # fmt: skip
OTHER_SHARE = 0.004
NOBODY_SHARE = 0.02  # of calls whose caller nobody looked up
REASONS = ("delivery", "return", "payment", "size", "account")


def calls(visits: DataFrame, seed: int) -> DataFrame:
    """Calls as the telephone system exports them: four ways to write a time, numbers as text.

    Rows:    One per call.
    Columns: reads person bigint, visit int, crm_id, kind string, start bigint; returns t bigint (ms), call_id,
        started_at, customer_id, reason, duration_seconds string, cost double, agent, channel string.
    """
    key = ("person", "visit")
    shares = F.create_map(*[F.lit(part) for kind in CALL_SHARE.items() for part in kind])
    share = F.coalesce(shares[F.col("kind")], F.lit(OTHER_SHARE))
    called = visits.where(F.col("crm_id").isNotNull() & (chance("calls", seed, *key) < share))
    seconds = 180 + (chance("minutes", seed, *key) * 1320).cast("int")
    nobody = chance("nobody", seed, *key) < NOBODY_SHARE
    after = 600_000 + chance("call_hours", seed, *key) * 11 * HOUR_MS
    return called.withColumn("t", F.col("start") + after.cast("bigint")).select(
        "t",
        F.concat(F.lit("k"), "person", F.lit("-"), "visit").alias("call_id"),
        _written(F.col("t")).alias("started_at"),
        F.when(nobody, F.lit("")).otherwise(F.col("crm_id")).alias("customer_id"),
        pick(REASONS, chance("reason", seed, *key)).alias("reason"),
        seconds.cast("string").alias("duration_seconds"),
        F.round(seconds * 0.015, 2).alias("cost"),
        F.concat(F.lit("agent_"), (chance("agent", seed, *key) * 40).cast("int")).alias("agent"),
        F.lit("call").alias("channel"),
    )


def _written(t: Column) -> Column:
    """The time as one of four systems writes it; each person's calls are in the same one."""
    moment, system = F.timestamp_millis(t), F.pmod("person", F.lit(4))
    return (
        F.when(system == 0, F.date_format(moment, "yyyy-MM-dd HH:mm:ss"))
        .when(system == 1, F.date_format(moment, "yyyy-M-d H:mm:ss"))
        .when(system == 2, F.date_format(moment, "yyyy-MM-dd'T'HH:mm:ss'Z'"))
        .otherwise(F.floor(t / 1000).cast("string"))
    )
