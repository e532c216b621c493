"""Segments as an author writes them: containers and typed conditions (rules G1-G5, G10). No expression text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from cja_spark.spec import AsTuple, Label, Name, Spec
from cja_spark.view.comparison import Comparison, Count, Number
from cja_spark.view.keys import kind_by_key, with_a_key
from cja_spark.view.ranges import Range
from cja_spark.view.sequence import AllInGroup, AnyInGroup, Changes, ExcludedCheckpoint, LogicGroup, Then

Container = Literal["event", "session", "person"]


def _text(value: object) -> object:
    """Text as YAML gives it: a whole number is text as it stands, what YAML reads as something else is not."""
    if isinstance(value, bool | float | date):
        raise ValueError(f"{str(value).lower()} is no text as YAML reads it; put it in quotes as it is in the data.")
    return str(value) if isinstance(value, int) else value


Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int)]
# Negative operators and the positive ones whose complements they are (G3).
COMPLEMENT_OF = {
    "does_not_equal": "equals",
    "equals_none_of": "equals_any_of",
    "does_not_contain": "contains",
    "does_not_contain_all_of": "contains_all_of",
    "does_not_contain_any_of": "contains_any_of",
    "does_not_start_with": "starts_with",
    "does_not_end_with": "ends_with",
    "does_not_match": "matches",
}


class MetricCondition(Comparison):
    """A metric compared with a number: the event's own value, or the unit's sum (G1)."""

    metric: Name

    def compared(self) -> str:
        """What is compared, for a message."""
        return f"metric '{self.metric}'"


class DimensionCondition(Spec):
    r"""A dimension compared with text, case-sensitive. Negative operators are complements: null matches them (G3).

    `matches` compares the whole text with a pattern in which `*` is any text and `\*` the star itself;
    `at_least`, `at_most`, `more_than`, `less_than` compare the number that a text says, one that says none meets none.
    `distinct` compares the number of distinct values that the event, session or person has; no value is none (G1).
    `model` says which events can match (G5): `repeating` all, by the value they have; `instance` by the value they
    set themselves; `non_repeating` only events that set another value than the person's last one.

    Attributes:
        model: `repeating` asks for what an event has, also what lasts; `instance` for what it sets; `non_repeating` for
            what it sets anew (G5).
    """

    dimension: Name
    equals: Text | None = None
    equals_any_of: Annotated[tuple[Text, ...] | None, AsTuple] = Field(default=None, min_length=1)
    contains: Text | None = None
    contains_all_of: Annotated[tuple[Text, ...] | None, AsTuple] = Field(default=None, min_length=1, max_length=100)
    contains_any_of: Annotated[tuple[Text, ...] | None, AsTuple] = Field(default=None, min_length=1, max_length=100)
    starts_with: Text | None = None
    ends_with: Text | None = None
    matches: Text | None = None
    does_not_equal: Text | None = None
    equals_none_of: Annotated[tuple[Text, ...] | None, AsTuple] = Field(default=None, min_length=1)
    does_not_contain: Text | None = None
    does_not_contain_all_of: Annotated[tuple[Text, ...] | None, AsTuple] = Field(default=None, min_length=1, max_length=100)
    does_not_contain_any_of: Annotated[tuple[Text, ...] | None, AsTuple] = Field(default=None, min_length=1, max_length=100)
    does_not_start_with: Text | None = None
    does_not_end_with: Text | None = None
    does_not_match: Text | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    exists: bool | None = None
    distinct: Count | None = None
    model: Literal["repeating", "instance", "non_repeating"] = "repeating"

    @model_validator(mode="after")
    def _one_operator(self) -> DimensionCondition:
        if len(self.operators()) != 1:
            raise ValueError(f"dimension '{self.dimension}' needs exactly one of {', '.join(_OPERATORS)}.")
        if self.distinct is not None and self.model != "repeating":
            raise ValueError(f"dimension '{self.dimension}': model picks events by their values; distinct counts values.")
        return self

    def operators(self) -> tuple[str, ...]:
        """The operators that are set."""
        return tuple(name for name in _OPERATORS if getattr(self, name) is not None)


NUMERIC = ("at_least", "at_most", "more_than", "less_than")
_OPERATORS = (*COMPLEMENT_OF.values(), *COMPLEMENT_OF, *NUMERIC, "exists", "distinct")


class SegmentReference(Spec):
    """Another segment of the view, by name."""

    segment: Name


class AllOf(Spec):
    """Every part matches."""

    all: Annotated[tuple[Condition, ...], AsTuple] = Field(min_length=1)


class AnyOf(Spec):
    """Some part matches."""

    any: Annotated[tuple[Condition, ...], AsTuple] = Field(min_length=1)


class Exclude(Spec):
    """The part does not match."""

    exclude: Condition


class ContainerCondition(Spec):
    """Some (for `exclude`: no) event, session or person of the surrounding unit meets the condition.

    With a `range` by its events of those days, also outside the report's range (G6).

    Attributes:
        range: the days whose events are asked; by itself those of the container around it (G6).
    """

    container: Container = "event"
    where: Condition
    range: Range | None = None

    @model_validator(mode="after")
    def _more_than_an_event(self) -> Self:
        _refuse_sequences_in_events(self.container, self.where)
        return self


_KINDS = {
    "metric": "metric", "dimension": "dimension", "segment": "segment",
    "all": "all", "any": "any", "exclude": "exclude", "where": "container", "then": "sequence",
}  # fmt: skip


_checked = with_a_key("a condition has", _KINDS)


def _named(value: object) -> object:
    if isinstance(value, str):
        return {"segment": value}
    checked = _checked(value)
    if isinstance(value, Mapping) and "range" in value and "where" not in value:
        raise ValueError("range: it is a container's: {container: event, where: {...}, range: last 30 days}; 'where' holds the condition.")
    return checked


_Tree = Annotated[
    Annotated[MetricCondition, Tag("metric")]
    | Annotated[DimensionCondition, Tag("dimension")]
    | Annotated[SegmentReference, Tag("segment")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Exclude, Tag("exclude")]
    | Annotated[ContainerCondition, Tag("container")]
    | Annotated[Then, Tag("sequence")],
    Discriminator(
        kind_by_key(_KINDS),
        custom_error_type="condition",
        custom_error_message="a condition has one of the keys metric, dimension, segment, all, any, exclude, where, then",
    ),
]
Condition = Annotated[_Tree, BeforeValidator(_named, json_schema_input_type=Name | _Tree)]


class Segment(Spec):
    """A segment: all events of the units (container) that meet the condition (G2).

    With a `range` the condition is asked of the units' events of those days, also outside the report's range (G6).

    Of a sequence, `include` may keep only the events up to the first event of its last occurrence, or only those from
    the last event of its first occurrence on (G10).

    Attributes:
        range: the days whose events are asked; by itself those of the report (G6).
        include: of a sequence: everything, or what comes before or after it.
    """

    container: Container = "event"
    where: Condition
    range: Range | None = None
    include: Literal["everyone", "only_before", "only_after"] = "everyone"
    label: Label | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _of_a_sequence(self) -> Self:
        if self.include != "everyone" and not isinstance(self.where, Then):
            raise ValueError(f"include: {self.include} needs a sequence: write 'then' directly under 'where'.")
        _refuse_sequences_in_events(self.container, self.where)
        return self


for _model in (AllInGroup, AnyInGroup, LogicGroup, ExcludedCheckpoint, Then):
    _model.model_rebuild(_types_namespace={"Condition": Condition})
for _unit in (AllOf, AnyOf, Exclude, ContainerCondition, Segment):
    _unit.model_rebuild()

Leaf = MetricCondition | DimensionCondition | SegmentReference | Changes


def _refuse_sequences_in_events(container: Container, where: Spec) -> None:
    asked = list(sequences_in(where))
    inside = (found for sequence in asked for part in sequence.checkpoints() for found in sequences_in(part))
    if (asked and container == "event") or any(inside):
        raise ValueError("then: a sequence needs container: session or person; one event has no order.")


def sequences_in(condition: Spec) -> Iterator[Then]:
    """The sequences that a condition on a unit looks for in this very unit."""
    if isinstance(condition, Then):
        yield condition
    for part in _parts(condition):
        yield from sequences_in(part)


def all_sequences(condition: Spec) -> Iterator[Then]:
    """All sequences of a tree, those in containers and checkpoints too."""
    if isinstance(condition, ContainerCondition | Segment):
        yield from all_sequences(condition.where)
        return
    inside = condition.checkpoints() if isinstance(condition, Then) else _parts(condition)
    if isinstance(condition, Then):
        yield condition
    for part in inside:
        yield from all_sequences(part)


def _parts(condition: Spec) -> tuple[Spec, ...]:
    """Parts of a condition that are asked of the same unit."""
    if isinstance(condition, AllOf):
        return condition.all
    if isinstance(condition, AnyOf):
        return condition.any
    return (condition.exclude,) if isinstance(condition, Exclude) else ()


def leaves(condition: Spec) -> Iterator[Leaf]:
    """All parts of a tree that name a component."""
    if isinstance(condition, Leaf):
        yield condition
        return
    if isinstance(condition, Then):
        yield from condition.changes()
    for part in parts_of(condition):
        yield from leaves(part)


def container_of(segment: Segment) -> ContainerCondition:
    """A segment that is used in another one: its container and date range; all of the units, whatever it includes."""
    return ContainerCondition.model_construct(container=segment.container, where=segment.where, range=segment.range)


def parts_of(condition: Spec) -> tuple[Spec, ...]:
    """The conditions that a condition is made of, those of containers and checkpoints too."""
    if isinstance(condition, ContainerCondition | Segment):
        return (condition.where,)
    return tuple(condition.checkpoints()) if isinstance(condition, Then) else _parts(condition)
