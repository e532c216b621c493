"""Arguments of a formula's functions: each to its parameter, and of its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cja_spark.errors import did_you_mean
from cja_spark.view.formula.attributed import attributed
from cja_spark.view.formula.experiment_arguments import experiment_argument, unknown_argument
from cja_spark.view.formula.functions import Function, Parameter
from cja_spark.view.formula.known import COMPUTED, FUNCTIONS, unknown_function
from cja_spark.view.formula.nodes import Call, Distinct, GrandTotal, Name, Node, Number, Text, walk
from cja_spark.view.formula.tokens import Token, fault

FLAGS = {"true": 1.0, "false": 0.0}


class Given(NamedTuple):
    """What an author gives to a function, with its parameter's name where it is written."""

    word: Token | None
    node: Node

    @property
    def at(self) -> int:
        """Its first character."""
        return self.word.at if self.word else self.node.at


def called(text: str, name: Token, given: Sequence[Given]) -> Node:
    """A call of a function by its name, in any case.

    Raises:
        ValueError: no such function, too few or too many arguments, or one of another type.
    """
    word = name.text.lower()
    if word == "attributed":
        return attributed(text, name.at, given)
    if word == "total":
        return _total(text, name.at, given)
    if word == "count_distinct":
        return _distinct(text, name.at, given)
    if word not in FUNCTIONS:
        raise fault(text, name.at, unknown_function(name.text))
    return bound(text, FUNCTIONS[word], name.at, given)


def bound(text: str, function: Function, at: int, given: Sequence[Given]) -> Call:
    """A call whose arguments are in the order of the parameters, defaults filled in.

    Raises:
        ValueError: too few or too many arguments, or one of another type.
    """
    last = function.parameters[-1:]
    places = _many(text, function, last[0], at, given) if last and last[0].many else _each(text, function, given)
    call = Call(function.name, tuple(_argument(text, function, one, node, at) for one, node in places), at)
    if is_constant(call) and not np.isfinite(constant(call)):
        numbers = ", ".join(f"{constant(part):g}" for part in call.given)
        raise fault(text, at, f"{function.name} of {numbers} has no value, on no row.")
    return call


def _many(
    text: str, function: Function, parameter: Parameter, at: int, given: Sequence[Given]
) -> list[tuple[Parameter, Node | None]]:
    for one in given:
        if one.word:
            raise fault(text, one.at, f"{function.name} takes values without names.")
    if not given:
        raise fault(text, at, f"{function.name} takes one value or more: {function.signature()}.")
    return [(parameter, one.node) for one in given]


def _each(text: str, function: Function, given: Sequence[Given]) -> list[tuple[Parameter, Node | None]]:
    """Each parameter with what it is given."""
    names = [one.name for one in function.parameters]
    found: dict[str, Node] = {}
    for number, one in enumerate(given):
        if one.word is None and number >= len(names):
            count = f"{len(names)} argument{'s' * (len(names) != 1)}"
            raise fault(text, one.at, f"{function.name} takes {count} at most: {function.signature()}.")
        name = one.word.text if one.word else names[number]
        if name not in names:
            raise fault(text, one.at, unknown_argument(function, name) or f"{function.name} has no argument '{name}'. {did_you_mean(name, names)}".rstrip())
        if name in found:
            raise fault(text, one.at, f"'{name}' is given twice.")
        found[name] = one.node
    return [(one, found.get(one.name)) for one in function.parameters]


def _argument(text: str, function: Function, parameter: Parameter, node: Node | None, at: int) -> Node:
    if node is None:
        if parameter.default is None:
            raise fault(text, at, f"'{parameter.name}' is missing: {function.signature()}.")
        return Number(parameter.default, at)
    what = f"'{parameter.name}' of {function.name}" if function.name in FUNCTIONS else "what an operator takes"
    if parameter.kind == "flag":
        return _flag(text, node, what)
    if parameter.kind in ("measured", "container", "text"):
        return experiment_argument(text, parameter, node, what)
    if isinstance(node, Text):
        raise fault(text, node.at, f"{what} is no text.")
    if parameter.kind == "number":
        return _number(text, parameter, node, what)
    if parameter.kind == "metric" and not has_metric(node):
        raise fault(text, node.at, f"{what} is a metric, not a number.")
    return _value(text, parameter, node, "what is divided by" if function.name == "divide" else what)


def _value(text: str, parameter: Parameter, node: Node, what: str) -> Node:
    if parameter.check and is_constant(node) and (wrong := parameter.check(constant(node))):
        raise fault(text, node.at, f"{what} {wrong}.")
    return node


def _flag(text: str, node: Node, what: str) -> Number:
    if not isinstance(node, Name) or node.name.lower() not in FLAGS:
        raise fault(text, node.at, f"{what} is true or false.")
    return Number(FLAGS[node.name.lower()], node.at)


def _number(text: str, parameter: Parameter, node: Node, what: str) -> Number:
    for part in walk(node):
        if not _of_numbers(part):
            raise fault(text, part.at, f"{what} is a number, the same on every row, not a metric.")
    value = constant(node)
    if not np.isfinite(value):
        raise fault(text, node.at, f"{what} has no value.")
    if parameter.check and (wrong := parameter.check(value)):
        raise fault(text, node.at, f"{what} {wrong}, not {value:g}.")
    return Number(value, node.at)


def is_constant(node: Node) -> bool:
    """Whether a part of a formula is the same number on every row of every report."""
    return all(_of_numbers(part) for part in walk(node))


def _of_numbers(part: Node) -> bool:
    return isinstance(part, Number) or (isinstance(part, Call) and COMPUTED[part.function].over == "row")


def constant(node: Node) -> float:
    """The value of a part of a formula without metrics; NaN where it has none."""
    if isinstance(node, Number):
        return node.value
    assert isinstance(node, Call)
    given = [np.array([constant(part)]) if one.kind != "number" else constant(part) for one, part in _parameters(node)]
    with np.errstate(all="ignore"):
        return float(np.ravel(COMPUTED[node.function].compute(*given))[0])


def _parameters(node: Call) -> list[tuple[Parameter, Node]]:
    parameters = COMPUTED[node.function].parameters
    many = [parameters[-1]] * len(node.given) if parameters and parameters[-1].many else parameters
    return list(zip(many, node.given, strict=True))


def _total(text: str, at: int, given: Sequence[Given]) -> GrandTotal:
    if len(given) != 1 or given[0].word:
        raise fault(text, at, "total takes one formula: total(orders).")
    node = given[0].node
    if not has_metric(node):
        raise fault(text, node.at, "total is of a metric, not of a number.")
    for part in walk(node):
        if isinstance(part, Call) and COMPUTED[part.function].over != "row":
            raise fault(text, part.at, f"{part.function} runs over rows, and a total has none.")
    return GrandTotal(node, at)


def _distinct(text: str, at: int, given: Sequence[Given]) -> Distinct:
    if len(given) != 1 or given[0].word or not isinstance(given[0].node, Name):
        raise fault(text, at, "count_distinct takes one dimension, by its name: count_distinct(page).")
    return Distinct(given[0].node, at)


def has_metric(node: Node) -> bool:
    """Whether a part of a formula has a metric, or counts values."""
    return any(isinstance(part, Name | Distinct) for part in walk(node))
