"""The replay that looks at events of earlier loads again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.gaps import gaps_of, with_gaps, with_instants
from cja_spark.connection.graphs import Graph, by_graph, graph_stitched, latest
from cja_spark.connection.load import Load
from cja_spark.connection.persons import covered_by, stitched_persons, stitching_of
from cja_spark.connection.spec import Connection, EventDataset
from cja_spark.connection.stitching.graph import KEY
from cja_spark.connection.stitching.spec import FieldBased, GraphBased
from cja_spark.connection.stitching.stitch import logins, newest_replay, runs, to_the_ms, valid
from cja_spark.lake import Lake

Change = Callable[[DataFrame], DataFrame]
ASKED = ("persistent_id", "own_person_id", "own_namespace", "persistent_namespace", "ts", "event_date")


def replay(
    lake: Lake, connection: Connection, load: Load, last: datetime | None, graphs: Mapping[str, Graph]
) -> tuple[datetime | None, int]:
    """Look again at events of earlier loads that a replay due now covers; rewrite only dates on which one changed.

    Returns the instant up to which replays have run with this load, None when no dataset asks for any; and how many
    events changed.
    """
    changed = 0
    if load.events_version >= 0 and not load.full:
        for name, dataset in connection.events().items():
            if (spec := by_graph(dataset)) is not None:
                covered = covered_by(spec, last, load)
                changed += _replay_by_graph(lake, name, dataset, spec, load, covered, graphs[spec.graph])
            elif dataset.stitching and dataset.stitching.replay and last is not None:
                changed += _replay_dataset(lake, name, dataset, load, covered_by(stitching_of(dataset), last, load))
    return latest(last, load.known.replayed_until), changed


def _replay_dataset(lake: Lake, name: str, dataset: EventDataset, load: Load, covered: Column) -> int:
    spec = stitching_of(dataset)
    own = lake.events.read().where(F.col("dataset") == name)
    gaps = gaps_of(lake, name)
    found = with_instants(runs(with_gaps(logins(own, spec), gaps), spec), gaps).persist()
    asked = _before(lake, name, load)
    if spec.window is None and load.known.replayed_until is not None:
        asked = asked.join(_fresh(own, spec, load), on="persistent_id", how="left_semi")
    changed = _changed(
        lake, name, asked,
        chosen=lambda rows: rows.withColumn("_mine", covered.isNotNull()),
        stitched=lambda rows: stitched_persons(rows, found, dataset, covered),
    )  # fmt: skip
    found.unpersist()
    return changed


def _replay_by_graph(
    lake: Lake, name: str, dataset: EventDataset, spec: GraphBased, load: Load, covered: Column, graph: Graph
) -> int:
    """The same by a graph; rows that a privacy request is about are looked at whenever they happened (G16)."""
    requests = graph.has_requests()
    if not requests and newest_replay(spec, graph.now, load.known.replayed_until) is None:
        return 0
    found = graph.persons(spec).persist()
    erased = found.where(F.col("_erased_until").isNotNull()).select(*KEY, "_erased_until") if requests else None
    asked = _before(lake, name, load)
    asked_at = F.coalesce(covered, F.lit(graph.now))
    changed = _changed(
        lake, name, asked if requests else _asked_by_graph(asked, spec, load, graph),
        chosen=lambda rows: _of_replay_or_request(rows, covered, erased),
        stitched=lambda rows: graph_stitched(rows, found, dataset, graph, asked_at),
    )  # fmt: skip
    found.unpersist()
    return changed


def _of_replay_or_request(rows: DataFrame, covered: Column, erased: DataFrame | None) -> DataFrame:
    """Say of rows whether a replay covers them, or a privacy request is about them: one request per persistent ID."""
    if erased is None:
        return rows.withColumn("_mine", covered.isNotNull())
    joined = rows.join(erased, on=list(KEY), how="left")
    about = F.coalesce(to_the_ms(F.col("ts")) <= F.col("_erased_until"), F.lit(False))
    return joined.withColumn("_mine", covered.isNotNull() | about).drop("_erased_until")


def _asked_by_graph(asked: DataFrame, spec: GraphBased, load: Load, graph: Graph) -> DataFrame:
    """Rows for which an unlimited replay can give something else than the last one; all where it has a window."""
    since = load.known.replayed_until
    if spec.window is not None or since is None or graph.now < since or graph.snapshot:
        return asked
    joined = asked.join(graph.fresh(load, since), on=list(KEY), how="left")
    return joined.where(F.col("_fresh").isNotNull() | (to_the_ms(F.col("ts")) > F.lit(since))).drop("_fresh")


def _before(lake: Lake, name: str, load: Load) -> DataFrame:
    """Rows of earlier loads; what an attempt that died rewrote counts as changed by this load, so as they were before."""
    there = lake.events.read(load.events_version if load.resumed else None)
    return there.where((F.col("dataset") == name) & (F.col("load") < load.number))


def _changed(lake: Lake, name: str, asked: DataFrame, *, chosen: Change, stitched: Change) -> int:
    """Stitch again the rows that are chosen, and rewrite the dates on which one changed; how many did."""
    before = F.struct("person_id", "stitch_reason").alias("_before")
    again = stitched(chosen(asked.select(*ASKED, before)).where(F.col("_mine")))
    now = F.struct("person_id", "stitch_reason")
    changed = again.where(~now.eqNullSafe(F.col("_before"))).groupBy("event_date").count()
    dates = {str(row["event_date"]): row["count"] for row in changed.collect()}
    if dates:
        _rewrite(lake, name, sorted(dates), chosen=chosen, stitched=stitched)
    return sum(dates.values())


def _fresh(own: DataFrame, spec: FieldBased, load: Load) -> DataFrame:
    """Devices for which an unlimited replay can give more than the last one gave: new logins, rows not yet covered."""
    login = valid(F.col("persistent_id"), spec) & valid(F.col("own_person_id"), spec)
    new = F.col("load") == load.number
    uncovered = to_the_ms(F.col("ts")) > F.lit(load.known.replayed_until)
    return own.where((new & login) | (uncovered & (login | ~new))).select("persistent_id").distinct()


def _rewrite(lake: Lake, name: str, dates: list[str], *, chosen: Change, stitched: Change) -> None:
    events = lake.events.read()
    there = chosen(events.where(F.col("event_date").cast("string").isin(dates)))
    mine = (F.col("dataset") == name) & F.col("_mine")
    again = stitched(there.where(mine)).select(*events.columns)
    rows = again.unionByName(there.where(~F.coalesce(mine, F.lit(False))).select(*events.columns))
    listed = ", ".join(f"'{day}'" for day in dates)
    lake.events.overwrite(rows.hint("rebalance", "event_date"), where=f"event_date IN ({listed})")
