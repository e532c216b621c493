"""Timeline: the events of single persons one after the other, by session, and how long each lasts."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.spec import Report
from cja_spark.reports.timeline_cells import kernel
from cja_spark.reports.timeline_rows import OWN_COLUMNS, finish
from cja_spark.spec import AsTuple, EachOnce, Name
from cja_spark.view.condition import Text
from cja_spark.view.spec import STANDARD_METRICS

MOST_EVENTS = 20_000


class Timeline(Report):
    """What single persons do, event by event, in the order of time; by session, with the time to the next event.

    Persons are drawn by lot, the same ones every time, or named. Rows are of single people: `docs/timeline.md` says who may see them.

    Attributes:
        report: the events of single persons.
        dimensions: what is told of each event.
        metrics: amounts that are told of each event.
        people: how many persons are drawn by lot, of those with an event that the segments keep.
        sample: the number of the draw; another number draws other persons.
        persons: the ids of persons that are shown in place of a draw.
        most_events: how many events of a person are shown; how many are left out is counted.
        keep: which events of a longer life are shown, the `first` ones or the `last` ones.
    """

    report: Literal["timeline"] = "timeline"
    dimensions: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(min_length=1, max_length=10)
    metrics: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=(), max_length=10)
    people: int = Field(default=20, ge=1, le=1_000)
    sample: int = Field(default=1, ge=1, le=1_000_000)
    persons: Annotated[tuple[Text, ...], AsTuple, EachOnce] = Field(default=(), max_length=1_000)
    most_events: int = Field(default=200, ge=1, le=MOST_EVENTS)
    keep: Literal["first", "last"] = "first"

    @model_validator(mode="after")
    def _of_events(self) -> Self:
        for name in self.metrics:
            if name in STANDARD_METRICS:
                raise ValueError(f"metrics: '{name}' counts, and no event has an amount of it; the report says by itself how many there are and how long each lasts.")
        for setting, names in (("dimensions", self.dimensions), ("metrics", self.metrics)):
            for name in names:
                if name.lower() in OWN_COLUMNS:
                    raise ValueError(f"{setting}: '{name}' is a column that a timeline has by itself; show another one.")
        return self

    @model_validator(mode="after")
    def _of_some_persons(self) -> Self:
        for drawn in ("people", "sample"):
            if self.persons and drawn in self.model_fields_set:
                raise ValueError(f"{drawn}: the persons are named, so none is drawn; leave '{drawn}' out, or 'persons'.")
        if any(not one.strip() for one in self.persons):
            raise ValueError("persons: an empty text is no person's id.")
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        people = len(self.persons) or self.people
        if people * self.most_events > MOST_EVENTS:
            raise ValueError(f"{people:,} persons of up to {self.most_events:,} events are more than the {MOST_EVENTS:,} events that a timeline shows; lower most_events to {max(MOST_EVENTS // people, 1):,}, or show fewer persons.")
        return self

    def metrics_used(self) -> tuple[str, ...]:
        """Amounts of events."""
        return self.metrics

    def metrics_of_events(self) -> tuple[str, ...]:
        """An event has its amount."""
        return self.metrics

    def dimensions_used(self) -> tuple[str, ...]:
        """What is told of each event."""
        return self.dimensions

    def dimensions_combined(self) -> tuple[str, ...]:
        """Nothing is credited to values, whatever stands beside them."""
        return ()


REPORTS.register("timeline")(Kind(Timeline, kernel, finish))
