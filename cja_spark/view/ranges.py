"""Date ranges as an author writes them, of reports and in segments, and the days that they are (rules O5, O6, G6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from cja_spark.spec import Day, Spec
from cja_spark.view.calendar import months_before
from cja_spark.view.calendar_settings import GREGORIAN, Calendar

_LAST = re.compile(r"^last (\d+) (day|week|month|year)s?$")
LONGEST = {"day": 36_500, "week": 5_200, "month": 1_200, "year": 100}
_LastText = Annotated[str, StringConstraints(pattern=_LAST.pattern)]
Days = tuple[date, date]  # the first day, and the day after the last one


class Last(Spec):
    """The last n whole days, weeks, months or years of the view's calendar, the day of `as_of` included.

    Attributes:
        count: how many.
        unit: of what.
    """

    count: int = Field(ge=1)
    unit: Literal["day", "week", "month", "year"]

    @model_validator(mode="after")
    def _not_too_long(self) -> Last:
        if self.count > LONGEST[self.unit]:
            raise ValueError(f"range: the last {LONGEST[self.unit]:,} {self.unit}s at most.")
        return self


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


def _range(value: object) -> object:
    if isinstance(value, Mapping | Last | Between):
        return value
    found = _LAST.match(value) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise ValueError(f"'{value}' is no range. Write 'last 90 days' or {{from: 2026-01-01, to: 2026-03-31}}.")
    return Last.model_validate({"count": int(found[1]), "unit": found[2]})


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "last" if {"count", "unit"} & {*value} else "between"
    return "last" if isinstance(value, Last) else "between"


Range = Annotated[
    Annotated[Last, Tag("last")] | Annotated[Between, Tag("between")],
    Discriminator(_kind),
    BeforeValidator(_range, json_schema_input_type=_LastText | Last | Between),
]


def days_in(span: Last | Between, today: date, calendar: Calendar = GREGORIAN) -> Days:
    """First day of a range, and the day after its last.

    Source: O6: the same day of a month of the calendar some months before. Decision: retail months and years count so too.
    """
    if isinstance(span, Between):
        return span.from_, max(span.to + timedelta(days=1), span.from_)
    after = today + timedelta(days=1)
    if span.unit in ("day", "week"):
        return after - timedelta(days=span.count * (7 if span.unit == "week" else 1)), after
    months = span.count * (12 if span.unit == "year" else 1)
    return months_before(after, months, calendar), after


def common_days(days: Days, around: Days | None) -> Days:
    """The days that a range shares with the one written around it; none are an empty range.

    Source: G6. Decision: a range inside a range narrows it.
    """
    if around is None:
        return days
    first = max(days[0], around[0])
    return first, max(first, min(days[1], around[1]))
