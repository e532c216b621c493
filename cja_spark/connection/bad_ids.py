"""Bad IDs: persons with more events in a calendar month than a person can have; what arrives of them later is discarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from cja_spark.connection.arrival import with_arrival
from cja_spark.connection.load import Load
from cja_spark.connection.repeats import with_reason
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.table_schema import schema

CELLS = 4096  # persons are counted in so many cells first: most months have no cell with a bad ID's events
REASON = "invalid_person_id"


@dataclass(frozen=True)
class BadIds:
    """The bad IDs of a connection once a load is done.

    Attributes:
        persons: all of them.
        before: those of earlier loads, of which nothing more is taken.
        most: no other person has more events in a calendar month.
        late: the rows of this load that arrived after their person became one, held in memory; None when there is none.
    """

    persons: tuple[str, ...]
    before: tuple[str, ...]
    most: int
    late: DataFrame | None = None

    def discarded(self, rows: DataFrame, dataset: str) -> DataFrame:
        """Give the reason `invalid_person_id` to the rows of a dataset that came too late.

        Rows:    The same.
        Columns: changes reason.
        """
        if self.late is not None:
            own = self.late.where(F.col("dataset") == dataset).select("file", "row")
            rows = with_reason(rows, own, REASON)
        if self.before:
            known = _ids(rows, self.before).withColumn("_bad", F.lit(REASON))
            joined = rows.join(F.broadcast(known), on="person_id", how="left")
            rows = joined.withColumn("reason", F.coalesce("reason", "_bad")).select(*rows.columns)
        return rows


def bad_ids(lake: Lake, load: Load, datasets: Mapping[str, DataFrame], limit: int, arriving: int) -> BadIds:
    """Find the persons with more than `limit` events in a calendar month (UTC), over all datasets and loads.

    Nothing is read as long as all rows that came since the last look could not take anybody over the limit.

    Args:
        lake: the lake, whose events are read as they were when the load was planned.
        load: the load.
        datasets: its rows with their persons.
        limit: the events of a person in a month that are still none too many.
        arriving: no fewer than the rows of the load.

    Source:  CJA, bad IDs. Decision (docs/decisions/loads.md): the event that exceeds the limit is the last one taken.
    """
    known = load.known
    if known.most_monthly_events is not None and known.most_monthly_events + arriving <= limit:
        return BadIds(known.bad_ids, known.bad_ids, known.most_monthly_events + arriving)
    usable = {name: _others(rows.where(F.col("reason").isNull()), known.bad_ids) for name, rows in datasets.items()}
    there = None
    if load.events_version >= 0 and not load.full:
        there = _others(lake.events.read(load.events_version).select("person_id", _month()), known.bad_ids)
    frames = [rows.select("person_id", _month()) for rows in usable.values()] + ([] if there is None else [there])
    if not frames:
        return BadIds(known.bad_ids, known.bad_ids, 0)
    months = reduce(DataFrame.unionByName, frames)
    cell = F.pmod(F.xxhash64("person_id"), F.lit(CELLS)).alias("cell")
    most = months.groupBy(cell, "month").count().agg(F.max("count")).collect()[0][0] or 0
    if most <= limit:
        return BadIds(known.bad_ids, known.bad_ids, most)
    return _exactly(load, usable, there, months, limit)


def _exactly(
    load: Load, usable: Mapping[str, DataFrame], there: DataFrame | None, months: DataFrame, limit: int
) -> BadIds:
    over = F.col("count") > limit
    found = months.groupBy("person_id", "month").count().agg(
        F.max(F.when(~over, F.col("count"))).alias("most"), F.collect_set(F.when(over, F.col("person_id"))).alias("bad")
    )  # fmt: skip
    most, new = found.collect()[0]
    before = load.known.bad_ids
    late = _late(load, usable, there, tuple(new), limit).persist() if new and usable else None
    return BadIds(tuple(sorted({*before, *new})), before, most or 0, late)


def _late(
    load: Load, usable: Mapping[str, DataFrame], there: DataFrame | None, bad: tuple[str, ...], limit: int
) -> DataFrame:
    """Rows of bad IDs that arrived after the event that was one too many: one per row, as dataset, file, row."""
    order = F.struct("_arrival", "file", "ts", "row_hash", "row").alias("_order")
    frames = [
        with_arrival(_of(rows, bad), "item", name, load.items).select(
            F.lit(name).alias("dataset"), "file", "row", "person_id", _month(), order
        )
        for name, rows in usable.items()
    ]
    rows = reduce(DataFrame.unionByName, frames)
    counted = F.row_number().over(Window.partitionBy("person_id", "month").orderBy("_order"))
    if there is not None:
        before = _of(there, bad).groupBy("person_id", "month").agg(F.count("*").alias("_there"))
        rows = rows.join(before, on=["person_id", "month"], how="left")
        over = before.groupBy("person_id").agg((F.max("_there") > limit).alias("_over"))
        rows = rows.join(over, on="person_id", how="left")
        counted = counted + F.coalesce("_there", F.lit(0))
    else:
        rows = rows.withColumn("_over", F.lit(False))
    rows = rows.withColumn("_number", counted)
    last = F.min(F.when(F.col("_number") == limit + 1, F.col("_order"))).over(Window.partitionBy("person_id"))
    too_late = F.coalesce("_over", F.lit(False)) | (F.col("_order") > F.col("_last"))
    return rows.withColumn("_last", last).where(too_late).select("dataset", "file", "row")


def _of(rows: DataFrame, persons: Sequence[str]) -> DataFrame:
    """The rows of some persons; a join, since a test of values would write the ids into plans and event logs."""
    return rows.join(F.broadcast(_ids(rows, persons)), on="person_id", how="left_semi")


def _others(rows: DataFrame, persons: Sequence[str]) -> DataFrame:
    """The rows of all other persons."""
    return rows.join(F.broadcast(_ids(rows, persons)), on="person_id", how="left_anti") if persons else rows


def _ids(rows: DataFrame, persons: Sequence[str]) -> DataFrame:
    return local_rows(rows.sparkSession, [(one,) for one in persons], schema("person_id string"))


def _month() -> Column:
    return F.trunc(F.to_date("ts"), "month").alias("month")
