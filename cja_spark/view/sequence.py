"""Sequences as an author writes them: checkpoints in order, and what lies between them (rules G7-G9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_serializer, model_validator

from cja_spark.span import Months, Span, parse_span, span_text
from cja_spark.spec import AsTuple, Name, Spec
from cja_spark.view.keys import has, with_a_key

if TYPE_CHECKING:
    from cja_spark.view.condition import Condition

_COUNT = re.compile(r"^\s*(\d+)\s+(event|session)s?\s*$")
MANY = 1_000_000_000
_Many = Annotated[int, Field(ge=0, le=MANY)]


class Lapse(Spec):
    """A duration between two checkpoints."""

    duration: Span

    @model_serializer
    def _text(self) -> str:
        return span_text(self.duration)


class Steps(Spec):
    """A number of events or sessions between two checkpoints."""

    count: _Many
    of: Literal["event", "session"]

    @model_serializer
    def _text(self) -> str:
        return f"{self.count} {self.of}{'s' if self.count != 1 else ''}"


class Changes(Spec):
    """How often a dimension is set to another value between two checkpoints: 1 is the next page.

    Attributes:
        count: how many changes.
    """

    dimension: Name
    count: _Many = 1


def _distance(value: object) -> object:
    if isinstance(value, str):
        if found := _COUNT.match(value):
            return {"count": int(found[1]), "of": found[2]}
        try:
            value = parse_span(value)
        except ValueError as fault:
            raise ValueError(f"{fault} Events and sessions can be counted too: '3 events', '1 session'.") from None
    return {"duration": value} if isinstance(value, timedelta | Months) else value


def _unit(value: object) -> str:
    return next((key for key in ("duration", "dimension") if has(value, key)), "of")


_DistanceText = Annotated[str, StringConstraints(pattern=r"^\s*\d+\s+[a-z]+\s*$")]
Distance = Annotated[
    Annotated[Lapse, Tag("duration")] | Annotated[Steps, Tag("of")] | Annotated[Changes, Tag("dimension")],
    Discriminator(_unit),
    BeforeValidator(_distance, json_schema_input_type=_DistanceText | Changes),
]


def _farther(one: Lapse | Steps | Changes, other: Lapse | Steps | Changes) -> bool:
    """Whether a distance is longer than another one that is counted in the same."""
    if isinstance(one, Lapse) and isinstance(other, Lapse):
        a, b = one.duration, other.duration
        return isinstance(a, timedelta) and isinstance(b, timedelta) and a > b
    if isinstance(one, Steps) and isinstance(other, Steps):
        return one.of == other.of and one.count > other.count
    return isinstance(one, Changes) and isinstance(other, Changes) and one.dimension == other.dimension and one.count > other.count


class Between(Spec):
    """How far apart two checkpoints are, each inclusive: `after` at least, `within` at most (G8).

    Written between two checkpoints, it holds for them, whatever excluded ones are in between; before an excluded one
    it says how far after the checkpoint before it that one is looked for.

    Attributes:
        after: at least so far apart.
        within: at most so far apart.
    """

    after: Distance | None = None
    within: Distance | None = None

    @model_validator(mode="after")
    def _something(self) -> Between:
        if self.after is None and self.within is None:
            raise ValueError("between checkpoints write 'after', 'within' or both.")
        if self.after is not None and self.within is not None and _farther(self.after, self.within):
            raise ValueError("'after' is more than 'within', so nothing is that far apart.")
        return self


class AllInGroup(Spec):
    """Every condition is met, in any order; one event may meet several."""

    all: Annotated[tuple[Condition, ...], AsTuple] = Field(min_length=1)


class AnyInGroup(Spec):
    """One of the conditions is met."""

    any: Annotated[tuple[Condition, ...], AsTuple] = Field(min_length=1)


def _group(value: object) -> str:
    return "any" if has(value, "any") else "all"


class LogicGroup(Spec):
    """One checkpoint of several conditions, after the checkpoint before it and before the next one (G9).

    Attributes:
        logic_group: conditions under `all` or `any`.
    """

    logic_group: Annotated[
        Annotated[AllInGroup, Tag("all")] | Annotated[AnyInGroup, Tag("any")],
        Discriminator(_group),
    ]

    def parts(self) -> tuple[Condition, ...]:
        """Its conditions."""
        return self.logic_group.any if isinstance(self.logic_group, AnyInGroup) else self.logic_group.all


def _kind(value: object) -> str:
    if has(value, "logic_group"):
        return "group"
    if has(value, "exclude"):
        return "excluded"
    return "between" if has(value, "after") or has(value, "within") else "condition"


class ExcludedCheckpoint(Spec):
    """What must not happen between its neighbours; at the start never before, at the end never after (G8)."""

    exclude: Annotated[
        Annotated[LogicGroup, Tag("group")] | Annotated[Condition, Tag("condition")],
        Discriminator(lambda value: "group" if _kind(value) == "group" else "condition"),
    ]


_KEYS = ("dimension", "metric", "segment", "all", "any", "where", "exclude", "logic_group", "after", "within")

Part = Annotated[
    Annotated[LogicGroup, Tag("group")]
    | Annotated[ExcludedCheckpoint, Tag("excluded")]
    | Annotated[Between, Tag("between")]
    | Annotated["Condition", Tag("condition")],
    Discriminator(_kind),
    BeforeValidator(with_a_key("then: each of its items has", _KEYS, also=("then",))),
]


class Then(Spec):
    """Checkpoints that are met in this order within one session or person; anything may happen in between.

    Attributes:
        then: checkpoints, and between them how far apart they are.
    """

    then: Annotated[tuple[Part, ...], AsTuple] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Then:
        for at, part in enumerate(self.then):
            if isinstance(part, Between):
                _stands_between(self.then[:at], part, self.then[at + 1 :])
            elif isinstance(part, LogicGroup):
                _not_of_persons(part)
            elif getattr(part, "container", None) == "person":
                raise ValueError("then: a checkpoint is an event, a session or a logic_group, not a person.")
        order = self.order()
        if not order.checkpoints:
            raise ValueError("then: name a checkpoint that is not excluded.")
        for excluded in (order.before, *(gap.excluded for gap in order.gaps), order.behind):
            if sum(one.within is not None for one in excluded) > 1:
                raise ValueError("then: one excluded checkpoint with 'within' stands between two others; put several in a logic_group.")
        return self

    def order(self) -> Order:
        """The checkpoints, and what belongs between, before and behind them."""
        checkpoints: list[LogicGroup | Condition] = []
        gaps: list[Gap] = []
        excluded: list[Excluded] = []
        before: tuple[Excluded, ...] = ()
        between = None
        for part in self.then:
            if isinstance(part, Between):
                between = part
            elif isinstance(part, ExcludedCheckpoint):
                excluded.append(Excluded(part.exclude, between.within if between else None))
                between = None
            else:
                if checkpoints:
                    gaps.append(Gap(between, tuple(excluded)))
                else:
                    before = tuple(excluded)
                checkpoints.append(part)
                excluded, between = [], None
        return Order(tuple(checkpoints), before, tuple(gaps), tuple(excluded))

    def checkpoints(self) -> Iterator[Condition]:
        """All conditions of its checkpoints, excluded ones and those of groups too."""
        for part in self.then:
            if isinstance(part, Between):
                continue
            one = part.exclude if isinstance(part, ExcludedCheckpoint) else part
            yield from one.parts() if isinstance(one, LogicGroup) else (one,)

    def changes(self) -> Iterator[Changes]:
        """Distances that are measured in values of a dimension."""
        for part in self.then:
            if isinstance(part, Between):
                yield from (one for one in (part.after, part.within) if isinstance(one, Changes))


class Excluded(NamedTuple):
    """An excluded checkpoint.

    Attributes:
        checkpoint: what must not happen.
        within: how far after the checkpoint before it; None looks up to the next one.
    """

    checkpoint: LogicGroup | Condition
    within: Distance | None


class Gap(NamedTuple):
    """What lies between two neighbouring checkpoints.

    Attributes:
        between: how far apart they are.
        excluded: what must not happen between them.
    """

    between: Between | None
    excluded: tuple[Excluded, ...]


class Order(NamedTuple):
    """A sequence, taken apart.

    Attributes:
        checkpoints: those that must be met.
        before: what must not happen before the first one.
        gaps: what lies between each two.
        behind: what must not happen after the last one.
    """

    checkpoints: tuple[LogicGroup | Condition, ...]
    before: tuple[Excluded, ...]
    gaps: tuple[Gap, ...]
    behind: tuple[Excluded, ...]


def _stands_between(before: tuple[Part, ...], between: Between, behind: tuple[Part, ...]) -> None:
    if not behind or isinstance(behind[0], Between):
        raise ValueError("then: 'after' and 'within' stand before the checkpoint that they are for, in one item.")
    if all(isinstance(part, ExcludedCheckpoint | Between) for part in before):
        raise ValueError("then: 'after' and 'within' count from a checkpoint; there is none before them.")
    if isinstance(behind[0], ExcludedCheckpoint) and between.after is not None:
        raise ValueError("then: an excluded checkpoint may have 'within', not 'after'.")


def _not_of_persons(group: LogicGroup) -> None:
    if any(getattr(part, "container", "event") == "person" for part in group.parts()):
        raise ValueError("logic_group: its conditions are of events or sessions, not of a person.")
