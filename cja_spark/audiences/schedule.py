"""The clock of a refreshing audience: slots in UTC, counted from its first publish (A5).

UTC has no daylight saving, so a slot has the same time of day all year; a view's time zone moves none.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cja_spark.audiences.spec import DAY, Refresh

EVERY: Mapping[Refresh, timedelta] = {"4 hours": timedelta(hours=4), "daily": DAY, "weekly": 7 * DAY}


def slot(anchor: datetime, refresh: Refresh, number: int) -> datetime:
    """The n-th slot after the first publish, which is slot 0; day 29 to 31 becomes the last of a shorter month.

    >>> slot(datetime(2026, 1, 31, 9, 30, tzinfo=UTC), "monthly", 1).isoformat()
    '2026-02-28T09:30:00+00:00'
    """
    anchor = anchor.astimezone(UTC)
    if refresh != "monthly":
        return anchor + number * EVERY[refresh]
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + number, 12)
    day = min(anchor.day, monthrange(year, month + 1)[1])
    return anchor.replace(year=year, month=month + 1, day=day)


def slot_number(anchor: datetime, refresh: Refresh, now: datetime) -> int:
    """The number of the newest slot that is not after an instant; below 0 before the first publish."""
    anchor, now = anchor.astimezone(UTC), now.astimezone(UTC)
    if refresh != "monthly":
        return (now - anchor) // EVERY[refresh]
    months = (now.year - anchor.year) * 12 + now.month - anchor.month
    return months if slot(anchor, refresh, months) <= now else months - 1


def newest_slot(anchor: datetime, refresh: Refresh, now: datetime) -> datetime:
    """The slot that a refresh at an instant is for: however many were missed, they become one run."""
    return slot(anchor, refresh, max(slot_number(anchor, refresh, now), 0))


def next_slot(anchor: datetime, refresh: Refresh, now: datetime) -> datetime:
    """The first slot after an instant."""
    return slot(anchor, refresh, max(slot_number(anchor, refresh, now), -1) + 1)


def missed(anchor: datetime, refresh: Refresh, since: datetime, now: datetime) -> int:
    """How many slots lie after one instant and not after another."""
    return max(slot_number(anchor, refresh, now) - max(slot_number(anchor, refresh, since), -1), 0)
