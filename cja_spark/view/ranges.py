"""Date ranges as an author writes them, of reports and in segments, and the days that they are (rules O5, O6, G6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from cja_spark.errors import guess
from cja_spark.spec import Day, Spec
from cja_spark.view.calendar import floor_day, months_before
from cja_spark.view.calendar_settings import GREGORIAN, Calendar

Days = tuple[date, date]  # the first day, and the day after the last one
Unit = Literal["day", "week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "year")
LONGEST: Mapping[Unit, int] = {"day": 36_500, "week": 5_200, "month": 1_200, "quarter": 400, "year": 100}
_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
_LONGER = UNITS[1:]
_LAST = re.compile(rf"^last (\d+) (full )?({'|'.join(UNITS)})s?$")


class Last(Spec):
    """The last n days, weeks, months, quarters or years of the view's calendar.

    They end with the day of `as_of`, whole days of it: a week of them begins on any day. Full ones are those of the calendar,
    before the one that the day of `as_of` lies in.

    Attributes:
        count: how many.
        unit: of what.
        full: whether only whole ones of the calendar count.
    """

    count: int = Field(ge=1)
    unit: Unit
    full: bool = False

    @model_validator(mode="after")
    def _not_too_long(self) -> Last:
        if self.count > LONGEST[self.unit]:
            raise ValueError(f"range: the last {LONGEST[self.unit]:,} {self.unit}s at most.")
        return self


class This(Spec):
    """From the first day of the week, month, quarter or year that the day of `as_of` lies in to that day, or that day alone.

    Attributes:
        this: what begins with the range.
    """

    this: Unit


class Between(Spec):
    """From the first instant of one day to the end of another, in the view's time zone (O5).

    Attributes:
        from: the first day.
        to: the last day.
    """

    from_: Day = Field(alias="from", strict=False)
    to: Day = Field(strict=False)

    @model_validator(mode="after")
    def _forward(self) -> Between:
        if self.from_ > self.to + timedelta(days=1):
            raise ValueError(f"range: from {self.from_} is after to {self.to}.")
        return self


NAMED: Mapping[str, Last | This] = {
    "today": This(this="day"),
    "yesterday": Last(count=1, unit="day", full=True),
    **{f"this {unit}": This(this=unit) for unit in _LONGER},
    **{f"last {unit}": Last(count=1, unit=unit, full=True) for unit in _LONGER},
}
RangeText = Annotated[str, StringConstraints(pattern=rf"{_LAST.pattern}|^({'|'.join(NAMED)})$")]


def as_range(value: object) -> object:
    """A range as an author writes it, a text among them, as what it is made of.

    Raises:
        ValueError: a text that is no range.
    """
    if isinstance(value, Mapping | Last | This | Between):
        return value
    if isinstance(value, str) and value in NAMED:
        return NAMED[value]
    found = _LAST.match(value) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise ValueError(
            f"'{value}' is no range. {_meant(str(value))}Write 'last 90 days', a name such as 'this month', 'last week' or "
            "'last 3 full months', or {from: 2026-01-01, to: 2026-03-31}."
        )
    return Last.model_validate({"count": int(found[1]), "unit": found[3], "full": bool(found[2])})


def _meant(text: str) -> str:
    """Which range was probably meant, of those with a name and of the last so many with the number that the text has."""
    number = re.search(r"[1-9]\d*", text)
    several = [f"last {number[0]} {full}{unit}s" for full in ("", "full ") for unit in UNITS] if number else []
    guessed = guess(" ".join(text.lower().split()), several if re.search(r"\d", text) else NAMED)
    return f"{guessed} " if guessed else ""


def kind_of_range(value: object) -> str:
    """Which of the kinds of a range is written."""
    if isinstance(value, Mapping):
        return "this" if "this" in value else "last" if {"count", "unit", "full"} & {*value} else "between"
    return "this" if isinstance(value, This) else "last" if isinstance(value, Last) else "between"


DateRange = Last | This | Between
Range = Annotated[
    Annotated[Last, Tag("last")] | Annotated[This, Tag("this")] | Annotated[Between, Tag("between")],
    Discriminator(kind_of_range),
    BeforeValidator(as_range, json_schema_input_type=RangeText | Last | This | Between),
]


def days_in(span: DateRange, today: date, calendar: Calendar = GREGORIAN) -> Days:
    """First day of a range, and the day after its last.

    Source: O6: the same day of a month of the calendar some months before. Decision: retail months and years count so too;
        `this` ends with the day of `as_of`, as the last n days do; full ones end with the last whole one of the calendar.
    """
    if isinstance(span, Between):
        return span.from_, max(span.to + timedelta(days=1), span.from_)
    after = today + timedelta(days=1)
    if isinstance(span, This):
        return floor_day(today, span.this, calendar), after
    if span.full:
        after = floor_day(today, span.unit, calendar)
    if span.unit in ("day", "week"):
        return after - timedelta(days=span.count * (7 if span.unit == "week" else 1)), after
    return months_before(after, span.count * _MONTHS[span.unit], calendar), after


def common_days(days: Days, around: Days | None) -> Days:
    """The days that a range shares with the one written around it; none are an empty range.

    Source: G6. Decision: a range inside a range narrows it.
    """
    if around is None:
        return days
    first = max(days[0], around[0])
    return first, max(first, min(days[1], around[1]))
