"""The registry: ids, definitions and lifetimes of audiences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyspark.sql import functions as F

from cja_spark.audiences.spec import DAY, TTL_DAYS, Audience, audience_id
from cja_spark.audiences.tables import AUDIENCES
from cja_spark.driver_reads import equal
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.table import PlainRow

YEAR = timedelta(days=365)
LONGEST = timedelta(days=396)  # 13 months (A6)


@dataclass(frozen=True)
class Registered:
    """An audience as the registry knows it."""

    audience_id: str
    definition_version: int
    definition: str
    anchor_at: datetime
    expires_at: datetime
    status: str


def expired(known: Registered, audience: Audience, as_of: datetime) -> bool:
    """Whether an audience has come to its end (A6); its file may have put that off since.

    Raises:
        ConfigurationError: it would live longer than 13 months.
    """
    return as_of >= _expires(audience, as_of, known.expires_at)


def find(lake: Lake, name: str) -> Registered | None:
    """The audience of a name; deleted ones are passed over."""
    return next((_registered(row) for row in _rows(lake, name) if row["status"] != "deleted"), None)


def register(lake: Lake, audience: Audience, definition: str, as_of: datetime) -> Registered:
    """Enter an audience, or the changes of its file; an entry that already says the same stays as it is.

    The definition's version grows by one when the definition changed; the anchor is the first publish (A5).

    Raises:
        ConfigurationError: it would live longer than 13 months.
    """
    rows = _rows(lake, audience.name)
    row = next((row for row in rows if row["status"] != "deleted"), None)
    was = _registered(row) if row else None
    anchor = was.anchor_at if was else as_of
    expires = _expires(audience, as_of, was.expires_at if was else anchor + YEAR)
    now = Registered(
        was.audience_id if was else audience_id(audience.name, len(rows)),
        was.definition_version + (was.definition != definition) if was else 1,
        definition, anchor, expires, was.status if was else "active",
    )  # fmt: skip
    table = lake.table(AUDIENCES)
    told = _row(audience, now)
    if row is None or tuple(row.values()) != told:
        wanted = table.frame([told])
        same = F.col("t.audience_id") == F.col("s.audience_id")
        merge = table.delta().alias("t").merge(wanted.alias("s"), same)
        merge.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
    return now


def _row(audience: Audience, entry: Registered) -> tuple[object, ...]:
    return (
        entry.audience_id, audience.name, audience.description, entry.definition, audience.kind, audience.refresh,
        entry.definition_version, audience.lookback // DAY if audience.lookback else None, TTL_DAYS[audience.kind],
        entry.anchor_at, entry.expires_at, entry.status,
    )  # fmt: skip


def _rows(lake: Lake, name: str) -> list[PlainRow]:
    table = lake.table(AUDIENCES)
    return table.rows(*table.columns, where=equal(name=name))


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
        row["expires_at"].astimezone(UTC), row["status"],
    )  # fmt: skip
