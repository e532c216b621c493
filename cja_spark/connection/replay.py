"""Persons of a load's events, and the replay that looks at earlier events again."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.load import Load
from cja_spark.connection.spec import Connection, EventDataset
from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch, valid
from cja_spark.connection.tables import STAGING
from cja_spark.lake import Lake


def persons_of(lake: Lake, connection: Connection, load: Load, rows: DataFrame, known: DataFrame | None) -> DataFrame:
    """Give each row of a load its person; a usable row without one gets the reason `empty_person_id`.

    Rows:    The same.
    Columns: adds person_id, person_namespace, stitch_reason; changes reason.
    """
    stitched = {name: dataset for name, dataset in connection.events().items() if dataset.stitching and load.of(name)}
    plain = rows.where(~F.col("dataset").isin(list(stitched))) if stitched else rows
    frames = [
        plain.withColumn("person_id", F.col("own_person_id"))
        .withColumn("person_namespace", F.col("own_namespace"))
        .withColumn("stitch_reason", F.when(F.col("own_person_id").isNotNull(), "own").otherwise("none"))
    ]
    last = last_replay(lake, load) if any(_spec(dataset).replay for dataset in stitched.values()) else None
    for name, dataset in stitched.items():
        own = rows.where(F.col("dataset") == name)
        spec = _spec(dataset)
        found = logins(own.where(F.col("reason").isNull()), spec)
        if known is not None:
            found = found.unionByName(logins(known.where(F.col("dataset") == name), spec))
            found = found.groupBy("device", "ts").agg(F.min("person").alias("person"))
        frames.append(_stitched(own, found, dataset, replayed_at(spec, last, load.replayed_until)))
    return reduce(DataFrame.unionByName, frames).withColumn(
        "reason", F.coalesce("reason", F.when(F.col("person_id").isNull(), F.lit("empty_person_id")))
    )


def _spec(dataset: EventDataset) -> FieldBased:
    assert dataset.stitching is not None
    return dataset.stitching


def _stitched(rows: DataFrame, found: DataFrame, dataset: EventDataset, covered: Column) -> DataFrame:
    spec = _spec(dataset)
    assert dataset.persistent_id is not None
    person_namespace = F.coalesce(F.col("own_namespace"), F.lit(dataset.person_id.code()))
    device_namespace = F.coalesce(F.col("persistent_namespace"), F.lit(dataset.persistent_id.code()))
    if dataset.person_id.identity_map != "primary":
        person_namespace = F.lit(dataset.person_id.code())
    return stitch(rows, runs(found, spec), spec, person_namespace, device_namespace, covered)


def last_replay(lake: Lake, load: Load) -> datetime | None:
    """The instant up to which replays have run once this load is done: `as_of`, else the newest usable event."""
    if load.as_of is not None:
        return load.as_of
    newest = lake.table(STAGING).read().where(F.col("reason").isNull()).agg(F.max(F.unix_micros("ts"))).collect()[0][0]
    before = None
    if load.events_version >= 0 and not load.full:
        events = lake.events.read(load.events_version)
        day = events.agg(F.max("event_date")).collect()[0][0]
        if day is not None:
            before = events.where(F.col("event_date") == F.lit(day)).agg(F.max(F.unix_micros("ts"))).collect()[0][0]
    known = [moment for moment in (newest, before) if moment is not None]
    return datetime.fromtimestamp(max(known) / 1e6, UTC) if known else None


def replay(lake: Lake, connection: Connection, load: Load) -> datetime | None:
    """Look again at events of earlier loads that a replay due now covers; rewrite only dates on which one changed.

    Returns the instant up to which replays have run with this load; None when no dataset asks for any.
    """
    datasets = {
        name: dataset for name, dataset in connection.events().items() if dataset.stitching and dataset.stitching.replay
    }
    last = last_replay(lake, load) if datasets else None
    if last is None:
        return load.replayed_until
    if load.events_version >= 0 and not load.full:
        for name, dataset in datasets.items():
            _replay_dataset(lake, name, dataset, load, replayed_at(_spec(dataset), last, load.replayed_until))
    return last if load.replayed_until is None else max(last, load.replayed_until)


def _replay_dataset(lake: Lake, name: str, dataset: EventDataset, load: Load, covered: Column) -> None:
    spec = _spec(dataset)
    own = lake.events.read().where(F.col("dataset") == name)
    found = logins(own, spec)
    asked = own.where(covered.isNotNull() & (F.col("load") < load.number))
    if spec.window is None and load.replayed_until is not None:
        asked = asked.join(_fresh(own, spec, load), on="persistent_id", how="left_semi")
    before = F.struct("person_id", "stitch_reason").alias("_before")
    again = _stitched(asked.select("persistent_id", "own_person_id", "own_namespace", "persistent_namespace", "ts",
                                   "event_date", before), found, dataset, covered)  # fmt: skip
    now = F.struct("person_id", "stitch_reason")
    changed = again.where(~now.eqNullSafe(F.col("_before"))).select("event_date").distinct()
    dates = sorted(str(row["event_date"]) for row in changed.collect())
    if dates:
        _rewrite(lake, name, dataset, dates, found, covered)


def _fresh(own: DataFrame, spec: FieldBased, load: Load) -> DataFrame:
    """Devices for which an unlimited replay can give more than the last one gave: new logins, rows not yet covered."""
    login = valid(F.col("persistent_id"), spec) & valid(F.col("own_person_id"), spec)
    new = F.col("load") == load.number
    uncovered = F.col("ts") > F.lit(load.replayed_until)
    return own.where((new & login) | (uncovered & (login | ~new))).select("persistent_id").distinct()


def _rewrite(lake: Lake, name: str, dataset: EventDataset, dates: list[str], found: DataFrame, covered: Column) -> None:
    events = lake.events.read()
    there = events.where(F.col("event_date").cast("string").isin(dates))
    mine = (F.col("dataset") == name) & covered.isNotNull()
    again = _stitched(there.where(mine), found, dataset, covered).select(*events.columns)
    rows = again.unionByName(there.where(~F.coalesce(mine, F.lit(False))))
    listed = ", ".join(f"'{day}'" for day in dates)
    lake.events.overwrite(rows.repartition("event_date"), where=f"event_date IN ({listed})")
