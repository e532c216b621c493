"""Rules O4-O6: buckets of the view's calendar by walking the clock minute by minute, and calendar addition."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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


def bucket_day(day: date, granularity: str, calendar: object = "gregorian") -> date:
    """First day of the bucket a day lies in: back, day by day, to where the bucket's name changes."""
    return _bucket_day(day, granularity, json.dumps(calendar, default=str))


@lru_cache(maxsize=200_000)
def _bucket_day(day: date, granularity: str, calendar: str) -> date:
    name = _name(day, granularity, calendar)
    while _name(day - timedelta(days=1), granularity, calendar) == name:
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=200_000)
def _name(day: date, granularity: str, calendar: str) -> tuple:
    settings = json.loads(calendar)
    if settings == "4-5-4" or "weeks" in settings:
        year, month, week, _ = retail_place(day, calendar)
        return {"day": (day,), "week": (year, week), "month": (year, month), "quarter": (year, month // 3), "year": (year,)}[granularity]
    settings = {} if settings == "gregorian" else settings
    first = month_number(settings)
    starts = WEEKDAYS.index(settings.get("week_start", "monday"))
    while granularity == "week" and day.weekday() != starts:
        day -= timedelta(days=1)
    year, month = (day.year, day.month) if day.month >= first else (day.year - 1, day.month + 12)
    return {"day": (day,), "week": (day,), "month": (year, month), "quarter": (year, (month - first) // 3), "year": (year,)}[granularity]


def bucket_name(day: date, granularity: str, calendar: object = "gregorian") -> tuple:
    """What tells the bucket of a day from others."""
    return _name(day, granularity, json.dumps(calendar, default=str))


def month_number(settings: dict) -> int:
    """The first month of a Gregorian year, 1 to 12."""
    return next(at for at in range(1, 13) if date(2000, at, 1).strftime("%B").lower() == settings.get("first_month", "january"))


@lru_cache(maxsize=1000)
def retail_start(year: int, calendar: str) -> date:
    """The first day of a retail year."""
    settings = json.loads(calendar)
    if settings in ("4-5-4", {"weeks": "4-5-4"}):  # the day after the Saturday nearest to 31 January
        near = [date(year, 1, 31) + timedelta(days=off) for off in range(-7, 8)]
        return min((day for day in near if day.weekday() == 5), key=lambda day: abs(day - date(year, 1, 31))) + timedelta(days=1)
    first = date.fromisoformat(str(settings["first_day"]))
    number = settings.get("year") or (first.year if first.month < 7 or (first.month == 7 and first.day < 3) else first.year + 1)
    long_years = settings["long_years"] if isinstance(settings["long_years"], list) else [settings["long_years"]]
    for back in range(6, -1, -1):
        least = first - timedelta(days=back)

        def start(asked: int, least: date = least) -> date:
            day = date(asked - number + least.year, least.month, least.day)
            while day.weekday() != first.weekday():
                day += timedelta(days=1)
            return day

        if (least.month, least.day) != (2, 29) and all((start(one + 1) - start(one)).days == 371 for one in long_years):
            return start(year)
    raise ValueError(f"no rule: {calendar}")


def retail_place(day: date, calendar: str) -> tuple[int, int, int, int]:
    """Year, and from 0 the month, the week and the day of the year."""
    settings = json.loads(calendar)
    year = day.year + 2
    while retail_start(year, calendar) > day:
        year -= 1
    pattern = settings if isinstance(settings, str) else settings["weeks"]
    months = [month for month, count in enumerate([int(one) for one in pattern.split("-")] * 4) for _ in range(count)] + [11]
    nth = (day - retail_start(year, calendar)).days
    return year, months[nth // 7], nth // 7, nth


def bucket(t: int, granularity: str, zone: str, calendar: object = "gregorian") -> int:
    """First instant of the bucket an instant lies in: for an hour or a minute, back to where it or the offset changes."""
    here = local(t, zone)
    if granularity == "minute":
        return t - t % MINUTE
    if granularity != "hour":
        return first_instant(bucket_day(here.date(), granularity, calendar), zone)
    name = (here.date(), here.hour, here.utcoffset())
    at = t - t % MINUTE
    while True:
        before = local(at - MINUTE, zone)
        if (before.date(), before.hour, before.utcoffset()) != name:
            return at
        at -= MINUTE


def edges(start: int, end: int, granularity: str, zone: str, calendar: object = "gregorian") -> list[int]:
    """Starts of all buckets with an instant in [start, end): of every minute of the range, its bucket."""
    found: list[int] = []
    at = start
    while at < end:
        edge = bucket(at, granularity, zone, calendar)
        found.append(edge)
        at = after(edge, granularity, zone, calendar)
    return found


def after(edge: int, granularity: str, zone: str, calendar: object = "gregorian") -> int:
    """Start of the next bucket."""
    if granularity == "minute":
        return edge + MINUTE
    if granularity != "hour":
        day = local(edge, zone).date()
        first = bucket_name(day, granularity, calendar)
        while bucket_name(day, granularity, calendar) == first:
            day += timedelta(days=1)
        return first_instant(day, zone)
    at = edge
    while bucket(at, "hour", zone) == edge:
        at += MINUTE
    return at


def label(edge: int, granularity: str, zone: str, calendar: object = "gregorian") -> str:
    """The name of a bucket."""
    moment = local(edge, zone)
    if granularity in ("minute", "hour"):
        return moment.strftime("%Y-%m-%d %H:%M%z")
    return label_of_day(moment.date(), granularity, calendar)


def label_of_day(day: date, granularity: str, calendar: object = "gregorian") -> str:
    """The name of the bucket that a day lies in."""
    if granularity == "day":
        return str(day)
    parts = bucket_name(day, granularity, calendar)
    if calendar == "4-5-4" or "weeks" in calendar:
        letter = {"week": "-W%02d", "month": "-M%02d", "quarter": "-Q%d", "year": ""}[granularity]
        return f"FY{parts[0]}" + (letter % (parts[1] + 1) if letter else "")
    settings = {} if calendar == "gregorian" else calendar
    if granularity == "week":
        return day.strftime("%G-W%V") if settings.get("week_start", "monday") == "monday" else f"week of {parts[0]}"
    if granularity == "month":
        return day.strftime("%Y-%m")
    year = str(parts[0]) if month_number(settings) == 1 else f"{parts[0]}/{str(parts[0] + 1)[2:]}"
    return year if granularity == "year" else f"{year}-Q{parts[1] + 1}"


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
