"""A load: planned first with the frozen list of what it takes, done last; a restart finishes the planned one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pyspark.sql import Row
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
        replayed_until: the instant up to which earlier loads have replayed; None when none has.
        newest: the time of the newest event of earlier loads; None when one of them did not note it.
    """

    number: int
    items: tuple[Item, ...]
    full: bool
    events_version: int
    as_of: datetime | None
    replayed_until: datetime | None = None
    newest: datetime | None = None

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
        items = tuple(Item(*item) for item in row["items"])
        return Load(row["load"], items, row["full"], row["events_version"], _utc(row["as_of"]),
                    *((None, None) if row["full"] else _so_far(rows)))  # fmt: skip
    since = max((row["load"] for row in planned if row["full"]), default=0)
    taken = {item["path"]: Item(*item) for row in planned if row["load"] >= since for item in row["items"]}
    fresh = _fresh(lake, connection, files_root, {} if full else taken)
    if not fresh:
        return None
    number = max((row["load"] for row in planned), default=0) + 1
    load = Load(number, tuple(fresh), full, lake.events.version(), as_of, *((None, None) if full else _so_far(rows)))
    table.append(table.frame([_row(load, "planned")]))
    return load


def _so_far(rows: Sequence[Row]) -> tuple[datetime | None, datetime | None]:
    """The furthest replay, and the newest event, of all loads that are done since the last full one."""
    done = [row for row in rows if row["state"] == "done"]
    since = max((row["load"] for row in done if row["full"]), default=0)
    replayed = [_utc(row["replayed_until"]) for row in done if row["load"] >= since]
    newest = [_utc(row["newest"]) for row in done if row["load"] >= since]
    known = [moment for moment in newest if moment is not None]
    return (
        max((moment for moment in replayed if moment is not None), default=None),
        max(known) if known and len(known) == len(newest) else None,
    )


def _utc(moment: datetime | None) -> datetime | None:
    """What Spark gave back in the time of this machine, as an instant."""
    return None if moment is None else moment.astimezone(UTC)


def _fresh(lake: Lake, connection: Connection, files_root: str, taken: dict[str, Item]) -> list[Item]:
    found: list[Item] = []
    for name, dataset in connection.datasets.items():
        listed = items_of(lake.spark, name, dataset.source, files_root, taken)
        found += new_items(listed, taken)
    return found


def _row(
    load: Load, state: str, replayed_until: datetime | None = None, newest: datetime | None = None
) -> tuple[object, ...]:
    items: Sequence[tuple[object, ...]] = [tuple(item) for item in load.items] if state == "planned" else []
    return (load.number, state, load.full, load.events_version, load.as_of, items, replayed_until, newest)


def finish_load(lake: Lake, load: Load, replayed_until: datetime | None, newest: datetime | None) -> None:
    """Note that a load is done, how far its replays went, and the newest event's time where replays asked for it."""
    table = lake.table(LOADS)
    table.append(table.frame([_row(load, "done", replayed_until, newest)]))


def drop_plan(lake: Lake, load: Load) -> None:
    """Forget a plan whose sources cannot be read, so that the next load lists them again."""
    lake.table(LOADS).delta().delete(F.col("load") == load.number)
