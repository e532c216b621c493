"""Rule O6: an instant some months later or earlier on the local clock, by walking the clock minute by minute."""

from __future__ import annotations

import calendar as months_of
from datetime import datetime, timedelta

from tests.reference.calendar import MINUTE, instant, local
from tests.reference.order import milliseconds

UNITS = {"month": 1, "quarter": 3, "year": 12}
Span = int | tuple[str, int] | None


def span(text: object) -> Span:
    """Months as ('months', n); what has a fixed length in ms is nothing here."""
    if not isinstance(text, str) or text.split()[-1].rstrip("s") not in UNITS:
        return None
    count, unit = text.split()
    return ("months", int(count) * UNITS[unit.rstrip("s")])


def month_of(wall: datetime, count: int) -> tuple[int, int, int]:
    """The year and month so many months later, and its last day."""
    number = wall.year * 12 + wall.month - 1 + count
    return number // 12, number % 12 + 1, months_of.monthrange(number // 12, number % 12 + 1)[1]


def add(wall: datetime, count: int) -> datetime:
    """A date and time some months later; the month's last ms where it has no such day."""
    year, month, last = month_of(wall, count)
    if wall.day <= last:
        return wall.replace(year=year, month=month)
    return datetime(year, month, last, 23, 59, 59, 999_000)


def wall_of(t: int, zone: str) -> datetime:
    """What the clock shows; in the second pass of a repeated hour, what it showed when that hour was over the first time."""
    here = local(t, zone)
    if here.fold:
        minute = t - t % MINUTE
        while local(minute - MINUTE, zone).fold:
            minute -= MINUTE
        return local(minute - 1, zone).replace(tzinfo=None, fold=0) + timedelta(milliseconds=1)
    return here.replace(tzinfo=None)


def later(t: int, count: int, zone: str) -> int:
    """The first instant that shows the time some months later; the end of the gap if none does."""
    aim = add(wall_of(t, zone), count)
    around = instant(aim.replace(tzinfo=local(t, zone).tzinfo))
    shown = local(around, zone).replace(tzinfo=None, fold=0)
    if shown == aim:
        return around
    minute = around - around % MINUTE
    while local(minute, zone).replace(tzinfo=None, fold=0) >= aim:
        minute -= MINUTE
    return minute + MINUTE


def earlier(t: int, count: int, zone: str) -> int:
    """An instant some months earlier, on the month's last day where it has no such one."""
    here = local(t, zone)
    year, month, last = month_of(here, -count)
    return instant(here.replace(year=year, month=month, day=min(here.day, last), fold=0))


def length(text: object) -> Span:
    """A span as written: months, or ms."""
    return span(text) or milliseconds(text)


def back(start: int, most: Span, zone: str) -> int:
    """An instant a span earlier; where one before it reaches as far, for the clock leaves out what is between, that."""
    if not isinstance(most, tuple):
        return start - (most or 0)
    first = earlier(start, most[1], zone)
    return min(first, earlier(start - 1, most[1], zone)) if later(first - 1, most[1], zone) >= start else first


def ahead(end: int, most: Span, zone: str) -> int:
    """The first instant that a span which begins before an instant no longer reaches."""
    return later(end - 1, most[1], zone) + 1 if isinstance(most, tuple) else end + (most or 0)


def within(first: int, second: int, most: Span, zone: str) -> bool:
    """Whether the second instant is a span after the first at most."""
    if isinstance(most, tuple):
        return second <= later(first, most[1], zone)
    return most is None or second - first <= most
