"""Dropping: rows that cannot become events get a reason; duplicate event ids are kept once."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def flagged(rows: DataFrame, known: DataFrame | None) -> DataFrame:
    """Give the reason `duplicate_event_id` to all but the first row of an event id.

    Rows:    The same; the joins match at most one row each.
    Columns: reads row bigint (unique), dataset, event_id, file, ts, row_hash, reason; changes reason.
    Ties:    The first is by file, time, hash: files sort as they arrive.

    Args:
        rows: staged rows of a load.
        known: events that were there before, or None.
    """
    asked = rows.where(F.col("reason").isNull() & F.col("event_id").isNotNull())
    keys = asked.select("dataset", "event_id", "row", F.struct("file", "ts", "row_hash", "row").alias("_order"))
    groups = keys.groupBy("dataset", "event_id").agg(F.min("_order").alias("_first"), F.count("*").alias("_rows"))
    again = (
        keys.join(groups.where(F.col("_rows") > 1), on=["dataset", "event_id"], how="inner")
        .where(F.col("row") != F.col("_first.row"))
        .select("row")
    )
    if known is not None:
        there = known.where(F.col("event_id").isNotNull()).select("dataset", "event_id").distinct()
        again = again.unionByName(
            keys.join(there, on=["dataset", "event_id"], how="left_semi").select("row")
        ).distinct()
    marked = again.select("row", F.lit("duplicate_event_id").alias("_again"))
    return (
        rows.join(marked, on="row", how="left")
        .withColumn("reason", F.coalesce(F.col("reason"), F.col("_again")))
        .select(*rows.columns)
    )
