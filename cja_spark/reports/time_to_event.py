"""Time to event: how long it takes from the first start to the first event of another kind after it (rule E)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.of_steps import OfSteps
from cja_spark.reports.time_buckets import ends
from cja_spark.reports.time_to_event_cells import kernel
from cja_spark.reports.time_to_event_rows import behind, finish
from cja_spark.spec import AsTuple, Duration, Name, duration_text, milliseconds
from cja_spark.view.spec import View

MOST_PERCENTILES, MOST_BUCKETS = 10, 50
Percent = Annotated[float, Field(ge=0.01, le=99.99)]


class TimeToEvent(OfSteps):
    """How long it takes from a start to an event, how many have reached it by when, and how many never do.

    The first start in the range counts, and the first event at a later position. Without a tail the event has to lie in the range.

    Attributes:
        report: how long it takes from a start to an event.
        start: what time is counted from.
        event: what ends it.
        container: whose events these are; each person or session is counted once.
        tail: how long after the first start the event counts, also after the range.
        start_event: whether time is counted from the `first` start, or from the `last` one before the event.
        percentiles: within which times so many per cent of those who reach the event do.
        buckets: where the buckets of times end; without a word lengths from seconds to a year, those that have some.
        breakdown: a dimension whose value at the start parts the counts.
        rows: how many of its values are shown.
        include_no_value: whether those who have none there are a part; without a word the dimension says it.
    """

    report: Literal["time_to_event"] = "time_to_event"
    start: FalloutStep
    event: FalloutStep
    container: Literal["person", "session"] = "person"
    tail: Duration | None = None
    start_event: Literal["first", "last"] = "first"
    percentiles: Annotated[tuple[Percent, ...], AsTuple] = Field(default=(25, 50, 75, 90), max_length=MOST_PERCENTILES)
    buckets: Annotated[tuple[Duration, ...], AsTuple] = Field(default=(), max_length=MOST_BUCKETS)
    breakdown: Name | None = None
    rows: int = Field(default=20, ge=1, le=1_000)
    include_no_value: bool | None = None

    @field_validator("percentiles")
    @classmethod
    def _each_once(cls, percents: tuple[float, ...]) -> tuple[float, ...]:
        finer = [one for one in percents if round(one, 2) != one]
        if finer:
            raise ValueError(f"{finer[0]} has more than two decimals.")
        twice = [one for at, one in enumerate(percents) if one in percents[:at]]
        if twice:
            raise ValueError(f"{twice[0]:g} is given twice.")
        return percents

    @field_validator("buckets")
    @classmethod
    def _ascending(cls, buckets: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        for before, after in zip((timedelta(0), *buckets), buckets, strict=False):
            if after <= before:
                raise ValueError(f"each ends after the one before it, the first one after 0 ms; {duration_text(after)} is not longer than {duration_text(before)}.")
        return buckets

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if any(step.next for step in self.own_steps()):
            raise ValueError("next: true says what comes right after another step of a fallout; leave it out.")
        if self.tail is not None and self.buckets and self.buckets[-1] > self.tail:
            raise ValueError(f"buckets: {duration_text(self.buckets[-1])} is longer than the tail, {duration_text(self.tail)}; nothing takes so long.")
        if self.include_no_value is not None and not self.breakdown:
            raise ValueError("include_no_value is said of parts; name a breakdown.")
        return self

    def settled(self, view: View) -> Self:
        """With what the breakdown says of events without a value."""
        if not self.breakdown:
            return self
        return self.model_copy(update={"include_no_value": shows(self.include_no_value, self.breakdown, view)})

    def counted(self) -> str:
        """What is counted, and so what columns are called: people or sessions."""
        return "people" if self.container == "person" else "sessions"

    def tail_ms(self) -> int | None:
        """How long after the first start the event counts, ms; none is as long as the range."""
        return None if self.tail is None else milliseconds(self.tail)

    def ends(self) -> list[int]:
        """Where buckets end, ms."""
        return ends([milliseconds(one) for one in self.buckets], self.tail_ms())

    def ordered_percentiles(self) -> tuple[float, ...]:
        """The percentiles, ascending."""
        return tuple(sorted(self.percentiles))

    def columns_of_percentiles(self) -> tuple[str, ...]:
        """The columns of the percentiles, such as `p50_seconds`."""
        return tuple(f"p{percent:g}_seconds".replace(".", "_") for percent in self.ordered_percentiles())

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are broken down by."""
        return (self.breakdown,) if self.breakdown else ()

    def own_steps(self) -> tuple[Step, ...]:
        """What starts, and what is waited for."""
        return self.start, self.event


def tail(report: TimeToEvent) -> timedelta | None:
    """How long after its range the event may come."""
    return report.tail


REPORTS.register("time_to_event")(Kind(TimeToEvent, kernel, finish, tail, behind=behind))
