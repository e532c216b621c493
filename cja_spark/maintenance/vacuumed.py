"""Vacuumed: when the files of a table's older versions were removed last, and what of it is due (publishing.md D11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from cja_spark.driver_reads import one_of
from cja_spark.lake import Lake
from cja_spark.table import TableSpec
from cja_spark.table_schema import schema

MAINTENANCE = TableSpec(
    "maintenance",
    schema("run_id string not null, at timestamp, target string, action string, count bigint, run_seq bigint"),
)
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


class Vacuumed(NamedTuple):
    """When a table was vacuumed last by what its log says, and when by a look through all its files."""

    by_log: datetime | None = None
    whole: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """The later of the two."""
        return max((at for at in self if at is not None), default=None)

    @property
    def next(self) -> datetime | None:
        """When something is due again; None where something is due at once."""
        return None if self.last is None or self.whole is None else min(self.last + WEEK, self.whole + MONTH)

    def due(self, now: datetime) -> Literal["vacuum", "vacuum_full"] | None:
        """What is due at an instant.

        >>> from datetime import datetime
        >>> Vacuumed(None, datetime(2026, 1, 1)).due(datetime(2026, 1, 8))
        'vacuum'
        """
        if self.whole is None or now - self.whole >= MONTH:
            return "vacuum_full"
        return "vacuum" if self.last is None or now - self.last >= WEEK else None


def vacuumed(lake: Lake) -> dict[str, Vacuumed]:
    """When each table of a lake was vacuumed, by its name."""
    rows = lake.table(MAINTENANCE).rows("target", "action", "at", where=one_of(action=("vacuum", "vacuum_full")))
    found: dict[str, Vacuumed] = {}
    for row in sorted(rows, key=lambda row: row["at"]):
        at = row["at"].replace(tzinfo=UTC) if row["at"].tzinfo is None else row["at"].astimezone(UTC)
        before = found.get(row["target"], Vacuumed())
        found[row["target"]] = before._replace(**{"by_log" if row["action"] == "vacuum" else "whole": at})
    return found
