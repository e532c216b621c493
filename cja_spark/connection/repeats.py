"""Repeated event ids: all but the first row of an id are dropped."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.arrival import with_arrival
from cja_spark.sources.items import Item

ROW_KEY = ("file", "row")


def _hash() -> Column:
    return F.xxhash64("event_id").alias("_id")


def repeats(rows: DataFrame, known: DataFrame | None, dataset: str, items: Sequence[Item]) -> DataFrame | None:
    """Find the rows of one dataset whose event id is not its first.

    Hashes of ids find the few suspects; only those are compared by their ids.

    Rows:    One per row to drop, held in memory; None when there is none.
    Columns: reads event_id, file string, item string, row bigint, ts timestamp, row_hash bigint, reason string; reads
        of known event_id string; returns file string, row bigint.
    Ties:    The first is by the arrival of its item, file, time, hash.

    Args:
        rows: conformed rows of one dataset.
        known: that dataset's events of earlier loads, or None.
        dataset: its name.
        items: what the load takes, in order of arrival.
    """
    asked = rows.where(F.col("reason").isNull() & F.col("event_id").isNotNull())
    hashes = asked.select(_hash())
    suspects = hashes.groupBy("_id").count().where(F.col("count") > 1).select("_id")
    if known is not None:
        there = known.where(F.col("event_id").isNotNull())
        suspects = suspects.union(hashes.join(there.select(_hash()), on="_id", how="left_semi")).distinct()
    suspects = suspects.persist()
    if suspects.isEmpty():
        suspects.unpersist()
        return None
    keys = asked.withColumn("_id", _hash()).join(suspects, on="_id", how="left_semi")
    keys = with_arrival(keys, "item", dataset, items)
    found = _repeated(keys, suspects, None if known is None else there).persist()
    found.count()
    suspects.unpersist()
    return found


def _repeated(keys: DataFrame, suspects: DataFrame, there: DataFrame | None) -> DataFrame:
    keys = keys.select("event_id", F.struct("_arrival", "file", "ts", "row_hash", "row").alias("_order"))
    groups = keys.groupBy("event_id").agg(F.min("_order").alias("_first"))
    if there is None:
        groups = groups.withColumn("_known", F.lit(False))
    else:
        before = there.withColumn("_id", _hash()).join(suspects, on="_id", how="left_semi")
        before = before.select("event_id", F.lit(True).alias("_known")).distinct()
        groups = groups.join(before, on="event_id", how="left")
    again = F.coalesce(F.col("_known"), F.lit(False)) | (F.col("_order") != F.col("_first"))
    return keys.join(groups, on="event_id").where(again).select("_order.file", "_order.row")


def with_reason(rows: DataFrame, found: DataFrame | None, reason: str) -> DataFrame:
    """Give a reason to the rows that were found, unless they have one; the join matches at most one row.

    Rows:    The same.
    Columns: reads file string, row bigint, reason string; reads of found file string, row bigint; changes reason.
    """
    if found is None:
        return rows
    joined = rows.join(found.withColumn("_found", F.lit(reason)), on=list(ROW_KEY), how="left")
    return joined.withColumn("reason", F.coalesce("reason", "_found")).select(*rows.columns)
