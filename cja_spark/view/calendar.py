"""The view's calendar: bucket edges as UTC instants, made once per run (rules O4-O6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Granularity = Literal["hour", "day", "week", "month", "quarter", "year"]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


def instant_ms(local_day: date, zone: str) -> int:
    """First instant of a local day, ms UTC; a day without midnight starts at its first instant (O4)."""
    moment = datetime(local_day.year, local_day.month, local_day.day, tzinfo=ZoneInfo(zone))
    seconds = moment.astimezone(UTC).timestamp()
    back = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone))
    if back.date() != local_day or (back.hour, back.minute) != (0, 0):
        seconds = _first_instant(local_day, zone)
    return int(seconds * 1000)


def _first_instant(local_day: date, zone: str) -> float:
    """Search the instant at which the local date becomes `local_day`, by bisection to the second."""
    middle = datetime(local_day.year, local_day.month, local_day.day, tzinfo=UTC).timestamp()
    low, high = int(middle) - 86_400, int(middle) + 86_400
    while high - low > 1:
        probe = (low + high) // 2
        if datetime.fromtimestamp(probe, UTC).astimezone(ZoneInfo(zone)).date() < local_day:
            low = probe
        else:
            high = probe
    return float(high)


def local_day(instant: int, zone: str) -> date:
    """The local date of an instant in ms UTC; the last day there is for what lies beyond it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return date.max if moment.year == date.max.year else moment.astimezone(ZoneInfo(zone)).date()


def floor_day(day: date, granularity: Granularity) -> date:
    """First day of the day's week (Monday), month, quarter or year."""
    if granularity == "week":
        return day - timedelta(days=day.weekday())
    if granularity in _MONTHS:
        months = _MONTHS[granularity]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day


def next_day(day: date, granularity: Granularity) -> date:
    """First day of the next bucket after one that starts on `day`."""
    if granularity in _MONTHS:
        month = day.year * 12 + day.month - 1 + _MONTHS[granularity]
        return date(month // 12, month % 12 + 1, 1)
    return day + timedelta(days=7 if granularity == "week" else 1)


def edges(start: int, end: int, granularity: Granularity, zone: str) -> list[int]:
    """Starts of all buckets that touch [start, end), ascending, ms UTC; empty when start = end.

    Source: O4: the skipped hour has no bucket, the repeated hour has two. Weeks start on Monday.
    """
    if start >= end:
        return []
    if granularity == "hour":
        return _hours(start, end, zone)
    day = floor_day(local_day(start, zone), granularity)
    found: list[int] = []
    while (edge := instant_ms(day, zone)) < end:
        if edge not in found[-1:]:  # a day that the zone skipped begins with the next one
            found.append(edge)
        day = next_day(day, granularity)
    return found


def _hours(start: int, end: int, zone: str) -> list[int]:
    """Starts of local hours; an hour begins where the local date, hour or offset changes."""
    first = _local(start, zone)
    found = [start - first.minute * MINUTE_MS - first.second * 1000 - first.microsecond // 1000]
    while (following := _next_hour(found[-1], zone)) < end:
        found.append(following)
    return found


def _next_hour(edge: int, zone: str) -> int:
    """The next start of a local hour; within an hour of a clock change it is searched minute by minute."""
    here, ahead = _local(edge, zone), _local(edge + HOUR_MS, zone)
    if here.utcoffset() == ahead.utcoffset():
        return edge + HOUR_MS - here.minute * MINUTE_MS
    probe = edge + MINUTE_MS
    while _hour(_local(probe, zone)) == _hour(here):
        probe += MINUTE_MS
    return probe


def _hour(moment: datetime) -> tuple[date, int, timedelta | None]:
    return moment.date(), moment.hour, moment.utcoffset()


def _local(instant: int, zone: str) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))


def label(edge: int, granularity: Granularity, zone: str) -> str:
    """A bucket's name for people: the local day, week, month or hour with its offset."""
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=edge)).astimezone(ZoneInfo(zone))
    if granularity == "hour":
        return moment.strftime("%Y-%m-%d %H:%M%z")
    if granularity == "quarter":
        return f"{moment.year}-Q{(moment.month + 2) // 3}"
    return moment.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}[granularity])
