"""Conditions in plain words."""

from __future__ import annotations

import json

from cja_spark.span import span_text
from cja_spark.spec import Spec
from cja_spark.view import sequence
from cja_spark.view.comparison import Comparison
from cja_spark.view.condition import (
    AllOf,
    AnyOf,
    ContainerCondition,
    DimensionCondition,
    Exclude,
    MetricCondition,
    SegmentReference,
)
from cja_spark.view.containers import Containers
from cja_spark.view.ranges import DateRange, Last, This
from cja_spark.view.sequence import Changes, Distance, ExcludedCheckpoint, LogicGroup, Steps, Then

AS_IN_YAML = Containers()


def condition_in_words(condition: Spec, called: Containers = AS_IN_YAML) -> str:
    """A condition, as one would say it who calls containers so."""
    if isinstance(condition, AllOf | AnyOf):
        parts, word = (condition.all, " and ") if isinstance(condition, AllOf) else (condition.any, " or ")
        said = [condition_in_words(part, called) for part in parts]
        return said[0] if len(said) == 1 else f"({word.join(said)})"
    if isinstance(condition, Exclude):
        return f"not {condition_in_words(condition.exclude, called)}"
    if isinstance(condition, ContainerCondition):
        inside = condition_in_words(condition.where, called)
        return f"some {called.named(condition.container)}{range_in_words(condition.range)} in which {inside}"
    if isinstance(condition, Then):
        return ", ".join(_part(part, called) for part in condition.then)
    return _leaf(condition, called)


def range_in_words(span: DateRange | None) -> str:
    """The days that a container looks at, to be put behind it; nothing where it has no range of its own."""
    if span is None:
        return ""
    if isinstance(span, This):
        return " of the day of as_of" if span.this == "day" else f" of the {span.this} of as_of up to that day"
    if isinstance(span, Last):
        full = "full " if span.full else ""
        return f" of the last {span.count} {full}{span.unit}s" if span.count > 1 else f" of the last {full}{span.unit}"
    return f" of {span.from_} to {span.to}" if span.from_ <= span.to else " of no day"


def _leaf(condition: Spec, called: Containers) -> str:
    if isinstance(condition, SegmentReference):
        return f"segment '{condition.segment}'"
    if isinstance(condition, MetricCondition):
        return f"{condition.metric} {_compared(condition)}"
    assert isinstance(condition, DimensionCondition)
    if condition.distinct is not None:
        return f"the number of distinct {condition.dimension} {_compared(condition.distinct)}"
    [name] = condition.operators()
    asked = getattr(condition, name)
    sets = {"instance": "itself sets", "non_repeating": "newly sets"}.get(condition.model)
    model = f", as the {called.named('event')} {sets} it" if sets else ""
    if name == "exists":
        return f"{condition.dimension} {'is set' if asked else 'is not set'}{model}"
    texts = ", ".join(f"'{text}'" for text in asked) if isinstance(asked, tuple) else f"'{asked}'"
    return f"{condition.dimension} {name.replace('_', ' ')} {texts}{model}"


def _compared(condition: Comparison) -> str:
    names = ("at_least", "at_most", "more_than", "less_than", "equals", "does_not_equal")
    bounds = ((name, getattr(condition, name)) for name in names)
    return " and ".join(f"{name.replace('_', ' ')} {bound:g}" for name, bound in bounds if bound is not None)


def _part(part: Spec, called: Containers) -> str:
    if isinstance(part, sequence.Between):
        said = (f"{word} {_distance(how, called)}" for word, how in (("after", part.after), ("within", part.within)) if how is not None)
        return " and ".join(said)
    if isinstance(part, ExcludedCheckpoint):
        return f"without {_checkpoint(part.exclude, called)}"
    return f"then {_checkpoint(part, called)}"


def _checkpoint(part: Spec, called: Containers) -> str:
    if not isinstance(part, LogicGroup):
        return condition_in_words(part, called)
    word = " and, in any order, " if hasattr(part.logic_group, "all") else " or "
    return f"({word.join(condition_in_words(one, called) for one in part.parts())})"


def _distance(distance: Distance, called: Containers) -> str:
    if isinstance(distance, Changes):
        return f"{distance.count} change{'s' if distance.count != 1 else ''} of {distance.dimension}"
    if isinstance(distance, Steps):
        return f"{distance.count} {called.named(distance.of) if distance.count == 1 else called.several(distance.of)}"
    return span_text(distance.duration)


def written(spec: Spec) -> str:
    """A setting as one line of YAML's flow style would have it, without what is not set."""
    return flow(json.loads(spec.model_dump_json(exclude_none=True, exclude_defaults=True, by_alias=True)))


def flow(value: object) -> str:
    """Plain values as one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {flow(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)
