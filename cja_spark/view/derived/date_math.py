"""Date math: the time between two dates of one event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from cja_spark.spec import Spec
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind

Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]


class Day(Spec):
    """A day that is given: its first instant in the view's time zone."""

    day: date


def _day(written: object) -> object:
    return {"day": written} if isinstance(written, date) else written


Moment = Annotated[Day | AnyInput, BeforeValidator(_day, json_schema_input_type=str | Day | Input)]


class DateMath(Function):
    """How many whole units lie between two dates or times, negative where `end` is before `start`.

    Seconds to weeks have a fixed length; between two local midnights a day is a calendar day. Months, quarters and years
    are of the view's calendar. Text is a date where it is one as ISO 8601 writes it; without a zone it is in UTC.
    """

    most: ClassVar[int] = 2

    function: Literal["date_math"]
    start: Moment
    end: Moment
    unit: Unit = "day"

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Dates and times."""
        return tuple((one, "time") for one in (self.start, self.end) if isinstance(one, Input))

    def gives(self) -> Kind:
        """A whole number."""
        return "number"
