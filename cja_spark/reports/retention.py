"""Retention: how many come back so long after they started, by elapsed time and not by the calendar (rule C5)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.kernels.clock import DAY_MS
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.of_steps import OfSteps, require_names
from cja_spark.reports.retention_cells import kernel
from cja_spark.reports.retention_rows import finish
from cja_spark.spec import AsTuple, Name
from cja_spark.view.spec import View

Size = Literal["24 hours", "7 days", "30 days"]
DAYS: dict[Size, int] = {"24 hours": 1, "7 days": 7, "30 days": 30}
WORDS: dict[Size, str] = {"24 hours": "day", "7 days": "week", "30 days": "period"}
MOST_RETURNS = 5


def _mode(value: object) -> object:
    """YAML reads the word `on` as true."""
    return "on" if value is True else value


_Word = Literal["on", "on_or_after"]
Mode = Annotated[_Word, BeforeValidator(_mode, json_schema_input_type=_Word | Literal[True])]


class Retention(OfSteps):
    """How many persons come back so long after their first start. Periods are of elapsed time, not of the calendar.

    Who starts too late to have all periods within the range is not counted, but printed as reserved.

    Attributes:
        report: how many come back.
        start: what makes a person one of those who may come back; the first such event counts.
        return: what coming back is; without a word the start again.
        returns: in place of `return` several things side by side, each with rates of its own.
        size: how long a period is.
        buckets: the last period; the first is 0, the time right after the start.
        mode: whether a person has to come back `on` the very period, or `on_or_after` its beginning.
        breakdown: a dimension whose value at the start parts the counts.
        rows: how many of its values are shown; the rest is *other* where a person has one.
        include_no_value: whether those who have none there are a part; without a word the dimension says it.
    """

    report: Literal["retention"] = "retention"
    start: FalloutStep
    return_: FalloutStep | None = Field(default=None, alias="return")
    returns: Annotated[tuple[FalloutStep, ...], AsTuple] = Field(default=(), max_length=MOST_RETURNS)
    size: Size = "24 hours"
    buckets: Annotated[int, Field(ge=1, le=365)] = 7
    mode: Mode = "on"
    breakdown: Name | None = None
    rows: int = Field(default=20, ge=1, le=1_000)
    include_no_value: bool | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.return_ is not None and self.returns:
            raise ValueError("returns: they are in place of return; leave out one of both.")
        require_names("returns", self.returning(), (self.start,))
        if self.include_no_value is not None and not self.breakdown:
            raise ValueError("include_no_value is said of parts; name a breakdown.")
        return self

    def returning(self) -> tuple[Step, ...]:
        """What coming back is."""
        return self.returns or (self.return_ or self.start,)

    def effective(self) -> Self:
        """The same retention with what coming back is."""
        return self if self.returns else self.model_copy(update={"return_": self.returning()[0]})

    def settled(self, view: View) -> Self:
        """With what the breakdown says of events without a value."""
        return self.model_copy(update={"include_no_value": shows(self.include_no_value, self.breakdown, view)}) if self.breakdown else self

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are broken down by."""
        return (self.breakdown,) if self.breakdown else ()

    def label_of(self, period: int) -> str:
        """What a period is called."""
        return f"{WORDS[self.size]} {period}{' or later' if self.mode == 'on_or_after' else ''}"

    def size_ms(self) -> int:
        """How long a period is, ms: as long on days when clocks change (O6)."""
        return DAYS[self.size] * DAY_MS

    def own_steps(self) -> tuple[Step, ...]:
        """What starts, and what coming back is."""
        return self.start, *self.returning()


REPORTS.register("retention")(Kind(Retention, kernel, finish))
