"""The receipt of a load: what came, what became events, what was dropped and why."""

from __future__ import annotations

from pydantic import Field
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
    loaded: dict[str, int] = Field(default_factory=dict)
    dropped: dict[str, dict[str, int]] = Field(default_factory=dict)

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
    events = lake.events.read().select("load", "dataset", F.lit(None).cast("string").alias("reason"))
    rows = events.unionByName(lake.table(QUARANTINE).read().select("load", "dataset", "reason"))
    loaded: dict[str, int] = {}
    dropped: dict[str, dict[str, int]] = {}
    for row in rows.where(F.col("load") == load.number).groupBy("dataset", "reason").count().collect():
        if row["reason"] is None:
            loaded[row["dataset"]] = row["count"]
        else:
            dropped.setdefault(row["dataset"], {})[row["reason"]] = row["count"]
    return ConnectReceipt(
        load=load.number,
        files=len(load.items),
        loaded=loaded,
        dropped=dropped,
    )
