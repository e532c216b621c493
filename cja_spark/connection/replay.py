"""The replay that looks at events of earlier loads again."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.load import Load
from cja_spark.connection.persons import covered_by, stitched_persons, stitching_of
from cja_spark.connection.spec import Connection, EventDataset
from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import logins, runs, to_the_ms, valid
from cja_spark.lake import Lake


def replay(lake: Lake, connection: Connection, load: Load, last: datetime | None) -> tuple[datetime | None, int]:
    """Look again at events of earlier loads that a replay due now covers; rewrite only dates on which one changed.

    Returns the instant up to which replays have run with this load, None when no dataset asks for any; and how many
    events changed.
    """
    datasets = {
        name: dataset for name, dataset in connection.events().items() if dataset.stitching and dataset.stitching.replay
    }
    if last is None:
        return load.known.replayed_until, 0
    changed = 0
    if load.events_version >= 0 and not load.full:
        for name, dataset in datasets.items():
            changed += _replay_dataset(lake, name, dataset, load, covered_by(stitching_of(dataset), last, load))
    return (last if load.known.replayed_until is None else max(last, load.known.replayed_until)), changed


def _replay_dataset(lake: Lake, name: str, dataset: EventDataset, load: Load, covered: Column) -> int:
    spec = stitching_of(dataset)
    own = lake.events.read().where(F.col("dataset") == name)
    found = runs(logins(own, spec), spec).persist()
    # What an attempt that died rewrote already counts as changed by this load: its rows are asked as they were before.
    there = own if not load.resumed else lake.events.read(load.events_version).where(F.col("dataset") == name)
    asked = there.where(covered.isNotNull() & (F.col("load") < load.number))
    if spec.window is None and load.known.replayed_until is not None:
        asked = asked.join(_fresh(own, spec, load), on="persistent_id", how="left_semi")
    before = F.struct("person_id", "stitch_reason").alias("_before")
    again = stitched_persons(asked.select("persistent_id", "own_person_id", "own_namespace", "persistent_namespace", "ts",
                                   "event_date", before), found, dataset, covered)  # fmt: skip
    now = F.struct("person_id", "stitch_reason")
    changed = again.where(~now.eqNullSafe(F.col("_before"))).groupBy("event_date").count()
    dates = {str(row["event_date"]): row["count"] for row in changed.collect()}
    if dates:
        _rewrite(lake, name, dataset, sorted(dates), found, covered)
    found.unpersist()
    return sum(dates.values())


def _fresh(own: DataFrame, spec: FieldBased, load: Load) -> DataFrame:
    """Devices for which an unlimited replay can give more than the last one gave: new logins, rows not yet covered."""
    login = valid(F.col("persistent_id"), spec) & valid(F.col("own_person_id"), spec)
    new = F.col("load") == load.number
    uncovered = to_the_ms(F.col("ts")) > F.lit(load.known.replayed_until)
    return own.where((new & login) | (uncovered & (login | ~new))).select("persistent_id").distinct()


def _rewrite(lake: Lake, name: str, dataset: EventDataset, dates: list[str], found: DataFrame, covered: Column) -> None:
    events = lake.events.read()
    there = events.where(F.col("event_date").cast("string").isin(dates))
    mine = (F.col("dataset") == name) & covered.isNotNull()
    again = stitched_persons(there.where(mine), found, dataset, covered).select(*events.columns)
    rows = again.unionByName(there.where(~F.coalesce(mine, F.lit(False))))
    listed = ", ".join(f"'{day}'" for day in dates)
    lake.events.overwrite(rows.hint("rebalance", "event_date"), where=f"event_date IN ({listed})")
