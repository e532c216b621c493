"""The receipt of a load: what came, what became events, what was dropped and why."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from cja_spark.connection.load import Load
from cja_spark.connection.tables import QUARANTINE
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.spec import Spec


class ConnectReceipt(Spec):
    """What a load did.

    Attributes:
        load: its number; None when nothing was new.
        files: items taken.
        loaded: events, or rows of summary data, per dataset.
        dropped: rows per dataset and reason.
        summaries: the datasets of summary data among them.
    """

    load: int | None = None
    files: int = 0
    loaded: dict[str, int] = Field(default_factory=dict)
    dropped: dict[str, dict[str, int]] = Field(default_factory=dict)
    summaries: tuple[str, ...] = ()

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
                f"  {dataset}: {self.loaded.get(dataset, 0):,} {'rows' if dataset in self.summaries else 'events'}" + (f"; dropped {reasons}" if reasons else "")
            )
        return "\n".join(lines)

    def _events(self) -> int:
        return sum(count for dataset, count in self.loaded.items() if dataset not in self.summaries)


def receipt_of(lake: Lake, load: Load | None, summaries: Sequence[str] = ()) -> ConnectReceipt:
    """Count what a load brought; None when nothing was new.

    Args:
        lake: the lake.
        load: the load.
        summaries: the datasets of summary data.
    """
    if load is None:
        return ConnectReceipt()
    of_load = equal(load=load.number)
    loaded: dict[str, int] = {}
    if lake.events.exists():
        events = lake.events.totals(("dataset",), {"rows": ("count", "dataset")}, of_load)
        loaded = {row["dataset"]: row["rows"] for row in events}
    for name in summaries:
        if lake.summary(name).exists() and (count := lake.summary(name).count(of_load)):
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
    )
