"""The receipt of a load: what came, what became events, what was dropped and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from pydantic import Field

from cja_spark.connection.load import Load
from cja_spark.connection.tables import GRAPH_RUNS, QUARANTINE
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.spec import Spec


class GraphUse(Spec):
    """Which publication of an identity graph a dataset was stitched with in a load (G19).

    Attributes:
        dataset: the events.
        graph: the graph.
        pass_: `live`, or `replay` for the newest replay of the load.
        published_at: the newest publication that was known then; None when there was none.
        overridden_own_id: events of the load with a person ID of their own that is not the person they got.
    """

    dataset: str
    graph: str
    pass_: str
    published_at: datetime | None = None
    overridden_own_id: int = 0

    def lines(self) -> list[str]:
        """The use, and a warning where persons were overridden."""
        when = "before its first publication" if self.published_at is None else f"of {self.published_at:%Y-%m-%d %H:%M:%S} UTC"
        found = [f"  {self.dataset}: {self.pass_} by graph {self.graph} {when}"]
        if self.overridden_own_id:
            found.append(f"  warning: {self.dataset}: {self.overridden_own_id:,} events have a person ID of their own that the graph overrides")
        return found


class ConnectReceipt(Spec):
    """What a load did.

    Attributes:
        load: its number; None when nothing was new.
        files: items taken.
        loaded: events, or rows of summary data, per dataset.
        dropped: rows per dataset and reason.
        summaries: the datasets of summary data among them.
        graphs: the identity graphs among them.
        used: which publications of graphs events were stitched with.
    """

    load: int | None = None
    files: int = 0
    loaded: dict[str, int] = Field(default_factory=dict)
    dropped: dict[str, dict[str, int]] = Field(default_factory=dict)
    summaries: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    used: tuple[GraphUse, ...] = ()

    def text(self) -> str:
        """The receipt for a person at the terminal."""
        if self.load is None:
            return "nothing new in the sources"
        lines = [f"load {self.load}: {self.files} files, {self._events():,} events"]
        for dataset in sorted({*self.loaded, *self.dropped}):
            reasons = ", ".join(
                f"{count:,} {reason}" for reason, count in sorted(self.dropped.get(dataset, {}).items())
            )
            lines.append(
                f"  {dataset}: {self.loaded.get(dataset, 0):,} {'rows' if dataset in (*self.summaries, *self.graphs) else 'events'}" + (f"; dropped {reasons}" if reasons else "")
            )
        lines += [line for one in self.used for line in one.lines()]
        return "\n".join(lines)

    def _events(self) -> int:
        return sum(count for dataset, count in self.loaded.items() if dataset not in (*self.summaries, *self.graphs))


def receipt_of(
    lake: Lake, load: Load | None, summaries: Sequence[str] = (), graphs: Sequence[str] = ()
) -> ConnectReceipt:
    """Count what a load brought; None when nothing was new.

    Args:
        lake: the lake.
        load: the load.
        summaries: the datasets of summary data.
        graphs: the identity graphs.
    """
    if load is None:
        return ConnectReceipt()
    of_load = equal(load=load.number)
    loaded: dict[str, int] = {}
    if lake.events.exists():
        events = lake.events.totals(("dataset",), {"rows": ("count", "dataset")}, of_load)
        loaded = {row["dataset"]: row["rows"] for row in events}
    for name, table in (*((one, lake.summary(one)) for one in summaries), *((one, lake.graph(one)) for one in graphs)):
        if table.exists() and (count := table.count(of_load)):
            loaded[name] = count
    dropped: dict[str, dict[str, int]] = {}
    for row in lake.table(QUARANTINE).totals(("dataset", "reason"), {"rows": ("count", "reason")}, of_load):
        dropped.setdefault(row["dataset"], {})[row["reason"]] = row["rows"]
    return ConnectReceipt(
        load=load.number,
        files=len(load.items),
        loaded=loaded,
        dropped=dropped,
        summaries=tuple(summaries),
        graphs=tuple(graphs),
        used=tuple(_used(lake, load)) if graphs else (),
    )


def _used(lake: Lake, load: Load) -> Iterator[GraphUse]:
    rows = lake.table(GRAPH_RUNS).rows(where=equal(load=load.number))
    for row in sorted(rows, key=lambda row: (row["dataset"], row["pass"])):
        published = row["published_at"] and row["published_at"].astimezone(UTC)
        yield GraphUse(
            dataset=row["dataset"], graph=row["graph"], pass_=row["pass"], published_at=published,
            overridden_own_id=row["overridden_own_id"] or 0,
        )  # fmt: skip
