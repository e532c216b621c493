"""How rows arrive: in folders by day or week, some late, some twice."""

from __future__ import annotations

from typing import NamedTuple

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance
from cja_spark.demo.spec import DAY_MS, Year

LATE_SHARE, REPEATED_SHARE, LATE_DAYS = 0.01, 0.005, 9
EVENTS_PER_FILE = 500_000


class Written(NamedTuple):
    """Rows written, those that came late, those that are there a second time."""

    rows: int
    late: int
    repeated: int


def arrive(rows: DataFrame, year: Year, key: str) -> DataFrame:
    """Add when rows arrive; late rows come one to nine days late, half of the repeated ones come again the next day.

    Rows:    One per row of the year, repeated rows twice; rows outside the year are dropped.
    Columns: reads t bigint (ms), {key} string; adds _again int, {folder} date (day or week), _late boolean.
    """
    seed = year.seed
    days = 1 + F.floor(chance("late_days", seed, key) * LATE_DAYS).cast("int")
    delay = F.when(chance("late", seed, key) < LATE_SHARE, days).otherwise(F.lit(0))
    twice = F.when(chance("twice", seed, key) < REPEATED_SHARE, F.array(F.lit(0), F.lit(1)))
    next_day = F.when(chance("again", seed, key) < 0.5, F.col("_again")).otherwise(F.lit(0))
    happened = F.date_from_unix_date((F.col("t") / DAY_MS).cast("int"))
    inside = rows.where((F.col("t") >= year.begin_ms) & (F.col("t") < year.end_ms))
    return (
        inside.select("*", F.explode(F.coalesce(twice, F.array(F.lit(0)))).alias("_again"))
        .withColumn(year.folders, _folder(F.date_add(happened, delay + next_day), year))
        .withColumn("_late", F.col(year.folders) > _folder(happened, year))
    )


def _folder(day: Column, year: Year) -> Column:
    return F.trunc(day, "week") if year.folders == "week" else day


def write(rows: DataFrame, path: str, form: str, year: Year, key: str = "_id") -> Written:
    """Write rows into folders of their arrival, in place of what was there."""
    seen = Observation()
    counts = (
        F.count(F.lit(1)).alias("rows"),
        F.count_if(F.col("_late")).alias("late"),
        F.count_if(F.col("_again") == 1).alias("repeated"),
    )
    arrived = arrive(rows, year, key).observe(seen, *counts).drop("t", "_late", "_again")
    # A folder is one file, or several of about as many rows; a key's rows of a folder are in one file.
    parts = 1 + year.events // (50 * EVENTS_PER_FILE)
    spread = arrived.repartition(year.folders, F.pmod(F.xxhash64(key), F.lit(parts)))
    writer = spread.sortWithinPartitions(year.folders, key).write.mode("overwrite").option("header", "true")
    writer.partitionBy(year.folders).format(form).save(path)
    found = seen.get
    return Written(found["rows"], found["late"], found["repeated"])


def write_whole(rows: DataFrame, path: str) -> Written:
    """Write a dataset without a time as one CSV file, in place of what was there."""
    seen = Observation()
    counted = rows.observe(seen, F.count(F.lit(1)).alias("rows"))
    counted.coalesce(1).write.mode("overwrite").option("header", "true").csv(path)
    return Written(seen.get["rows"], 0, 0)
