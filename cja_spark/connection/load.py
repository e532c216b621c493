"""A load: planned first with the frozen list of what it takes, done last; a restart finishes the planned one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cja_spark.connection.arrival import in_order_of_arrival
from cja_spark.connection.definitions import changed, definitions
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import LOADS
from cja_spark.driver_reads import equal
from cja_spark.errors import ClaimError, SourceError
from cja_spark.lake import Lake
from cja_spark.sources.items import Item, Taken, new_items
from cja_spark.sources.read import items_of
from cja_spark.table import PlainRow


@dataclass(frozen=True)
class Known:
    """What loads that are done have noted for those after them, since the last full one.

    Attributes:
        replayed_until: the instant up to which they have replayed; None when none has.
        newest: the time of their newest event; None when one of them did not note it.
        bad_ids: persons of which nothing is taken any more.
        most_monthly_events: no other person has more events in a calendar month; None when one of them did not note it.
    """

    replayed_until: datetime | None = None
    newest: datetime | None = None
    bad_ids: tuple[str, ...] = ()
    most_monthly_events: int | None = 0


@dataclass(frozen=True)
class Load:
    """One load.

    Attributes:
        number: 1, 2, 3, …; also Delta's transaction version of all that it appends.
        items: what it takes, in order of arrival.
        full: it replaces everything.
        events_version: the version of events at which ids and logins that were there are read.
        as_of: the instant of replays; None means the newest event.
        known: what earlier loads noted; nothing when it is full.
        resumed: an earlier attempt did not end; it may have written anything.
        first: datasets of which no load since the last full one took anything: what is there of them is of before.
    """

    number: int
    items: tuple[Item, ...]
    full: bool
    events_version: int
    as_of: datetime | None
    known: Known = field(default_factory=Known)
    resumed: bool = False
    first: frozenset[str] = frozenset()

    def replaces(self, dataset: str) -> bool:
        """Whether nothing that was there of a dataset stays."""
        return self.full or dataset in self.first

    def of(self, dataset: str) -> list[Item]:
        """Items of one dataset."""
        return [item for item in self.items if item.dataset == dataset]


def plan_load(
    lake: Lake, connection: Connection, files_root: str, *, full: bool, as_of: datetime | None
) -> Load | None:
    """Plan the next load, or return the one that was planned and not done; None when nothing is new.

    A full load does not wait for an open one: what it takes replaces whatever that one wrote.

    Raises:
        SourceError: a dataset has no file, a taken file changed, or one of a begun load is not there as it was.
        InputError: a dataset is not defined as when its rows were loaded.
    """
    rows = sorted(lake.table(LOADS).create().rows(), key=lambda row: row["load"])
    kept = _kept(rows)
    open_rows = _open(rows)
    if open_rows and not full:
        load = _planned(rows, open_rows[-1])
        wrong = changed(connection, _defined(kept)) or _moved(lake, connection, files_root, load)
        if wrong is None:
            return load
        if is_begun(lake, connection, load):
            raise wrong
        drop_plan(lake, load)
        kept.remove(open_rows[-1])
    if not full and (wrong := changed(connection, _defined(kept))):
        raise wrong
    taken = {(item["dataset"], item["path"]): Item(**item) for row in kept for item in row["items"]}
    fresh = _fresh(lake, connection, files_root, {} if full else taken)
    if not fresh:
        return None
    fresh = in_order_of_arrival(fresh, _first_seen(rows))
    number = max((row["load"] for row in rows), default=0) + 1
    known = Known() if full else _known(rows)
    load = Load(number, tuple(fresh), full, lake.events.version(), as_of, known, first=_first(fresh, kept))
    table = lake.table(LOADS)  # of two plans of one number Delta takes the first; what the other lists stays new
    row = _row(load, "planned", definitions=json.dumps(definitions(connection), sort_keys=True))
    table.append(table.frame([row]), app_id="loads", txn=number)
    return load


def _not_dropped(rows: Sequence[PlainRow]) -> list[PlainRow]:
    dropped = {row["load"] for row in rows if row["state"] == "dropped"}
    return [row for row in rows if row["state"] == "planned" and row["load"] not in dropped]


def _open(rows: Sequence[PlainRow]) -> list[PlainRow]:
    """Plans that count and are not done."""
    done = {row["load"] for row in rows if row["state"] == "done"}
    return [row for row in _kept(rows) if row["load"] not in done]


def _first_seen(rows: Sequence[PlainRow]) -> dict[Item, int]:
    """Of all items the first load that took them, whatever was loaded again since."""
    found: dict[Item, int] = {}
    for row in _not_dropped(rows):
        for item in row["items"]:
            found.setdefault(Item(**item), row["load"])
    return found


def _kept(rows: Sequence[PlainRow]) -> list[PlainRow]:
    """Plans that count: not dropped, and not of before the last full one."""
    planned = _not_dropped(rows)
    since = max((row["load"] for row in planned if row["full"]), default=0)
    return [row for row in planned if row["load"] >= since]


def _planned(rows: Sequence[PlainRow], row: PlainRow) -> Load:
    items = tuple(Item(**item) for item in row["items"])
    known = Known() if row["full"] else _known(rows)
    first = _first(items, [one for one in _kept(rows) if one["load"] < row["load"]])
    return Load(row["load"], items, row["full"], row["events_version"], _utc(row["as_of"]), known, resumed=True, first=first)


def _first(items: Sequence[Item], before: Sequence[PlainRow]) -> frozenset[str]:
    """Datasets of which some items are, and none that the plans before took."""
    return frozenset(item.dataset for item in items) - {item["dataset"] for row in before for item in row["items"]}


def _moved(lake: Lake, connection: Connection, files_root: str, load: Load) -> SourceError | None:
    """What is wrong with the items of a planned load: one of them is gone, or was written again."""
    for name, dataset in connection.datasets.items():
        if not load.of(name):
            continue
        listed = {item.path: item for item in items_of(lake.spark, name, dataset.source, files_root, {})}
        for item in load.of(name):
            if item.path not in listed:
                return SourceError.vanished(name, item.path, load.number)
            if listed[item.path] != item:
                return SourceError.rewritten(name, item.path, load.number)
    return None


def _known(rows: Sequence[PlainRow]) -> Known:
    done = [row for row in rows if row["state"] == "done"]
    since = max((row["load"] for row in done if row["full"]), default=0)
    done = [row for row in done if row["load"] >= since]
    replayed = [moment for row in done if (moment := _utc(row["replayed_until"])) is not None]
    newest = [moment for row in done if (moment := _utc(row["newest"])) is not None]
    return Known(
        max(replayed, default=None),
        max(newest) if newest and len(newest) == len(done) else None,
        tuple(sorted({person for row in done for person in row["bad_ids"] or ()})),
        done[-1]["most_monthly_events"] if done else 0,
    )


def _utc(moment: datetime | None) -> datetime | None:
    """What Spark gave back in the time of this machine, as an instant."""
    return None if moment is None else moment.astimezone(UTC)


def _fresh(lake: Lake, connection: Connection, files_root: str, taken: Taken) -> list[Item]:
    found: list[Item] = []
    for name, dataset in connection.datasets.items():
        listed = items_of(lake.spark, name, dataset.source, files_root, taken)
        found += new_items(listed, taken)
    return found


def _defined(rows: Sequence[PlainRow]) -> dict[str, dict[str, object]]:
    """Per dataset what its rows were loaded with."""
    return {name: told for row in rows for name, told in json.loads(row["definitions"] or "{}").items()}


def _row(
    load: Load, state: str, known: Known | None = None, definitions: str | None = None
) -> tuple[object, ...]:
    items: Sequence[tuple[object, ...]] = [tuple(item) for item in load.items] if state == "planned" else []
    noted: tuple[object, ...] = (None,) * 4
    if known is not None:
        noted = (known.replayed_until, known.newest, known.most_monthly_events, list(known.bad_ids))
    return (load.number, state, load.full, load.events_version, load.as_of, items, *noted, definitions)


def _note(lake: Lake, row: tuple[object, ...]) -> None:
    table = lake.table(LOADS)
    table.append(table.frame([row]))


def begin_load(lake: Lake, connection: Connection, load: Load) -> None:
    """Note, before anything else is written, that a load is no longer a mere plan; events say so by themselves."""
    if not _brings_events(connection, load) and not (load.resumed and is_begun(lake, connection, load)):
        _note(lake, _row(load, "begun"))


def is_begun(lake: Lake, connection: Connection, load: Load) -> bool:
    """Whether something of a load may have been written: its events, which come first, or what it noted."""
    if _brings_events(connection, load):
        return lake.events.version() != load.events_version
    return lake.table(LOADS).count(equal(load=load.number, state="begun")) > 0


def _brings_events(connection: Connection, load: Load) -> bool:
    return any(load.of(name) for name in connection.events())


def finish_load(lake: Lake, load: Load, known: Known) -> None:
    """Note that a load is done, and what those after it must know."""
    _note(lake, _row(load, "done", known))


def drop_plan(lake: Lake, load: Load) -> None:
    """Give up a plan of which nothing was written, so that the next load lists the sources again; its number is gone."""
    _note(lake, _row(load, "dropped"))


def require_no_load(lake: Lake, connection: Connection, *, alone: bool) -> None:
    """Make sure that no load is open; a mere plan is given up, so that the next load lists its sources again.

    Args:
        lake: the lake.
        connection: says which datasets are events.
        alone: whether nobody loads now; elsewhere a plan may be that of a load at work.

    Raises:
        ClaimError: a load has begun and is not done; it reads a version of events that may not be removed.
    """
    table = lake.table(LOADS)
    while table.exists() and (found := _open(rows := sorted(table.rows(), key=lambda row: row["load"]))):
        load = _planned(rows, found[-1])
        if not alone or is_begun(lake, connection, load):
            raise ClaimError(
                f"Load {load.number} has begun and is not done. Run 'cja connect' until it is ('cja connect --full' where its "
                "sources are not there any more), then the same command again."
            )
        drop_plan(lake, load)
