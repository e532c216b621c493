"""Steps, exclusions and ties of a fallout, as an author writes them (rules F1, F3, F4, F8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, create_model, model_validator

from cja_spark.spec import AsTuple, Duration, EachOnce, Label, Name, Spec, as_tuple
from cja_spark.view.condition import (
    AllOf,
    Condition,
    ContainerCondition,
    DimensionCondition,
    Exclude,
    MetricCondition,
    SegmentReference,
)

Position = Annotated[int, Field(ge=1)]
TIES = ("total_order", "strict_time", "step_order")
_GRACE = re.compile(r"^\s*grace\s*\(\s*(.*?)\s*\)\s*$")


class _OfAStep(Spec):
    """What a step may have besides the condition that it is."""

    segments: Annotated[tuple[Name, ...], AsTuple] = ()
    next: bool = False
    label: Label | None = None


class Step(_OfAStep):
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


def _words(use: str | Spec) -> str:
    if isinstance(use, str):
        return use
    parts = use.model_dump(exclude_none=True, exclude_defaults=True)
    counted = parts.pop("distinct", {})
    return " ".join([*map(str, parts.values()), *(f"distinct {name} {bound:g}" for name, bound in counted.items())])


def _step(value: object) -> object:
    return _taken_apart(value, _OfAStep)


def _taken_apart(value: object, besides: type[Spec]) -> object:
    if isinstance(value, str):
        return {"step": value}
    if isinstance(value, Mapping) and not set(value) & {"step", "any"}:
        own = {key: value[key] for key in besides.model_fields if key in value}
        condition = {key: part for key, part in value.items() if key not in own}
        return {"any": [condition], **own} if condition else own
    return value


_CONDITIONS = (MetricCondition, DimensionCondition, SegmentReference, AllOf, Exclude, ContainerCondition)
# A condition written as a step itself, for the schema that editors read; `_step` takes it apart.
_WRITTEN = tuple(create_model(f"{kind.__name__}Step", __base__=(kind, _OfAStep)) for kind in _CONDITIONS)
FalloutStep = Annotated[Step, BeforeValidator(_step, json_schema_input_type=Union[Name, Step, *_WRITTEN])]


class _OfAnExclusion(_OfAStep):
    """What an exclusion may have besides the condition that it is."""

    between: Annotated[tuple[Position, Position], AsTuple] | None = None


class Excluded(Step, _OfAnExclusion):
    """What must not happen between two steps: written as a step is (F8).

    Attributes:
        between: after which step and before which other one, counted from 1; without a word the first and the last one.
    """

    @model_validator(mode="after")
    def _no_step(self) -> Excluded:
        if self.next:
            raise ValueError("next: true says what comes right after another step; leave it out of exclude.")
        if self.between is not None and self.between[0] >= self.between[1]:
            raise ValueError(f"between: [{self.between[0]}, {self.between[1]}] names no later step; write the earlier one first.")
        return self

    def steps_of(self, steps: int) -> tuple[int, int]:
        """Its steps a and b in a fallout of so many."""
        return self.between or (1, steps)


_EXCLUDED = tuple(create_model(f"{kind.__name__}Excluded", __base__=(kind, _OfAnExclusion)) for kind in _CONDITIONS)
FalloutExclusion = Annotated[
    Excluded,
    BeforeValidator(lambda value: _taken_apart(value, _OfAnExclusion), json_schema_input_type=Union[Name, Excluded, *_EXCLUDED]),
]


class Grace(Spec):
    """A step may come up to `grace` before the step that it follows (F4).

    Attributes:
        grace: how long before.
    """

    grace: Duration


MODES = ("strict_order", "strict_deduplication")
_SAID_BY = {"strict_increase": "ties: strict_time", "strict_once": "one_event_one_step: true"}


def _modes(value: object) -> object:
    for mode in value if isinstance(value, list | tuple) else ():
        if mode in _SAID_BY:
            raise ValueError(f"'{mode}' is written as {_SAID_BY[mode]}.")
    return as_tuple(value)


_Mode = Literal["strict_order", "strict_deduplication"]
Modes = Annotated[tuple[_Mode, ...], BeforeValidator(_modes, json_schema_input_type=tuple[_Mode, ...]), EachOnce]


def _ties(value: object) -> object:
    written = _GRACE.match(value) if isinstance(value, str) else None
    if written:
        return {"grace": written[1]}
    if isinstance(value, Grace | Mapping) or value in TIES:
        return value
    raise ValueError(f"'{value}' is no rule of ties. Write one of {', '.join(TIES)}, or grace: 2 seconds.")


def _kind(value: object) -> str:
    return "grace" if isinstance(value, Grace | Mapping) else "rule"


_Rule = Literal["total_order", "strict_time", "step_order"]
_GraceText = Annotated[str, StringConstraints(pattern=_GRACE.pattern)]
Ties = Annotated[
    Annotated[_Rule, Tag("rule")] | Annotated[Grace, Tag("grace")],
    Discriminator(_kind),
    BeforeValidator(_ties, json_schema_input_type=_Rule | _GraceText | Grace),
]
