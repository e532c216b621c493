"""What every report has: a date range, segments, and a name to find it by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from cja_spark.spec import AsTuple, Day, Name, Spec
from cja_spark.view.arrays import of_objects
from cja_spark.view.condition import Segment
from cja_spark.view.spec import View

_LAST = re.compile(r"^last (\d+) (day|week|month|year)s?$")
LONGEST = {"day": 36_500, "week": 5_200, "month": 1_200, "year": 100}
_LastText = Annotated[str, StringConstraints(pattern=_LAST.pattern)]


class Last(Spec):
    """The last n whole days, weeks, months or years of the view's calendar, the day of `as_of` included."""

    count: int = Field(ge=1)
    unit: Literal["day", "week", "month", "year"]

    @model_validator(mode="after")
    def _not_too_long(self) -> Last:
        if self.count > LONGEST[self.unit]:
            raise ValueError(f"range: the last {LONGEST[self.unit]:,} {self.unit}s at most.")
        return self


class Between(Spec):
    """From the first instant of one day to the end of another, in the view's time zone (O5)."""

    from_: Day = Field(alias="from", strict=False)
    to: Day = Field(strict=False)

    @model_validator(mode="after")
    def _forward(self) -> Between:
        if self.from_ > self.to + timedelta(days=1):
            raise ValueError(f"range: from {self.from_} is after to {self.to}.")
        return self


def _range(value: object) -> object:
    if isinstance(value, str):
        found = _LAST.match(value)
        if not found:
            raise ValueError(f"'{value}' is no range. Write 'last 90 days' or {{from: 2026-01-01, to: 2026-03-31}}.")
        return Last.model_validate({"count": int(found[1]), "unit": found[2]})
    return value


Range = Annotated[Last | Between, BeforeValidator(_range, json_schema_input_type=_LastText | Last | Between)]
SegmentUse = Name | Segment
PersonScope = Literal["month", "range", "all"]


class Report(Spec):
    """A question to the journeys. Each kind of report adds its own fields.

    `person_scope` says since when what belongs to a person counts, such as a value that persists with the person: the
    first day of the range's first month, the range's first day, or ever.

    Attributes:
        name: what the report is called; the file's name.
        report: the kind of report.
        title: what the page calls it.
        description: what it is for, for people.
        range: the days that it is about.
        segments: segments by name or in place; events must pass all of them.
        person_scope: since when what belongs to a person counts.
    """

    name: Name = "report"
    report: str
    title: str | None = None
    description: str | None = None
    range: Range = Last(count=90, unit="day")
    segments: Annotated[tuple[SegmentUse, ...], AsTuple] = ()
    person_scope: PersonScope = "month"

    def effective(self) -> Self:
        """The same question with the options that took effect where the author left them to the report."""
        return self

    def settled(self, view: View) -> Self:
        """The same question with the options that the view decides where the author left them to it."""
        return self

    def metrics_used(self) -> tuple[str, ...]:
        """Names of metrics that the report itself reads."""
        return ()

    def dimensions_used(self) -> tuple[str, ...]:
        """Names of dimensions that the report itself reads."""
        return ()

    def sorted_by(self) -> str | None:
        """The metric that rows are sorted by, if they are by one."""
        return None

    def credited_dimensions(self) -> tuple[str, ...]:
        """The dimensions whose values, or combinations of values, metrics with attribution are credited to."""
        return ()

    def single_valued(self) -> tuple[str, ...]:
        """Names of dimensions that must have one value per event, so none inside an array of objects."""
        return ()

    def segments_used(self) -> tuple[str, ...]:
        """Names of segments that the report itself reads, besides `segments`."""
        return ()

    def names_used(self) -> tuple[str, ...]:
        """Names that are a metric's or a segment's."""
        return ()

    def conditions(self) -> tuple[Spec, ...]:
        """Conditions that the report itself evaluates, besides its segments."""
        return ()


def several_values(dimension: str, arrays: Sequence[str]) -> str:
    """The sentence that refuses a dimension of several values where one value per event is needed."""
    if not of_objects(arrays):
        return f"dimension '{dimension}' keeps all its values (allocation: all), so an event has several; use a table."
    return f"dimension '{dimension}' lies in the array '{of_objects(arrays)[-1]}', so an event has several values; use a table."
