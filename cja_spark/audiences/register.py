"""The registry: ids, definitions, lifetimes and the status of audiences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal, TypedDict, Unpack

from pyspark.sql import functions as F

from cja_spark.audiences.spec import DAY, TTL_DAYS, Audience, audience_id
from cja_spark.audiences.tables import AUDIENCES
from cja_spark.conflicts import merge_into
from cja_spark.driver_reads import Test, equal
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.table import PlainRow

YEAR = timedelta(days=365)
LONGEST = timedelta(days=396)  # 13 months (A6)
WARNED = 30 * DAY  # how long before its end people are told (A6)
Status = Literal["active", "paused", "expired", "deleted"]


@dataclass(frozen=True)
class Registered:
    """An audience as the registry knows it."""

    audience_id: str
    definition_version: int
    definition: str
    anchor_at: datetime
    expires_at: datetime
    status: Status
    name: str = ""

    @property
    def external_name(self) -> str:
        """What receivers show: its name now, and the id that stays when the name changes (A18)."""
        return f"{self.name} ({self.audience_id})"


class Facts(TypedDict, total=False):
    """What a command may change of an entry."""

    status: Status
    name: str
    expires_at: datetime


def ends_at(known: Registered, audience: Audience, now: datetime) -> datetime:
    """The instant from which an audience is not evaluated any more; its file has the last word (A6).

    Raises:
        ConfigurationError: it would live longer than 13 months.
    """
    return _expires(audience, now, known.expires_at)


def expired(known: Registered, audience: Audience, as_of: datetime) -> bool:
    """Whether an audience has come to its end (A6); its file may have put that off since.

    Raises:
        ConfigurationError: it would live longer than 13 months.
    """
    return as_of >= ends_at(known, audience, as_of)


def find(lake: Lake, name: str) -> Registered | None:
    """The audience of a name; deleted ones are passed over."""
    return next((one for one in generations(lake, name) if one.status != "deleted"), None)


def generations(lake: Lake, name: str) -> list[Registered]:
    """All audiences that ever had a name and kept it: at most one lives, the others were deleted."""
    return [_registered(row) for row in _rows(lake, equal(name=name))]


def require_known(lake: Lake, name: str) -> Registered:
    """The audience of a name.

    Raises:
        ConfigurationError: nobody published one, or it was deleted.
    """
    found = find(lake, name)
    if found is None:
        living = [row["name"] for row in _rows(lake) if row["status"] != "deleted"]
        raise ConfigurationError.unknown("published audience", name, living)
    return found


def register(lake: Lake, audience: Audience, definition: str, as_of: datetime) -> Registered:
    """Enter an audience, or the changes of its file; an entry that already says the same stays as it is.

    The definition's version grows by one when the definition changed; the anchor is the first publish (A5).

    Raises:
        ConfigurationError: it would live longer than 13 months.
    """
    row = _living(lake, audience.name)
    now = _entered(lake, audience, definition, as_of, row)
    told = _row(audience, now)
    if row is None or tuple(row.values()) != told:
        _write(lake, told)
    return now


def entry_of(lake: Lake, audience: Audience, definition: str, as_of: datetime) -> Registered:
    """The entry that `register` would leave; nothing is written.

    Raises:
        ConfigurationError: it would live longer than 13 months.
    """
    return _entered(lake, audience, definition, as_of, _living(lake, audience.name))


def _entered(
    lake: Lake, audience: Audience, definition: str, as_of: datetime, row: PlainRow | None
) -> Registered:
    was = _registered(row) if row else None
    anchor = was.anchor_at if was else as_of
    expires = _expires(audience, as_of, was.expires_at if was else anchor + YEAR)
    return Registered(
        was.audience_id if was else unused_id(audience.name, [one["audience_id"] for one in _rows(lake)]),
        was.definition_version + (was.definition != definition) if was else 1,
        definition, anchor, expires, was.status if was and was.status != "expired" else "active", audience.name,
    )  # fmt: skip


def _living(lake: Lake, name: str) -> PlainRow | None:
    return next((row for row in _rows(lake, equal(name=name)) if row["status"] != "deleted"), None)


def unused_id(name: str, used: Collection[str]) -> str:
    """The first id of a name that no audience ever had, whatever it is called now (A19)."""
    return next(one for one in (audience_id(name, generation) for generation in count()) if one not in used)


def change(lake: Lake, entry: Registered, **facts: Unpack[Facts]) -> Registered:
    """Write some facts of an entry; what it already says is not written."""
    now = replace(entry, **facts)
    if now != entry:
        [row] = _rows(lake, equal(audience_id=entry.audience_id))
        _write(lake, tuple({**row, **facts}.values()))
    return now


def _write(lake: Lake, told: tuple[object, ...]) -> None:
    table = lake.table(AUDIENCES)
    same = F.col("t.audience_id") == F.col("s.audience_id")
    rows = table.frame([told]).alias("s")
    merge_into(table, lambda target: target.merge(rows, same).whenMatchedUpdateAll().whenNotMatchedInsertAll())


def _row(audience: Audience, entry: Registered) -> tuple[object, ...]:
    return (
        entry.audience_id, audience.name, audience.description, entry.definition, audience.kind, audience.refresh,
        entry.definition_version, audience.lookback // DAY if audience.lookback else None, TTL_DAYS[audience.kind],
        entry.anchor_at, entry.expires_at, entry.status,
    )  # fmt: skip


def _rows(lake: Lake, where: tuple[Test, ...] = ()) -> list[PlainRow]:
    table = lake.table(AUDIENCES)
    return table.rows(*table.columns, where=where)


def _expires(audience: Audience, as_of: datetime, default: datetime) -> datetime:
    if audience.expires is None:
        return default
    expires = datetime(audience.expires.year, audience.expires.month, audience.expires.day, tzinfo=UTC)
    if expires - as_of > LONGEST:
        raise ConfigurationError(f"audience '{audience.name}': expires {audience.expires} is more than 13 months away.")
    return expires


def _registered(row: PlainRow) -> Registered:
    return Registered(
        row["audience_id"], row["definition_version"], row["definition"], row["anchor_at"].astimezone(UTC),
        row["expires_at"].astimezone(UTC), row["status"], row["name"],
    )  # fmt: skip
