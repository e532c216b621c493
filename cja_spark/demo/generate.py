"""Writing the demo data: one folder per day of arrival, defects included, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import Field
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.demo import channels
from cja_spark.demo.chance import chance
from cja_spark.demo.visits import pages, visits
from cja_spark.errors import UnwritableError
from cja_spark.spec import Spec

MARKER = "generated.json"
Folders = Literal["day", "week"]
LATE_SHARE, DUPLICATE_SHARE, LATE_DAYS = 0.01, 0.005, 3


class DemoReceipt(Spec):
    """What was generated; `fresh` is False when it was already there."""

    events: int = Field(ge=10_000, le=100_000_000)
    seed: int
    folders: Folders = "week"
    rows: dict[str, int] = {}  # noqa: RUF012 - pydantic copies defaults
    fresh: bool = True


def generate(
    spark: SparkSession, target: str, *, events: int = 200_000, seed: int = 7, folders: Folders = "week"
) -> DemoReceipt:
    """Generate the retailer's year below `target`/raw, unless the same is already there.

    Args:
        spark: the session; all rows are made by its executors.
        target: a folder on a local or shared disk.
        events: about how many events in all, 10 thousand to 100 million.
        seed: another seed is another year.
        folders: what one folder of arrivals holds.

    Raises:
        ValueError: `events` outside its bounds.
        UnwritableError: the folder cannot be written.
    """
    asked = DemoReceipt(events=events, seed=seed, folders=folders)
    root = Path(target, "raw")
    marker = root / MARKER
    if marker.is_file():
        before = DemoReceipt.model_validate_json(marker.read_text(encoding="utf-8"))
        if (before.events, before.seed, before.folders) == (events, seed, folders):
            return before.model_copy(update={"fresh": False})
        marker.unlink()
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError.place(str(root), error.strerror or str(error)) from error
    rows = {name: write(str(root / name)) for name, write in _writers(spark, events, seed, folders).items()}
    receipt = asked.model_copy(update={"rows": rows})
    marker.write_text(json.dumps(receipt.model_dump(), indent=2), encoding="utf-8")
    return receipt


def _writers(spark: SparkSession, events: int, seed: int, folders: Folders) -> dict[str, Callable[[str], int]]:
    seen = pages(visits(spark, events, seed), seed)
    web = channels.browsing(seen, seed, app=False).unionByName(bot(spark, events, seed), allowMissingColumns=True)
    app = channels.browsing(seen, seed, app=True)
    return {
        "web": lambda path: arriving(web, path, "json", seed, folders),
        "app": lambda path: arriving(app, path, "parquet", seed, folders),
        "email": lambda path: arriving(channels.email(spark, events, seed), path, "json", seed, folders),
        "calls": lambda path: arriving(channels.calls(spark, events, seed), path, "csv", seed, folders, "call_id"),
        "store": lambda path: arriving(channels.store(spark, events, seed), path, "parquet", seed, folders),
        "crm": lambda path: _whole(channels.crm(spark, events, seed), path),
        "catalogue": lambda path: _whole(channels.catalogue(spark, seed), path),
    }


def bot(spark: SparkSession, events: int, seed: int) -> DataFrame:
    """One device that reads product pages all year round, every few minutes or hours: about one event in a hundred."""
    count = max(events // 100, 50)
    step = 360 * 86_400_000 // count
    rows = spark.range(count).select(
        F.lit(-1).cast("bigint").alias("person"), F.lit(1).alias("visit"), F.col("id").cast("int").alias("nth"),
        F.lit("9" * 38).alias("ecid"), F.lit(None).cast("string").alias("crm_id"), F.lit("product").alias("page"),
        F.lit("direct").alias("channel"), F.lit(None).cast("string").alias("campaign"), F.lit(False).alias("in_app"),
        F.lit(False).alias("known"), F.pmod("id", F.lit(400)).cast("int").alias("product"),
        (F.lit(1_756_771_200_000) + F.col("id") * step).alias("t"),
    )  # fmt: skip
    return channels.browsing(rows, seed, app=False)


def arriving(rows: DataFrame, path: str, form: str, seed: int, folders: Folders, key: str = "_id") -> int:
    """Write rows into folders of their day or week of arrival: one in a hundred comes late, one in two hundred twice.

    Returns the number of rows written.
    """
    late = F.when(chance("late", seed, key) < LATE_SHARE, F.lit(LATE_DAYS)).otherwise(0)
    twice = F.when(chance("twice", seed, key) < DUPLICATE_SHARE, F.array(F.lit(0), F.lit(1))).otherwise(
        F.array(F.lit(0))
    )
    day = F.date_add(F.to_date(F.timestamp_millis("t")), late)
    arrived = rows.withColumn("_again", F.explode(twice)).withColumn(
        folders, F.trunc(day, "week") if folders == "week" else day
    )
    writer = arrived.drop("t", "_again").repartition(folders).sortWithinPartitions(folders, key).write.mode("overwrite")
    writer.option("header", "true").partitionBy(folders).format(form).save(path)
    return int(rows.sparkSession.read.option("header", "true").format(form).load(path).count())


def _whole(rows: DataFrame, path: str) -> int:
    rows.coalesce(1).write.mode("overwrite").option("header", "true").csv(path)
    return int(rows.sparkSession.read.option("header", "true").csv(path).count())
