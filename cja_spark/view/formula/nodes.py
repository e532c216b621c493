"""The tree of a formula: frozen nodes, each with its place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cja_spark.view.attribution import Attribution


@dataclass(frozen=True)
class Number:
    """A number; true is 1 and false 0."""

    value: float
    at: int


@dataclass(frozen=True)
class Text:
    """A text in quotes."""

    value: str
    at: int


@dataclass(frozen=True)
class Name:
    """A metric, or a word or a component where a function takes one."""

    name: str
    at: int


@dataclass(frozen=True)
class Call:
    """A function, or an operator, with one argument per parameter."""

    function: str
    given: tuple[Node, ...]
    at: int


@dataclass(frozen=True)
class Segmented:
    """A part of a formula whose metrics are those of the events that all of some segments keep."""

    of: Node
    segments: tuple[Name, ...]
    at: int


@dataclass(frozen=True)
class Attributed:
    """A metric that credits the values of a dimension in its own way."""

    of: Node
    how: Attribution
    at: int


@dataclass(frozen=True)
class GrandTotal:
    """A part of a formula on the total of all events that the report sees, the same on every row."""

    of: Node
    at: int


@dataclass(frozen=True)
class Distinct:
    """How many values of a dimension there are."""

    dimension: Name
    at: int


Node = Number | Text | Name | Call | Segmented | Attributed | GrandTotal | Distinct


def inner(node: Node) -> tuple[Node, ...]:
    """The parts of a node."""
    if isinstance(node, Call):
        return node.given
    return (node.of,) if isinstance(node, Segmented | Attributed | GrandTotal) else ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    yield node
    for part in inner(node):
        yield from walk(part)
