"""Functions of the numbers that a function gave which looks at other events: numbers, or the ids of words."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.journeys.hashing import value_id
from cja_spark.spec import Spec
from cja_spark.view.derived.arithmetic import read
from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.conditions import AllOf, AnyOf, Comparison, Exclude
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import Input
from cja_spark.view.derived.math import Math
from cja_spark.view.derived.typecast import Typecast

Numbers = Callable[[Input], Floats]
WHOLE = 2.0**63


def numbers_of(function: Function, number: Numbers, events: int) -> Floats:
    """What a function makes of numbers.

    Args:
        function: math, a typecast, or a case when.
        number: the numbers of an input.
        events: how many events there are.

    Shapes: float64[events] each, NaN for none -> float64[events].
    """
    if isinstance(function, Math):
        return _arithmetic(function, {name: number(one) for name, one in function.inputs.items()})
    if isinstance(function, Typecast):
        given = number(function.input)
        return np.where((given >= -WHOLE) & (given < WHOLE), np.trunc(given), np.nan) if function.to == "integer" else given
    assert isinstance(function, CaseWhen)
    held = [_holds(case.when, number) for case in function.cases]
    otherwise = number(function.otherwise) if function.otherwise else np.full(events, np.nan)
    return np.select(held, [number(case.value) for case in function.cases], otherwise)


def _arithmetic(function: Math, inputs: Mapping[str, Floats]) -> Floats:
    with np.errstate(all="ignore"):
        found = _value(read(function.formula).tree, inputs)
    missing = np.logical_or.reduce([np.isnan(one) for one in inputs.values()])  # NaN ^ 0 is 1 otherwise
    return np.where(missing | ~np.isfinite(found), np.nan, found)


def _value(node: ast.expr, inputs: Mapping[str, Floats]) -> Floats:
    if isinstance(node, ast.Name):
        return inputs[node.id]
    if isinstance(node, ast.Constant):
        return np.full(len(next(iter(inputs.values()))), float(node.value))  # type: ignore[arg-type]  # the grammar has numbers only
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, inputs)
    assert isinstance(node, ast.BinOp)
    left, right = _value(node.left, inputs), _value(node.right, inputs)
    if isinstance(node.op, ast.Div):
        return np.where(right == 0, np.nan, left / right)
    return _OPERATIONS[type(node.op)](left, right)


_OPERATIONS: Mapping[type[ast.operator], Callable[[Floats, Floats], Floats]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply,
    ast.Pow: lambda left, right: np.where(np.isnan(left) | np.isnan(right), np.nan, np.power(left, right)),
}  # fmt: skip


def named(naming: CaseWhen, number: Numbers) -> Ints:
    """Ids of the words that a case when has for numbers; 0 where no case holds.

    Shapes: numbers float64[events], NaN for none -> int64[events].
    """
    otherwise = value_id(str(naming.otherwise.value)) if naming.otherwise else 0
    held = [_holds(case.when, number) for case in naming.cases]
    return np.select(held, [np.int64(value_id(str(case.value.value))) for case in naming.cases], np.int64(otherwise))


def _holds(test: Spec, number: Numbers) -> Bools:
    if isinstance(test, AllOf):
        return np.asarray(np.all([_holds(part, number) for part in test.all], axis=0), bool)
    if isinstance(test, AnyOf):
        return np.asarray(np.any([_holds(part, number) for part in test.any], axis=0), bool)
    if isinstance(test, Exclude):
        return ~_holds(test.exclude, number)
    assert isinstance(test, Comparison)
    numbers = number(test.input)
    return np.asarray(np.all([_COMPARED[name](numbers, getattr(test, name)) for name in test.asked()], axis=0), bool)


_COMPARED: Mapping[str, Callable[[Floats, Any], Bools]] = {
    "equals": np.equal, "does_not_equal": np.not_equal, "at_least": np.greater_equal, "at_most": np.less_equal,
    "more_than": np.greater, "less_than": np.less, "exists": lambda numbers, asked: np.isnan(numbers) != asked,
}  # fmt: skip
