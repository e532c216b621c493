"""Call deflection: which topics of self-service avoid calls, against a baseline (rule K)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from cja_spark.reports.deflection_cells import kernel
from cja_spark.reports.deflection_rows import behind, finish
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.of_steps import OfSteps
from cja_spark.spec import Duration, Name, Spec, milliseconds
from cja_spark.view.spec import STANDARD_METRICS

NO_COST = "write what a call costs, such as 6.5, or the name of a metric; leave the line out if nobody knows."


class Control(Spec):
    """Events that say how often people call who do not help themselves.

    Attributes:
        control: a metric, a segment or a condition; events with no self-service of the person within the window around them count.
    """

    control: FalloutStep


def _baseline(value: object) -> object:
    """A rate, or a control; anything else is told so in one sentence."""
    if isinstance(value, Control | dict):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"'{value}' is no baseline. Write a rate from 0 to 1, such as 0.3, or control: with the events that calls are counted after.")
    return float(value)


def _cost(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(f"'{value}' is no cost; {NO_COST}")
    return float(value)


Rate = Annotated[float, Field(ge=0, le=1)]
Baseline = Annotated[
    Annotated[Rate, Tag("rate")] | Annotated[Control, Tag("control")],
    Discriminator(lambda value: "rate" if isinstance(value, float) else "control"),
    BeforeValidator(_baseline, json_schema_input_type=Rate | Control),
]
_Price = Annotated[float, Field(ge=0)]
Cost = Annotated[
    Annotated[_Price, Tag("price")] | Annotated[Name, Tag("metric")],
    Discriminator(lambda value: "metric" if isinstance(value, str) else "price"),
    BeforeValidator(_cost, json_schema_input_type=_Price | Name),
]


class Deflection(OfSteps):
    """How often people call after self-service, per topic, and how many calls that avoids against a baseline.

    A trial is of a person and a topic: it begins at an event of self-service, and more of the same topic within the window belongs to it.

    Attributes:
        report: which topics of self-service avoid calls.
        topic: the dimension whose values are the topics of self-service, a row each.
        self_service: what self-service is; an event of it without a topic begins no trial.
        call: what a call is; calls count even where a segment hides them.
        window: how long after a trial's beginning a call counts.
        pre_call: how long before it a call puts the trial out of the rates; without a word as long as the window.
        match: whether `any` call counts, or only one of the `same_topic`.
        baseline: the rate of calls without self-service: a number, or the events of a `control` after which calls are counted.
        cost_per_call: what a call costs, or the metric whose mean over the calls of the range it is.
        sort: what topics are ranked by.
        rows: how many topics are shown; the rest is *other*.
    """

    report: Literal["deflection"] = "deflection"
    topic: Name
    self_service: FalloutStep
    call: FalloutStep
    window: Duration = timedelta(hours=24)
    pre_call: Duration | None = None
    match: Literal["any", "same_topic"] = "any"
    baseline: Baseline
    cost_per_call: Cost | None = None
    sort: Literal["avoided_calls", "trials"] = "avoided_calls"
    rows: int = Field(default=20, ge=1, le=1_000)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if any(step.next for step in self.own_steps()):
            raise ValueError("next: true says what comes right after another step of a fallout; leave it out.")
        if self.window <= timedelta(0):
            raise ValueError("window: in no time nobody calls; write 1 ms or more.")
        if self.cost_per_call is None and "cost_per_call" in self.model_fields_set:
            raise ValueError(f"cost_per_call: {NO_COST}")
        if self.cost_per_call in STANDARD_METRICS:
            raise ValueError(f"cost_per_call: '{self.cost_per_call}' is no amount of a call; name a metric of its cost.")
        return self

    def control(self) -> Step | None:
        """The events of the baseline, where it is no number."""
        return self.baseline.control if isinstance(self.baseline, Control) else None

    def fixed_rate(self) -> float | None:
        """The baseline, where it is a number."""
        return None if isinstance(self.baseline, Control) else self.baseline

    def own_steps(self) -> tuple[Step, ...]:
        """Self-service, calls, and the control's events."""
        return tuple(step for step in (self.self_service, self.call, self.control()) if step)

    def window_ms(self) -> int:
        """How long after a trial's beginning a call counts, ms."""
        return milliseconds(self.window)

    def pre_call_ms(self) -> int:
        """How long before a trial a call puts it out, ms."""
        return milliseconds(self.window if self.pre_call is None else self.pre_call)

    def effective(self) -> Self:
        """The same question with how long before a trial calls count."""
        return self.model_copy(update={"pre_call": self.window if self.pre_call is None else self.pre_call})

    def looks_back(self) -> timedelta:
        """Calls before the range put trials out, and self-service before it is around the control's events."""
        return max(self.window, self.pre_call or timedelta(0))

    def cost_metric(self) -> str | None:
        """The metric of what calls cost, where it is no number."""
        return self.cost_per_call if isinstance(self.cost_per_call, str) else None

    def metrics_used(self) -> tuple[str, ...]:
        """What calls cost."""
        metric = self.cost_metric()
        return (metric,) if metric else ()

    def metrics_of_events(self) -> tuple[str, ...]:
        """A call has its cost."""
        return self.metrics_used()

    def dimensions_used(self) -> tuple[str, ...]:
        """What self-service is about."""
        return (self.topic,)


def tail(report: Deflection) -> timedelta:
    """How long after its range calls count."""
    return report.window


REPORTS.register("deflection")(Kind(Deflection, kernel, finish, tail, behind=behind))
