"""What an author writes for a fallout, and which options do not go together (rules F1, F3-F7, F9, F10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.reports.spec import Report
from cja_spark.spec import AsTuple, Duration, Name, Spec
from cja_spark.view.condition import Condition, SegmentReference

MAX_STEPS = 32
TIES = ("total_order", "strict_time", "step_order")
_GRACE = re.compile(r"^\s*grace\s*\(\s*(.*?)\s*\)\s*$")
_OF_A_STEP = ("next", "label", "segments")


class Step(Spec):
    """A step: a metric or segment by name, or names and conditions of which any may hold; `segments` must all hold (F1).

    Attributes:
        step: a metric or a segment.
        any: metrics, segments and conditions on one event.
        segments: segments that the event must meet besides; alone they are the step.
        next: the step is the unit's very next event (F3).
        label: the step's name in the report.
    """

    step: Name | None = None
    any: Annotated[tuple[Name | Condition, ...], AsTuple] = ()
    segments: Annotated[tuple[Name, ...], AsTuple] = ()
    next: bool = False
    label: str | None = None

    @model_validator(mode="after")
    def _something(self) -> Step:
        if self.step is not None and self.any:
            raise ValueError("a step has either 'step', a name, or 'any', a list; both are given.")
        if self.step is None and not self.any and not self.segments:
            raise ValueError("a step names a metric or a segment, or lists conditions under 'any'.")
        return self

    def uses(self) -> tuple[Any, ...]:
        """Names and conditions of which one must hold; empty where only segments are asked for."""
        return (self.step,) if self.step is not None else self.any

    def name(self) -> str:
        """The step's label, or its parts in a few words."""
        choices = " or ".join(_words(use) for use in self.uses())
        return self.label or " and ".join(part for part in (choices, *self.segments) if part)


def _words(use: Any) -> str:  # noqa: ANN401 - a name or a condition
    if isinstance(use, str):
        return use
    parts = use.model_dump(exclude_none=True, exclude_defaults=True)
    return " ".join(str(part) for part in parts.values())


def _step(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever the author wrote
    if isinstance(value, str):
        return {"step": value}
    if isinstance(value, Mapping) and not set(value) & {"step", "any"}:
        own = {key: value[key] for key in _OF_A_STEP if key in value}
        condition = {key: part for key, part in value.items() if key not in own}
        return {"any": [condition], **own} if condition else own
    return value


class Grace(Spec):
    """A step may come up to `grace` before the step that it follows (F4)."""

    grace: Duration


def _ties(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever the author wrote
    written = _GRACE.match(value) if isinstance(value, str) else None
    if written:
        return {"grace": written[1]}
    if isinstance(value, Grace | Mapping) or value in TIES:
        return value
    raise ValueError(f"'{value}' is no rule of ties. Write one of {', '.join(TIES)}, or grace: 2 seconds.")


Ties = Annotated[Literal["total_order", "strict_time", "step_order"] | Grace, BeforeValidator(_ties)]


class Fallout(Report):
    """How many reach each step. With a window a chain must end within it, also after the range (`entry`, F9).

    Attributes:
        steps: what has to happen.
        container: whose events a chain may take.
        window: the longest time from the first step to any other (F6).
        window_start: `any` chain counts, or only the one that begins at the `first` step-1 event (F7).
        order: as written; `strict`: each step the very next event; `any`: the most steps within a window (F3).
        ties: what counts as later among events of equal or almost equal time (F4).
        one_event_one_step: whether one event serves one step of a chain only (F5).
        date_rule: whether all steps must lie in the range, or the first one (F9).
        count: persons, sessions, or attempts, of which a unit may make several (F10).
        base: what shares of the total are of (F11).
        breakdown: a dimension whose value at `breakdown_step` parts the counts (F12).
    """

    report: Literal["fallout"] = "fallout"
    steps: Annotated[tuple[Annotated[Step, BeforeValidator(_step)], ...], AsTuple] = Field(
        min_length=1, max_length=MAX_STEPS
    )
    container: Literal["person", "session"] = "person"
    window: Duration | None = None
    window_start: Literal["any", "first"] = "any"
    order: Literal["ordered", "strict", "any"] = "ordered"
    ties: Ties = "total_order"
    one_event_one_step: bool = True
    date_rule: Literal["in_range", "entry"] | None = None
    count: Literal["persons", "sessions", "attempts"] | None = None
    base: Literal["first_step", "all"] = "first_step"
    breakdown: Name | None = None
    breakdown_step: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Fallout:
        for given, fault in self._faults():
            if given:
                raise ValueError(fault)
        return self

    def _faults(self) -> tuple[tuple[bool, str], ...]:
        any_order, step_order = self.order == "any", self.ties == "step_order"
        first, following = self.window_start == "first", any(step.next for step in self.steps)
        follows = "order: strict" if self.order == "strict" else "a step with next: true"
        strict = self.order == "strict" or following
        steps, at = len(self.steps), self.breakdown_step
        return (
            (self.date_rule == "entry" and self.window is None, "date_rule: entry needs a window."),
            (at > steps, f"breakdown_step: {at} is above the number of steps, {steps}."),
            (self.steps[0].next, "next: true on the first step: no step comes before it."),
            (any_order and following, "order: any takes no step with next: true; steps have no order there."),
            (any_order and self.ties != "total_order", "order: any takes no ties; steps have no order there."),
            (any_order and first, "order: any takes no window_start: first; no step is the first there."),
            (strict and isinstance(self.ties, Grace), f"ties: grace does not go with {follows}."),
            (strict and step_order, f"ties: step_order does not go with {follows}."),
            (step_order and first, "ties: step_order does not go with window_start: first."),
            (
                bool(self.breakdown) and (any_order or step_order),
                f"{'order: any' if any_order else 'ties: step_order'} reports no chain of events; leave breakdown out.",
            ),
            (self.count == "attempts" and not first, "count: attempts needs window_start: first."),
            (
                self.count == "sessions" and self.container != "session",
                "count: sessions needs container: session.",
            ),
            (
                self.count == "persons" and self.container != "person",
                "count: persons needs container: person; a fallout within sessions counts sessions.",
            ),
        )

    def effective_date_rule(self) -> str:
        """`entry` with a window, else `in_range`, unless the author says (F9)."""
        return self.date_rule or ("entry" if self.window is not None else "in_range")

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are broken down by."""
        return (self.breakdown,) if self.breakdown else ()

    def names_used(self) -> tuple[str, ...]:
        """Steps that name a metric or a segment."""
        return tuple(use for step in self.steps for use in step.uses() if isinstance(use, str))

    def conditions(self) -> tuple[Spec, ...]:
        """Steps that are conditions, and the segments that steps must meet besides."""
        uses = tuple(use for step in self.steps for use in step.uses() if not isinstance(use, str))
        names = dict.fromkeys(name for step in self.steps for name in step.segments)
        return (*uses, *(SegmentReference(segment=name) for name in names))
