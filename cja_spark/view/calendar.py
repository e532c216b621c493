"""The view's calendar: bucket edges as UTC instants, made once per run in one of the calendars (rules O4-O6)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from cja_spark.view.calendar_settings import GREGORIAN, Calendar, Gregorian
from cja_spark.view.retail import Place

Granularity = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
CLOCKS = ("minute", "hour")


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


def floor_day(day: date, granularity: Granularity, calendar: Calendar = GREGORIAN) -> date:
    """First day of the day's week, month, quarter or year in a calendar."""
    if granularity not in _MONTHS and granularity != "week":
        return day
    if isinstance(calendar, Gregorian):
        return _floor(day, granularity, calendar)
    years = calendar.years()
    place = years.place(day)
    if granularity == "week":
        return day - timedelta(days=place.day % 7)
    months = _MONTHS[granularity]
    return years.first_day_of_month(place.year * 12 + place.month // months * months)


def _floor(day: date, granularity: Granularity, calendar: Gregorian) -> date:
    if granularity == "week":
        return day - timedelta(days=(day.weekday() - calendar.weekday) % 7)
    months = _MONTHS[granularity]
    back = (day.month - calendar.month) % 12 % months
    return _first_of_month(day.year * 12 + day.month - 1 - back)


def _first_of_month(number: int) -> date:
    """The first day of a month, counted on over years."""
    return date(number // 12, number % 12 + 1, 1)


def next_day(day: date, granularity: Granularity, calendar: Calendar = GREGORIAN) -> date:
    """First day of the next bucket after one that starts on `day`."""
    if granularity not in _MONTHS:
        return day + timedelta(days=7 if granularity == "week" else 1)
    if isinstance(calendar, Gregorian):
        return _first_of_month(day.year * 12 + day.month - 1 + _MONTHS[granularity])
    years = calendar.years()
    place = years.place(day)
    return years.first_day_of_month(place.year * 12 + place.month + _MONTHS[granularity])


def months_before(day: date, months: int, calendar: Calendar = GREGORIAN) -> date:
    """The same day of a month some months of a calendar earlier, clamped to that month's end.

    Source: O6.
    """
    if isinstance(calendar, Gregorian):
        number, on = day.year * 12 + day.month - 1, day.day - 1
        first, following = _first_of_month(number - months), _first_of_month(number - months + 1)
    else:
        years = calendar.years()
        place = years.place(day)
        number = place.year * 12 + place.month
        on = (day - years.first_day_of_month(number)).days
        first, following = (years.first_day_of_month(number - months + more) for more in (0, 1))
    return min(first + timedelta(days=on), following - timedelta(days=1))


def instant_months_before(instant: int, months: int, zone: str) -> int:
    """An instant some months of the Gregorian calendar earlier on the local clock, ms UTC.

    Source: O6: clamped to the month's end; a local time that does not exist moves forward, of two it is the first.
    """
    here = local(instant, zone)
    earlier = datetime.combine(months_before(here.date(), months), here.time(), ZoneInfo(zone))
    return (earlier.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def edges(start: int, end: int, granularity: Granularity, zone: str, calendar: Calendar = GREGORIAN) -> list[int]:
    """Starts of all buckets that touch [start, end), ascending, ms UTC; empty when start = end.

    Source: O4: the skipped hour has no bucket, the repeated hour has two; so have its minutes.
    """
    if start >= end:
        return []
    if granularity in CLOCKS:
        hours = _hours(start, end, zone)
        return hours if granularity == "hour" else _minutes(hours, start, end, zone)
    day = floor_day(local_day(start, zone), granularity, calendar)
    found: list[int] = []
    while (edge := instant_ms(day, zone)) < end:
        if edge not in found[-1:]:  # a day that the zone skipped begins with the next one
            found.append(edge)
        day = next_day(day, granularity, calendar)
    return found


def _hours(start: int, end: int, zone: str) -> list[int]:
    """Starts of local hours; an hour begins where the local date, hour or offset changes."""
    first = local(start, zone)
    found = [start - first.minute * MINUTE_MS - first.second * 1000 - first.microsecond // 1000]
    while (following := _next_hour(found[-1], zone)) < end:
        found.append(following)
    return found


def _minutes(hours: list[int], start: int, end: int, zone: str) -> list[int]:
    """Starts of local minutes of some local hours; where a clock is set by seconds, the first one of the hour is shorter."""
    found: list[int] = []
    for hour, following in pairwise([*hours, end]):
        second = local(hour, zone).second * 1000
        found += [hour, *range(hour - second + MINUTE_MS, following, MINUTE_MS)]
    return found[bisect_right(found, start) - 1 :]


def _next_hour(edge: int, zone: str) -> int:
    """The next start of a local hour; within an hour of a clock change it is searched minute by minute."""
    here, ahead = local(edge, zone), local(edge + HOUR_MS, zone)
    if here.utcoffset() == ahead.utcoffset():
        return edge + HOUR_MS - here.minute * MINUTE_MS - here.second * 1000
    probe = edge + MINUTE_MS
    while _hour(local(probe, zone)) == _hour(here):
        probe += MINUTE_MS
    return probe


def _hour(moment: datetime) -> tuple[date, int, timedelta | None]:
    return moment.date(), moment.hour, moment.utcoffset()


def local(instant: int, zone: str) -> datetime:
    """An instant in ms UTC on the local clock."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))


def label(edge: int, granularity: Granularity, zone: str, calendar: Calendar = GREGORIAN) -> str:
    """A bucket's name for people: the local day, week or month, or the hour or minute with its offset."""
    moment = local(edge, zone)
    return moment.strftime("%Y-%m-%d %H:%M%z") if granularity in CLOCKS else label_of_day(moment.date(), granularity, calendar)


def label_of_day(day: date, granularity: Granularity, calendar: Calendar = GREGORIAN) -> str:
    """The name of the bucket of days that a day lies in.

    Source: Decision: a year that is no calendar year says so: 2025/26 of twelve months, FY2025 of weeks; a week has its ISO
        number where it begins on Monday, else its first day.
    """
    if granularity == "day":
        return f"{day:%Y-%m-%d}"
    if not isinstance(calendar, Gregorian):
        return _retail_label(calendar.years().place(day), granularity)
    if granularity == "week":
        return f"{day:%G-W%V}" if calendar.weekday == 0 else f"week of {floor_day(day, 'week', calendar):%Y-%m-%d}"
    if granularity == "month":
        return f"{day:%Y-%m}"
    year = floor_day(day, "year", calendar).year
    name = f"{year:04}" if calendar.month == 1 else f"{year:04}/{(year + 1) % 100:02}"
    return name if granularity == "year" else f"{name}-Q{(day.month - calendar.month) % 12 // 3 + 1}"


def _retail_label(place: Place, granularity: Granularity) -> str:
    parts = {"week": f"-W{place.week + 1:02}", "month": f"-M{place.month + 1:02}", "quarter": f"-Q{place.month // 3 + 1}"}
    return f"FY{place.year}{parts.get(granularity, '')}"
