"""Whole units between two dates, in plain Python."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CLOCKS = ("today", "now")
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def units(start: datetime | None, end: datetime | None, unit: str, zone: str) -> int | None:
    """Whole units from start to end, towards zero; days between two local midnights are calendar days."""
    if start is None or end is None:
        return None
    local = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in (start, end)]
    if unit in MONTHS:
        return months(*local, MONTHS[unit])
    between = (end - start) // timedelta(microseconds=1)
    length = UNITS[unit] * 1_000_000
    if unit in ("day", "week") and all(moment.time() == datetime.min.time() for moment in local):
        between = (local[1] - local[0]) // timedelta(microseconds=1)
    return int(math.copysign(1, between)) * (abs(between) // length)


def months(start: datetime, end: datetime, unit: int) -> int:
    """As many units as can be added to the start, or taken from it, without passing the end; the day is clamped (O6)."""
    step = 1 if end >= start else -1
    count = 0
    while True:
        there = moved(start, step * (count + 1) * unit)
        if there > end if step > 0 else there < end:
            return step * count
        count += 1


def moved(when: datetime, months_: int) -> datetime:
    year, month = divmod(when.year * 12 + when.month - 1 + months_, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return when.replace(year=year, month=month + 1, day=min(when.day, last))
