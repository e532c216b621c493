"""A report's time in ms: its range, how far back it reads, how far it looks ahead (rules O5-O7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from cja_spark.journeys.batch import Window
from cja_spark.kernels.months import months_later, reach
from cja_spark.reports.spec import PersonScope, Report
from cja_spark.span import Months
from cja_spark.spec import milliseconds
from cja_spark.view.calendar import floor_day, instant_months_before, instant_ms, local_day, next_day
from cja_spark.view.calendar_settings import GREGORIAN, Calendar
from cja_spark.view.ranges import Days, days_in
from cja_spark.view.spec import View

BEGINNING = date(1900, 1, 1)  # connect takes nothing before


def window(
    days: Days, view: View, persistent: Iterable[str], scope: PersonScope, *, tail: timedelta | Months | None, complete: int,
    of_person: bool = False, back: timedelta = timedelta(0),
) -> Window:  # fmt: skip
    """The time of a report.

    Args:
        days: first day of the range, and the day after its last.
        view: the data view.
        persistent: the dimensions with persistence that the report reads.
        scope: where the state of a person begins.
        tail: how far after an event of the range the report looks.
        complete: the instant up to which the connection is complete, ms.
        of_person: whether something else that the report reads belongs to the person.
        back: how far something else looks back.
    """
    start, end = (instant_ms(day, view.time_zone) for day in days)
    plain = Window(start, start, end, _until(end, tail, view.time_zone), complete, start)
    return looking_back(plain, view, persistent, scope, of_person=of_person, back=back)


def looking_back(
    plain: Window, view: View, persistent: Iterable[str], scope: PersonScope = "month", *, of_person: bool = False,
    back: timedelta = timedelta(0),
) -> Window:  # fmt: skip
    """A window with what its range needs of the time before it.

    Source: O7: 24 hours, the session timeout and all lookbacks in use; for what belongs to the person since the person
        scope began.
    """
    used = [how for name in persistent if (how := view.dimensions[name].persistence)]
    spans = (view.session.timeout, *(how.looks_back for how in used))
    longest = max([timedelta(days=1), back, *(back_from(plain.start, span, view.time_zone) for span in spans)])
    person_from = _person_from(plain.start, view, scope)
    read_from = plain.start - milliseconds(longest)
    if of_person or any(how.of_person for how in used):
        read_from = min(read_from, person_from)
    return Window(read_from, plain.start, plain.end, plain.until, plain.complete, person_from)


def back_from(start: int, span: timedelta | Months | None, zone: str) -> timedelta:
    """How long before an instant events may be whose span reaches it; none is nothing.

    Source: O6. What ends in a gap of the clock ends with it, so that more than one time of day may reach the instant.
    """
    if not isinstance(span, Months):
        return span or timedelta(0)
    first = instant_months_before(start, span.count, zone)
    if months_later(np.array([first - 1]), span.count, zone)[0] >= start:
        first = min(first, instant_months_before(start - 1, span.count, zone))
    return timedelta(milliseconds=start - first)


def _until(end: int, tail: timedelta | Months | None, zone: str) -> int:
    """The first instant that no event before `end` reaches."""
    return int(reach(np.array([end - 1]), tail, zone)[0]) + 1 if tail else end


def _person_from(start: int, view: View, scope: PersonScope) -> int:
    if scope == "range":
        return start
    day = BEGINNING if scope == "all" else floor_day(local_day(start, view.time_zone), "month", view.calendar)
    return min(instant_ms(day, view.time_zone), start)


def days_of(report: Report, today: date, calendar: Calendar = GREGORIAN) -> Days:
    """First day of the range, and the day after its last; of whole periods where the report has some (C1)."""
    first, after = days_in(report.range, today, calendar)
    size = report.whole_periods()
    if size is None or first == after:
        return first, after
    return floor_day(first, size, calendar), next_day(floor_day(after - timedelta(days=1), size, calendar), size, calendar)
