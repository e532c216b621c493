"""Standard dimensions: parts of dates, buckets of time, event depth, session type and time spent, which every view has.

A value has a code, a whole number that tasks compute from time and sessions; its id is the code moved away from ids of
other texts, so that the text of an id needs no dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import get_args

from cja_spark.spec import milliseconds
from cja_spark.view.calendar import Granularity, edges, floor_day, label, label_of_day, local, next_day
from cja_spark.view.calendar_settings import MONTHS, WEEKDAYS, Calendar, Gregorian

FIRST_ID = 1 << 40  # of code 0; codes before 1970 are negative
FIRST_TIME, RETURN = 1, 2
CLOCK_MS: Mapping[str, int] = {
    name: milliseconds(timedelta(**how))
    for name, how in {
        "second": {"seconds": 1}, "minute": {"minutes": 1}, "five_minutes": {"minutes": 5},
        "fifteen_minutes": {"minutes": 15}, "thirty_minutes": {"minutes": 30}, "hour": {"hours": 1},
    }.items()
}  # fmt: skip
DAY_BUCKETS = ("day", "week", "month", "quarter", "year")
CLOCK_PARTS: Mapping[str, tuple[int, int]] = {  # length in ms, how many there are in what is around them
    "minute_of_hour": (60_000, 60), "hour_of_day": (3_600_000, 24), "am_pm": (43_200_000, 2),
}  # fmt: skip
DAY_PARTS: Mapping[str, tuple[int, int]] = {  # the first and the last code
    "day_of_week": (0, 6), "day_of_month": (1, 42), "day_of_year": (1, 371), "week_of_year": (1, 54),
    "month_of_year": (1, 12), "quarter_of_year": (1, 4), "weekday_or_weekend": (0, 1),
}  # fmt: skip
OF_SESSIONS = ("event_depth", "session_type")
TIME_SPENT = ("time_spent_per_event", "time_spent_per_session", "time_spent_per_person")
SPENT_TEXTS: Mapping[str, timedelta] = {  # ranges of time, each from the end of the one before; the last has no end
    "Less than 1 minute": timedelta(minutes=1), "1 to 5 minutes": timedelta(minutes=5),
    "5 to 10 minutes": timedelta(minutes=10), "10 to 30 minutes": timedelta(minutes=30),
    "30 to 60 minutes": timedelta(hours=1), "1 to 2 hours": timedelta(hours=2), "2 to 5 hours": timedelta(hours=5),
    "5 to 10 hours": timedelta(hours=10), "10 to 15 hours": timedelta(hours=15), "15 hours or more": timedelta.max,
}  # fmt: skip
TIMES = (*CLOCK_MS, *DAY_BUCKETS, *CLOCK_PARTS, *DAY_PARTS)  # of an event's own instant
STANDARD_DIMENSIONS = (*TIMES, *OF_SESSIONS, *TIME_SPENT)
NOT_COMPARED = tuple(name for name in CLOCK_MS if name != "hour")  # too many values to look for a text among them
SESSION_TYPES: Mapping[str, int] = {  # metrics, and the value of session_type that they count
    "first_time_sessions": FIRST_ID + FIRST_TIME, "return_sessions": FIRST_ID + RETURN,
}  # fmt: skip
_EPOCH = date(1970, 1, 1).toordinal()
_WEEKDAY = tuple(name.capitalize() for name in WEEKDAYS)
_MONTH = tuple(name.capitalize() for name in MONTHS)
_TYPES = {FIRST_TIME: "First-time", RETURN: "Return"}


def id_of(code: int) -> int:
    """The value id of a code."""
    return FIRST_ID + code


def day_of(number: int) -> date:
    """The day that is so many days after 1 January 1970."""
    return date.fromordinal(_EPOCH + number)


def number_of(day: date) -> int:
    """How many days a day is after 1 January 1970."""
    return day.toordinal() - _EPOCH


def day_code(name: str, day: date, calendar: Calendar) -> int:
    """The code of a local day in a dimension of days; of a bucket its first day.

    Source: O4. Decision: week 1 of a Gregorian year is the first with at least four days in it, as ISO has it of Mondays.
    """
    if name in DAY_BUCKETS:
        return number_of(floor_day(day, _granularity(name), calendar))
    return _DAY_CODES[name](day, calendar)


def _since(granularity: Granularity) -> Callable[[date, Calendar], int]:
    """Which day of a bucket a day is, from 1."""
    return lambda day, calendar: (day - floor_day(day, granularity, calendar)).days + 1


def _granularity(name: str) -> Granularity:
    return next(one for one in get_args(Granularity) if one == name)


def _month_of_year(day: date, calendar: Calendar) -> int:
    """1 to 12: of the Gregorian year, also where the view's year begins in another month; of a retail year its own."""
    return day.month if isinstance(calendar, Gregorian) else calendar.years().place(day).month + 1


