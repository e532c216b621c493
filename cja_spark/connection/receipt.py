"""The receipt of a load: what came, what became events, what was dropped and why."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field
from pyspark.sql import Column, DataFrame
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
    rows = lake.table(QUARANTINE).read().select("load", "dataset", "reason")
    if lake.events.exists():
        rows = rows.unionByName(_usable(lake.events.read(), F.col("dataset")))
    for name in summaries:
        if lake.summary(name).exists():
            rows = rows.unionByName(_usable(lake.summary(name).read(), F.lit(name)))
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
        summaries=tuple(summaries),
    )


def _usable(rows: DataFrame, dataset: Column) -> DataFrame:
    return rows.select("load", dataset.alias("dataset"), F.lit(None).cast("string").alias("reason"))
