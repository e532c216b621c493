"""Canvas: the nodes that runs of a journey visit, the branches between them, where runs end, and how long it takes from node to node."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from cja_spark.reports.canvas_cells import kernel
from cja_spark.reports.canvas_rows import COLUMNS_OF_STEPS, behind, finish
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.of_steps import OfSteps
from cja_spark.reports.time_to_event import MOST_PERCENTILES, Percent
from cja_spark.spec import AsTuple, EachOnce, Name


class Canvas(OfSteps):
    """The nodes of each journey with how many runs visit them, the branches between them, and where runs end or wait.

    A run is of one person, and of the journey that its first event with one names. It is at a node from its first event there to its
    first event at another one. Events without a run are not seen; where a run was before the range is not known.

    Attributes:
        report: the nodes and branches of journeys.
        journey: the dimension whose values are the journeys.
        node: the dimension whose values are the nodes.
        run: the dimension whose value is the same on all events of one run of a person.
        exits: what ends a run; one without it is still waiting at its last node.
        enters: what counts as entered at a node, such as that it is done; without a word the rows do not say it.
        errors: what is an error at a node; without a word the rows do not say it.
        percentiles: within which times so many per cent of those who take a branch are at its end.
        journeys: how many journeys are shown, those of most runs; the others are one row.
        nodes: how many nodes of each are shown, those of most visits; the others are *other*.
    """

    report: Literal["canvas"] = "canvas"
    journey: Name
    node: Name
    run: Name
    exits: FalloutStep
    enters: FalloutStep | None = None
    errors: FalloutStep | None = None
    percentiles: Annotated[tuple[Percent, ...], AsTuple, EachOnce] = Field(default=(50, 90), max_length=MOST_PERCENTILES)
    journeys: int = Field(default=10, ge=1, le=100)
    nodes: int = Field(default=50, ge=1, le=500)

    @field_validator("percentiles")
    @classmethod
    def _of_two_decimals(cls, percents: tuple[float, ...]) -> tuple[float, ...]:
        if finer := [one for one in percents if round(one, 2) != one]:
            raise ValueError(f"{finer[0]} has more than two decimals.")
        return percents

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if any(step.next for step in self.own_steps()):
            raise ValueError("next: true says what comes right after another step of a fallout; leave it out.")
        if self.run in (self.node, self.journey) or self.node == self.journey:
            raise ValueError("journey, node and run are three dimensions: many runs are of one journey and visit its nodes.")
        return self

    def own_steps(self) -> tuple[Step, ...]:
        """What counts as entered, what ends a run, what is an error."""
        return tuple(step for step in (self.enters, self.exits, self.errors) if step)

    def ordered_percentiles(self) -> tuple[float, ...]:
        """The percentiles, ascending."""
        return tuple(sorted(self.percentiles))

    def columns_of_percentiles(self) -> tuple[str, ...]:
        """The columns of the percentiles, such as `p50_seconds`."""
        return tuple(f"p{percent:g}_seconds".replace(".", "_") for percent in self.ordered_percentiles())

    def columns_of_steps(self) -> tuple[str, ...]:
        """The columns of the steps that are asked for."""
        return tuple(column for name, column in COLUMNS_OF_STEPS.items() if getattr(self, name))

    def dimensions_used(self) -> tuple[str, ...]:
        """What journeys, nodes and runs are told by."""
        return (self.journey, self.node, self.run)

    def dimensions_combined(self) -> tuple[str, ...]:
        """No metric is credited to values."""
        return ()

    def single_valued(self) -> tuple[str, ...]:
        """An event is at one node of one run."""
        return self.dimensions_used()


REPORTS.register("canvas")(Kind(Canvas, kernel, finish, behind=behind))