def _quarter_of_year(day: date, calendar: Calendar) -> int:
    first = calendar.month if isinstance(calendar, Gregorian) else 1
    return (_month_of_year(day, calendar) - first) % 12 // 3 + 1


def _week_of_year(day: date, calendar: Calendar) -> int:
    if not isinstance(calendar, Gregorian):
        return calendar.years().place(day).week + 1
    fourth = floor_day(day, "week", calendar) + timedelta(days=3)
    return (fourth - floor_day(fourth, "year", calendar)).days // 7 + 1


_DAY_CODES: Mapping[str, Callable[[date, Calendar], int]] = {
    "day_of_week": lambda day, _: day.weekday(),
    "weekday_or_weekend": lambda day, _: int(day.weekday() >= 5),
    "day_of_month": _since("month"),
    "day_of_year": _since("year"),
    "week_of_year": _week_of_year,
    "month_of_year": _month_of_year,
    "quarter_of_year": _quarter_of_year,
}


def text_of(name: str, code: int, zone: str, calendar: Calendar) -> str:
    """What a reader sees of a code."""
    if name in CLOCK_MS:
        return label(code * 1000, "hour", zone) if name != "second" else f"{local(code * 1000, zone):%Y-%m-%d %H:%M:%S%z}"
    if name in DAY_BUCKETS:
        return label_of_day(day_of(code), _granularity(name), calendar)
    return _TEXTS[name](code, calendar) if name in _TEXTS else str(code)


def _month_text(code: int, calendar: Calendar) -> str:
    return _MONTH[code - 1] if isinstance(calendar, Gregorian) else f"M{code:02}"


_TEXTS: Mapping[str, Callable[[int, Calendar], str]] = {
    "day_of_week": lambda code, _: _WEEKDAY[code],
    "weekday_or_weekend": lambda code, _: ("Weekday", "Weekend")[code],
    "month_of_year": _month_text,
    "quarter_of_year": lambda code, _: f"Q{code}",
    "am_pm": lambda code, _: ("AM", "PM")[code],
    "session_type": lambda code, _: _TYPES[code],
    **{name: lambda code, _: tuple(SPENT_TEXTS)[code] for name in TIME_SPENT},
}


def codes_within(name: str, start: int, end: int, zone: str, calendar: Calendar, deepest: int) -> Iterator[int]:
    """All codes that events of [start, end) can have in a dimension that is compared with text.

    Args:
        name: the dimension.
        start: ms UTC.
        end: ms UTC.
        zone: the view's time zone.
        calendar: the view's calendar.
        deepest: the most events that a person can have.
    """
    if name == "hour":
        yield from (edge // 1000 for edge in edges(start, end, "hour", zone))
    elif name in DAY_BUCKETS:
        day = floor_day(local(start, zone).date(), _granularity(name), calendar)
        last = local(end, zone).date()
        while start < end and day <= last:
            yield number_of(day)
            day = next_day(day, _granularity(name), calendar)
    elif name in CLOCK_PARTS:
        yield from range(CLOCK_PARTS[name][1])
    elif name in DAY_PARTS:
        first, most = DAY_PARTS[name]
        yield from range(first, most + 1)
    elif name in TIME_SPENT:
        yield from range(len(SPENT_TEXTS))
    else:
        yield from (_TYPES if name == "session_type" else range(1, deepest + 1))
