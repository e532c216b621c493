"""The receipt of a load: what came, what became events, what was dropped and why."""

from __future__ import annotations

from pyspark.sql import functions as F

from cja_spark.connection.load import Load
from cja_spark.connection.tables import QUARANTINE
from cja_spark.lake import Lake
from cja_spark.spec import Spec


class ConnectReceipt(Spec):
    """What a load did.

    Attributes:
        load: its number; None when nothing was new.
        files: items taken.
        loaded: events per dataset.
        dropped: rows per dataset and reason.
    """

    load: int | None = None
    files: int = 0
    loaded: dict[str, int] = {}  # noqa: RUF012 - pydantic copies defaults
    dropped: dict[str, dict[str, int]] = {}  # noqa: RUF012

    def text(self) -> str:
        """The receipt for a person at the terminal."""
        if self.load is None:
            return "nothing new in the sources"
        lines = [f"load {self.load}: {self.files} files, {sum(self.loaded.values()):,} events"]
        for dataset in sorted({*self.loaded, *self.dropped}):
            reasons = ", ".join(
                f"{count:,} {reason}" for reason, count in sorted(self.dropped.get(dataset, {}).items())
            )
            lines.append(
                f"  {dataset}: {self.loaded.get(dataset, 0):,} events" + (f"; dropped {reasons}" if reasons else "")
            )
        return "\n".join(lines)


def receipt_of(lake: Lake, load: Load | None) -> ConnectReceipt:
    """Count what a load brought; None when nothing was new."""
    if load is None:
        return ConnectReceipt()
    mine = F.col("load") == load.number
    loaded = lake.events.read().where(mine).groupBy("dataset").count().collect()
    dropped: dict[str, dict[str, int]] = {}
    for row in lake.table(QUARANTINE).read().where(mine).groupBy("dataset", "reason").count().collect():
        dropped.setdefault(row["dataset"], {})[row["reason"]] = row["count"]
    return ConnectReceipt(
        load=load.number,
        files=len(load.items),
        loaded={row["dataset"]: row["count"] for row in loaded},
        dropped=dropped,
    )
