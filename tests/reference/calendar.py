"""Rules O4-O6: buckets of the view's calendar by walking the clock minute by minute, and calendar addition."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000


def local(t: int, zone: str) -> datetime:
    """An instant in ms UTC on the local clock."""
    return (EPOCH + timedelta(milliseconds=t)).astimezone(ZoneInfo(zone))


def instant(moment: datetime) -> int:
    """Ms UTC of an aware datetime."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


@lru_cache(maxsize=100_000)
def first_instant(day: date, zone: str) -> int:
    """The first whole minute at which the local date is `day` or, where that day does not exist, later."""
    t = instant(datetime(day.year, day.month, day.day, tzinfo=UTC)) - 26 * 60 * MINUTE
    while local(t, zone).date() < day:
        t += MINUTE
    return t


def bucket_day(day: date, granularity: str) -> date:
    """First day of the bucket a day lies in; weeks start on Monday."""
    if granularity == "week":
        return day - timedelta(days=day.weekday())
    if granularity == "month":
        return day.replace(day=1)
    if granularity == "quarter":
        return date(day.year, {0: 1, 1: 4, 2: 7, 3: 10}[(day.month - 1) // 3], 1)
    if granularity == "year":
        return date(day.year, 1, 1)
    return day


def bucket(t: int, granularity: str, zone: str) -> int:
    """First instant of the bucket an instant lies in: for an hour, back to where hour or offset changes."""
    here = local(t, zone)
    if granularity != "hour":
        return first_instant(bucket_day(here.date(), granularity), zone)
    name = (here.date(), here.hour, here.utcoffset())
    at = t - t % MINUTE
    while True:
        before = local(at - MINUTE, zone)
        if (before.date(), before.hour, before.utcoffset()) != name:
            return at
        at -= MINUTE


def edges(start: int, end: int, granularity: str, zone: str) -> list[int]:
    """Starts of all buckets with an instant in [start, end): of every minute of the range, its bucket."""
    found: list[int] = []
    at = start
    while at < end:
        edge = bucket(at, granularity, zone)
        found.append(edge)
        at = after(edge, granularity, zone)
    return found


def after(edge: int, granularity: str, zone: str) -> int:
    """Start of the next bucket."""
    if granularity != "hour":
        day = local(edge, zone).date()
        first = bucket_day(day, granularity)
        while bucket_day(day, granularity) == first:
            day += timedelta(days=1)
        return first_instant(day, zone)
    at = edge
    while bucket(at, "hour", zone) == edge:
        at += MINUTE
    return at


def label(edge: int, granularity: str, zone: str) -> str:
    """The name of a bucket."""
    moment = local(edge, zone)
    if granularity == "hour":
        return moment.strftime("%Y-%m-%d %H:%M%z")
    if granularity == "quarter":
        return f"{moment.year}-Q{(moment.month - 1) // 3 + 1}"
    return moment.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}[granularity])


def add_months(t: int, months: int, zone: str) -> int:
    """O6: calendar addition, clamped to the month's end; a skipped local time moves on, a doubled one is the first."""
    moment = local(t, zone).replace(tzinfo=None)
    month = moment.year * 12 + moment.month - 1 + months
    day = moment.day
    while True:
        try:
            naive = moment.replace(year=month // 12, month=month % 12 + 1, day=day)
            break
        except ValueError:
            day -= 1
    return instant(naive.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC))
