"""What a formula is made of: its metrics and segments, each with its place, and what must be summed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from cja_spark.view.attribution import Attribution
from cja_spark.view.formula.experiments import WITHOUT_SQUARES
from cja_spark.view.formula.known import COMPUTED
from cja_spark.view.formula.nodes import (
    Attributed,
    Call,
    Distinct,
    GrandTotal,
    Name,
    Node,
    Segmented,
    Text,
    inner,
    walk,
)
from cja_spark.view.formula.parse import parse

Formulas = Mapping[str, Node]


@dataclass(frozen=True)
class Measure:
    """What is summed for a column: a metric, of the events that all of some segments keep, credited in its own way.

    Attributes:
        metric: a standard metric or one of a field.
        segments: names of segments of the view, each once, sorted.
        attribution: how a formula credits it; None leaves it to the metric.
        distinct: the dimension whose distinct values are counted; the metric is then none.
        squared_per: people, sessions or events: what each of them has of the metric is squared before it is summed.
    """

    metric: str
    segments: tuple[str, ...] = ()
    attribution: Attribution | None = None
    distinct: str = ""
    squared_per: str = ""

    def within(self, segments: tuple[str, ...]) -> Measure:
        """The same of the events that more segments keep."""
        return replace(self, segments=stacked(self.segments, segments))


class Component(NamedTuple):
    """A name in a formula.

    Attributes:
        kind: metric, segment or dimension.
        name: the name.
        at: its first character in the formula, from 1.
        role: `attributed` a metric that must be one of a field, `totalled` one without functions over rows, `per_people`
            (`per_sessions`, `per_events`) one that each of them has an amount of.
    """

    kind: str
    name: str
    at: int
    role: str = ""


def stacked(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Segments that are all met: their order and repetition change nothing (O10)."""
    return tuple(sorted({*one, *other}))


def names_in(text: str) -> tuple[str, ...]:
    """Metric names of a formula, in order of appearance.

    Raises:
        ValueError: what is wrong with the formula, with the place.
    """
    return tuple(dict.fromkeys(node.name for node in walk(parse(text)) if isinstance(node, Name)))


def segments_in(node: Node) -> tuple[str, ...]:
    """Segment names of a formula, each once."""
    found = (name.name for part in walk(node) if isinstance(part, Segmented) for name in part.segments)
    return tuple(dict.fromkeys(found))


def components_of(node: Node, role: str = "") -> Iterator[Component]:
    """All names of a formula, with what each must be."""
    if isinstance(node, Name):
        yield Component("metric", node.name, node.at, role)
    if isinstance(node, Distinct):
        yield Component("dimension", node.dimension.name, node.dimension.at)
    if isinstance(node, Segmented):
        yield from (Component("segment", name.name, name.at) for name in node.segments)
    below = {Attributed: "attributed", GrandTotal: "totalled"}.get(type(node), role)
    if isinstance(node, Call) and is_experiment(node):
        below = f"per_{container_of(node)}"
    for part in inner(node):
        yield from components_of(part, below)


def runs_over(node: Node, *over: str) -> bool:
    """Whether a formula has a function that runs over rows, of one of some kinds."""
    return any(isinstance(part, Call) and COMPUTED[part.function].over in over for part in walk(node))


def counts_people(name: str, formulas: Formulas) -> bool:
    """Whether a metric is people and nothing else, in segments or not."""
    node: Node = Name(name, 0)
    seen: set[str] = set()
    while not (isinstance(node, Name) and node.name not in formulas):
        if isinstance(node, Segmented):
            node = node.of
        elif isinstance(node, Name) and node.name not in seen:
            seen.add(node.name)
            node = formulas[node.name]
        else:
            return False
    return node.name == "people"


def measures_of(name: str, formulas: Formulas) -> tuple[Measure, ...]:
    """What must be summed so that a metric can be shown, each once, in the order of its formula."""
    return tuple(dict.fromkeys(_measures(name, formulas)))


def _measures(name: str, formulas: Formulas) -> Iterator[Measure]:
    """Without recursion: metrics may be made of each other as deep as a view is large."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    ahead: list[tuple[Node, tuple[str, ...]]] = [(Name(name, 0), ())]
    while ahead:
        node, segments = ahead.pop()
        if isinstance(node, Attributed | Distinct):
            yield measure_of(node).within(segments)
        elif isinstance(node, Call) and is_experiment(node):
            yield from (one.within(segments) for one in arm_of(node))
        elif not isinstance(node, Name):
            more = stacked(segments, tuple(one.name for one in node.segments)) if isinstance(node, Segmented) else segments
            ahead += [(part, more) for part in inner(node)[::-1]]
        elif node.name not in formulas:
            yield Measure(node.name, segments)
        elif (node.name, segments) not in seen:
            seen.add((node.name, segments))
            ahead.append((formulas[node.name], segments))


def measure_of(node: Attributed | Distinct) -> Measure:
    """What is summed for a metric that is credited in its own way, or for distinct values."""
    if isinstance(node, Distinct):
        return Measure("", distinct=node.dimension.name)
    return replace(_one_metric(node.of), attribution=node.how)


def _one_metric(node: Node) -> Measure:
    segments: tuple[str, ...] = ()
    while isinstance(node, Segmented):
        segments = stacked(segments, tuple(one.name for one in node.segments))
        node = node.of
    assert isinstance(node, Name)
    return Measure(node.name, segments)


def is_experiment(node: Call) -> bool:
    """Whether a call is of a function of experiments."""
    return COMPUTED[node.function].group == "Experiments"


def container_of(node: Call) -> str:
    """What the metric of such a call is counted per."""
    container = node.given[1]
    assert isinstance(container, Name)
    return container.name


def arm_of(node: Call) -> tuple[Measure, ...]:
    """What is summed for a call of a function of experiments: the metric, its units, and its squares where they are needed."""
    metric, container = _one_metric(node.given[0]), container_of(node)
    squares = () if node.function in WITHOUT_SQUARES else (replace(metric, squared_per=container),)
    return metric, Measure(container), *squares


def controls_of(name: str, formulas: Formulas) -> frozenset[str]:
    """The controls that a metric compares with, those in what it is made of included."""
    calls = (part for node in made_of(name, formulas).values() for part in walk(node) if isinstance(part, Call))
    return frozenset(one.value for call in calls for one in call.given if isinstance(one, Text))


def made_of(name: str, formulas: Formulas) -> dict[str, Node]:
    """The formulas of a calculated metric and of all calculated metrics that it is made of, its own first."""
    found: dict[str, Node] = {}
    ahead = [name]
    while ahead:
        here = ahead.pop()
        if here not in found and here in formulas:
            found[here] = formulas[here]
            ahead += [part.name for part in walk(formulas[here]) if isinstance(part, Name)][::-1]
    return found


def is_of_each_row(name: str, formulas: Formulas) -> bool:
    """Whether a metric is what each row's own sums give, without other rows and without a control."""
    nodes = made_of(name, formulas).values()
    compares = any(isinstance(part, Call) and is_experiment(part) for node in nodes for part in walk(node))
    return not compares and not any(runs_over(node, "table", "place", "order") for node in nodes)
