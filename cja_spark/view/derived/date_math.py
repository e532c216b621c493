"""Date math: the time between two dates of an event, of its session or person, or of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Tag, model_validator

from cja_spark.spec import Spec
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind
from cja_spark.view.keys import kind_by_key

Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
CLOCKS = ("today", "now")


class Day(Spec):
    """A day that is given: its first instant in the view's time zone.

    Attributes:
        day: the day.
    """

    day: date


class Clock(Spec):
    """The instant up to which there are events (`now`), or the first one of its day in the view's time zone (`today`).

    Attributes:
        clock: which of the two.
    """

    clock: Literal["today", "now"]


class OfScope(Spec):
    """The `first` or `last` date that an event of the session or person sets, for all its events.

    Attributes:
        take: which of the dates.
    """

    input: AnyInput
    scope: Literal["session", "person"]
    take: Literal["first", "last"] = "first"

    @model_validator(mode="after")
    def _not_of_a_person(self) -> OfScope:
        if self.input.profile is not None:
            raise ValueError(f"scope: the date '{self.input.profile}' of a profile is the same on all events; write it without a scope.")
        return self


def _moment(written: object) -> object:
    if isinstance(written, date):
        return {"day": written}
    if isinstance(written, str):
        return {"clock" if written in CLOCKS else "field": written}
    return written


_KINDS = {"day": "day", "clock": "clock", "scope": "scope", "take": "scope", "input": "scope"}
_kind = kind_by_key(_KINDS)
Moment = Annotated[
    Annotated[Day, Tag("day")] | Annotated[Clock, Tag("clock")] | Annotated[OfScope, Tag("scope")] | Annotated[Input, Tag("field")],
    Discriminator(lambda value: _kind(value) or "field"),
    BeforeValidator(_moment, json_schema_input_type=str | Day | Clock | OfScope | Input),
]


class DateMath(Function):
    """How many whole units lie between two dates or times, negative where `end` is before `start`.

    Seconds to weeks have a fixed length; between two local midnights a day is a calendar day. Months, quarters and years
    are of the view's calendar. Text is a date where it is one as ISO 8601 writes it; without a zone it is in UTC.

    `today` and `now` are of the newest event, so that the same events give the same figures whenever a report runs.

    Attributes:
        start: from when.
        end: to when.
        unit: what is counted.
    """

    most: ClassVar[int] = 2

    function: Literal["date_math"]
    start: Moment
    end: Moment
    unit: Unit = "day"

    def moments(self) -> tuple[Moment, Moment]:
        """From when to when."""
        return (self.start, self.end)

    @property
    def of_events(self) -> bool:
        """Whether both dates are of the event itself, or given."""
        return not any(isinstance(one, Clock | OfScope) for one in self.moments())

    @property
    def of_person(self) -> bool:
        """Whether it asks all of a person."""
        return any(isinstance(one, OfScope) and one.scope == "person" for one in self.moments())

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Dates and times."""
        inputs = (one.input if isinstance(one, OfScope) else one for one in self.moments())
        return tuple((one, "time") for one in inputs if isinstance(one, Input))

    def gives(self) -> Kind:
        """A whole number."""
        return "number"
