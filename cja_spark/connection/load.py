"""A load: planned first with the frozen list of what it takes, done last; a restart finishes the planned one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import functions as F

from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import LOADS
from cja_spark.lake import Lake
from cja_spark.sources.items import Item, new_items
from cja_spark.sources.read import items_of


@dataclass(frozen=True)
class Load:
    """One load.

    Attributes:
        number: 1, 2, 3, …; also Delta's transaction version of all that it appends.
        items: what it takes.
        full: it replaces everything.
        events_version: the version of events at which ids and logins that were there are read.
        as_of: the instant of replays; None means the newest event.
    """

    number: int
    items: tuple[Item, ...]
    full: bool
    events_version: int
    as_of: datetime | None

    def of(self, dataset: str) -> list[Item]:
        """Items of one dataset."""
        return [item for item in self.items if item.dataset == dataset]


def plan_load(
    lake: Lake, connection: Connection, files_root: str, *, full: bool, as_of: datetime | None
) -> Load | None:
    """Plan the next load, or return the one that was planned and not done; None when nothing is new.

    Raises:
        SourceError: a dataset has no file, or a taken file changed.
    """
    table = lake.table(LOADS).create()
    rows = table.read().orderBy("load").collect()
    done = {row["load"] for row in rows if row["state"] == "done"}
    planned = [row for row in rows if row["state"] == "planned"]
    open_rows = [row for row in planned if row["load"] not in done]
    if open_rows:
        row = open_rows[-1]
        return Load(
            row["load"], tuple(Item(*item) for item in row["items"]), row["full"], row["events_version"], row["as_of"]
        )
    since = max((row["load"] for row in planned if row["full"]), default=0)
    taken = {item["path"]: Item(*item) for row in planned if row["load"] >= since for item in row["items"]}
    fresh = _fresh(lake, connection, files_root, {} if full else taken)
    if not fresh:
        return None
    number = max((row["load"] for row in planned), default=0) + 1
    load = Load(number, tuple(fresh), full, lake.events.version(), as_of)
    table.append(table.frame([_row(load, "planned")]))
    return load


def _fresh(lake: Lake, connection: Connection, files_root: str, taken: dict[str, Item]) -> list[Item]:
    found: list[Item] = []
    for name, dataset in connection.datasets.items():
        listed = items_of(lake.spark, name, dataset.source, files_root, taken)
        found += new_items(listed, taken)
    return found


def _row(load: Load, state: str) -> tuple[object, ...]:
    items: Sequence[tuple[object, ...]] = [tuple(item) for item in load.items] if state == "planned" else []
    return (load.number, state, load.full, load.events_version, load.as_of, items)


def finish_load(lake: Lake, load: Load) -> None:
    """Note that a load is done."""
    table = lake.table(LOADS)
    table.append(table.frame([_row(load, "done")]))


def drop_plan(lake: Lake, load: Load) -> None:
    """Forget a plan whose sources cannot be read, so that the next load lists them again."""
    lake.table(LOADS).delta().delete(F.col("load") == load.number)
