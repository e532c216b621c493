"""Stitching by identity graphs in a load: the instant of the load, the persons that a graph knows by then, what it used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.graph_rows import GraphRows, published_rows
from cja_spark.connection.load import Load
from cja_spark.connection.spec import Connection, EventDataset
from cja_spark.connection.stitching.graph import KEY, graph_persons, overridden_own_id, stitch_by_graph
from cja_spark.connection.stitching.spec import GraphBased
from cja_spark.connection.stitching.stitch import EPOCH, newest_replay, to_the_ms
from cja_spark.connection.tables import GRAPH_RUNS
from cja_spark.lake import Lake


@dataclass(frozen=True)
class Graph:
    """An identity graph as a load knows it.

    Attributes:
        name: the dataset.
        published: its rows, of this load and of those before it.
        snapshot: whether each publication has the whole graph.
        namespace: that of its persons.
        now: the instant of the load; what is published later is not known.
    """

    name: str
    published: DataFrame
    snapshot: bool
    namespace: str
    now: datetime

    def persons(self, spec: GraphBased) -> DataFrame:
        """What it says of each persistent ID over time.

        Rows:    One per persistent ID.
        Columns: as `graph_persons`.
        """
        return graph_persons(self.published, spec, self.now, snapshot=self.snapshot)

    def has_requests(self) -> bool:
        """Whether a privacy request is known."""
        there = to_the_ms(F.col("published_at")) <= to_the_ms(F.lit(self.now))
        return not self.published.where(F.col("erased") & there).isEmpty()

    def fresh(self, load: Load, since: datetime) -> DataFrame:
        """Persistent IDs of which it may say something else than the last unlimited replay knew.

        Rows:    One per persistent ID.
        Columns: returns persistent_namespace, persistent_id string, _fresh boolean.
        """
        later = to_the_ms(F.col("published_at")) > to_the_ms(F.lit(since))
        new = self.published.where(later | (F.col("load") == load.number))
        return new.select(*KEY, F.lit(True).alias("_fresh")).distinct()


def newest_publication(lake: Lake, connection: Connection, load: Load, new: Sequence[GraphRows]) -> datetime | None:
    """The time of the newest publication of all graphs that are loaded; None when there is none."""
    found = [
        published_rows(lake, load, name, new).agg(F.max(F.unix_micros("published_at"))).collect()[0][0]
        for name in connection.graphs()
    ]
    return latest(*(EPOCH + timedelta(microseconds=micros) for micros in found if micros is not None))


def latest(*instants: datetime | None) -> datetime | None:
    """The latest of some instants; None when there is none."""
    return max((one for one in instants if one is not None), default=None)


def graphs_of(
    lake: Lake, connection: Connection, load: Load, new: Sequence[GraphRows], now: datetime | None
) -> dict[str, Graph]:
    """The graphs of a connection as a load knows them; without any event or publication nothing is known yet."""
    return {
        name: Graph(name, published_rows(lake, load, name, new), one.publication == "snapshot", one.person_id.code(), now or EPOCH)
        for name, one in connection.graphs().items()
    }


def by_graph(dataset: EventDataset) -> GraphBased | None:
    """The stitching of a dataset, if it is by a graph."""
    return dataset.stitching if isinstance(dataset.stitching, GraphBased) else None


def persons_of(rows: DataFrame, graph: Graph, spec: GraphBased) -> DataFrame:
    """What a graph says of the persistent IDs that the rows of a load have, held in memory: it is joined more than once.

    Rows:    One per persistent ID that the graph and the rows have.
    Columns: reads persistent_namespace, persistent_id string; returns persistent_namespace, persistent_id string, _states
        array<struct<published_at timestamp, person string, until timestamp>>, _erased_until timestamp.
    """
    found = graph.persons(spec).join(rows.select(*KEY).distinct(), on=list(KEY), how="left_semi").persist()
    found.count()
    return found


def graph_stitched(rows: DataFrame, persons: DataFrame, dataset: EventDataset, graph: Graph, asked_at: Column) -> DataFrame:
    """Give each row of a dataset the person that a graph knows.

    Columns: reads persistent_id, persistent_namespace, own_person_id, own_namespace string, ts timestamp; reads of persons
        persistent_namespace, persistent_id string, _states array<struct<published_at timestamp, person string, until
        timestamp>>, _erased_until timestamp; adds person_id, person_namespace, stitch_reason string.
    """
    spec = by_graph(dataset)
    assert spec is not None
    assert dataset.persistent_id is not None
    own = F.coalesce(F.col("own_namespace"), F.lit(dataset.person_id.code()))
    device = F.coalesce(F.col("persistent_namespace"), F.lit(dataset.persistent_id.code()))
    return stitch_by_graph(rows, persons, spec, F.lit(graph.namespace), own, device, asked_at)


def write_runs(lake: Lake, connection: Connection, load: Load, graphs: Mapping[str, Graph]) -> None:
    """Note which publication of its graph each dataset of a load was stitched with, live and by its newest replay (G19)."""
    rows: list[tuple[object, ...]] = []
    for name, dataset in connection.events().items():
        spec = by_graph(dataset)
        if spec is None or spec.graph not in graphs:
            continue
        graph = graphs[spec.graph]
        if load.of(name):
            used = (*_used(name, graph, graph.now), _overridden(lake, load, name, spec))
            rows.append((load.number, name, graph.name, "live", *used))
        if (at := newest_replay(spec, graph.now, load.known.replayed_until)) is not None and lake.events.exists():
            rows.append((load.number, name, graph.name, "replay", *_used(name, graph, at), None))
    if rows:
        table = lake.table(GRAPH_RUNS).create()
        table.append(table.frame(rows), app_id="graph_runs", txn=load.number)


def _used(name: str, graph: Graph, at: datetime) -> tuple[datetime, datetime | None]:
    there = graph.published.where(to_the_ms(F.col("published_at")) <= to_the_ms(F.lit(at)))
    micros = there.agg(F.max(F.unix_micros("published_at"))).collect()[0][0]
    return at, None if micros is None else EPOCH + timedelta(microseconds=micros)


def _overridden(lake: Lake, load: Load, name: str, spec: GraphBased) -> int:
    own = lake.events.read().where((F.col("load") == load.number) & (F.col("dataset") == name))
    return own.where(overridden_own_id(spec)).count()
