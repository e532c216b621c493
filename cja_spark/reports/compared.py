"""What a report is compared with, as an author writes it: another range, or two segments of the view."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Tag

from cja_spark.errors import guess
from cja_spark.spec import AsTuple, EachOnce, Name
from cja_spark.view.calendar import months_before
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.ranges import Between, DateRange, Days, Last, RangeText, This, as_range, days_in, kind_of_range

if TYPE_CHECKING:
    from cja_spark.journeys.batch import Window
    from cja_spark.reports.ask import Ask

Before = Literal["previous_period", "year_ago"]
BEFORE: tuple[Before, ...] = ("previous_period", "year_ago")
MONTHS_OF_A_YEAR = 12


def _compared(value: object) -> object:
    if isinstance(value, str) and value not in BEFORE and (meant := guess(value, BEFORE)):
        raise ValueError(f"'{value}' is nothing to compare with. {meant}")
    if isinstance(value, list | tuple) and len(value) != 2:
        raise ValueError(f"two segments are compared, the first before and the second after; {len(value)} are given.")
    return value if isinstance(value, list | tuple) or (isinstance(value, str) and value in BEFORE) else as_range(value)


def _kind(value: object) -> str:
    if isinstance(value, list | tuple):
        return "segments"
    return "before" if isinstance(value, str) else kind_of_range(value)


Pair = tuple[Name, Name]
Compare = Annotated[
    Annotated[Before, Tag("before")] | Annotated[Pair, AsTuple, EachOnce, Tag("segments")]
    | Annotated[Last, Tag("last")] | Annotated[This, Tag("this")] | Annotated[Between, Tag("between")],
    Discriminator(_kind),
    BeforeValidator(_compared, json_schema_input_type=Before | Pair | RangeText | Last | This | Between),
]


def _range_compared(value: object) -> object:
    if isinstance(value, list | tuple):
        raise ValueError("a range is compared with a range; of segments make columns, each with 'metric' and 'segments'.")
    return _compared(value)


CompareRange = Annotated[
    Annotated[Before, Tag("before")] | Annotated[Last, Tag("last")] | Annotated[This, Tag("this")] | Annotated[Between, Tag("between")],
    Discriminator(_kind),
    BeforeValidator(_range_compared, json_schema_input_type=Before | RangeText | Last | This | Between),
]


def before_of(ask: Ask) -> Window:
    """The time before, of a report that compares two ranges."""
    before, _ = ask.report.days_compared(ask.ranges.today, ask.view.calendar)
    return ask.ranges.windows[before]


def days_before(compare: Before | DateRange, own: Days, today: date, calendar: Calendar) -> Days:
    """The days that some days are compared with.

    Args:
        compare: what an author wrote.
        own: the days.
        today: the last day of `last n days`.
        calendar: whose years are counted.

    Source: Decision: the period before has as many days, also where the range is a month; a year ago is O6.
    """
    first, after = own
    if compare == "previous_period":
        return first - (after - first), first
    if compare == "year_ago":
        back = (months_before(day, MONTHS_OF_A_YEAR, calendar) for day in own)
        return next(back), next(back)
    return days_in(compare, today, calendar)
