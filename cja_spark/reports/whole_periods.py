"""Periods of the calendar that a report's range has whole ones of, and the periods before it (rules C1, C2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from cja_spark.reports.ask import Ask
from cja_spark.reports.spec import Report
from cja_spark.view.calendar import Granularity, edges, floor_day, instant_ms, local_day
from cja_spark.view.ranges import Range, days_in
from cja_spark.view.spec import View

Size = Literal["day", "week", "month", "quarter", "year"]
LONGEST_DAYS: dict[Size, int] = {"day": 1, "week": 7, "month": 35, "quarter": 98, "year": 371}  # retail ones too
MOST_PERIODS = 366
MOST_BUCKETS = 50_000  # as many as a table may have rows
CLOCKS_A_DAY: dict[Granularity, int] = {"minute": 1440, "hour": 24}
LEAP_YEAR_END = date(2024, 12, 31)  # ranges that follow the clock are longest there


def days_of(days: Range) -> int:
    """How many days a range has at most."""
    first, after = days_in(days, LEAP_YEAR_END)
    return (after - first).days


def refuse_too_many(days: Range, size: Size) -> None:
    """Refuse a range of more periods than a report tells.

    Raises:
        ValueError: it has more.
    """
    if days_of(days) > MOST_PERIODS * LONGEST_DAYS[size]:
        raise ValueError(f"granularity: the range has more than {MOST_PERIODS} periods of a {size}; choose longer ones.")


def refuse_too_many_buckets(days: Range, size: Granularity) -> None:
    """Refuse a range of more minutes or hours than rows over time are told by.

    Raises:
        ValueError: it has more.
    """
    buckets, longer = days_of(days) * CLOCKS_A_DAY.get(size, 0), "hour" if size == "minute" else "day"
    if buckets > MOST_BUCKETS:
        raise ValueError(f"the range has {buckets:,} {size}s, of which {MOST_BUCKETS:,} are told at most; write {longer}, or a shorter range.")


def edges_of(ask: Ask) -> list[int]:
    """The first instants of the periods, ms UTC."""
    size = ask.report.whole_periods()
    return edges(ask.window.start, ask.window.end, size, ask.view.time_zone, ask.view.calendar) if size else []


def known_of(ask: Ask) -> int:
    """How many of the periods end before the data does (C2)."""
    starts = edges_of(ask)
    return sum(end <= ask.window.complete for end in (*starts[1:], ask.window.end)) if starts else 0


def periods_before(start: int, report: Report, view: View) -> int:
    """The first instant of the periods before that of an instant which a report reads too, ms UTC; else the instant.

    Source: O4: a day that the zone skips is no period.
    """
    size = report.whole_periods()
    many = report.periods_before() if size else 0
    if size is None or many == 0:
        return start
    for at in range(many + 1):  # the first one is the beginning of its own period
        start = instant_ms(floor_day(local_day(start - (at > 0), view.time_zone), size, view.calendar), view.time_zone)
    return start


def before_periods(start: int, report: Report, view: View) -> timedelta:
    """How long before an instant they begin."""
    return timedelta(milliseconds=start - periods_before(start, report, view))
