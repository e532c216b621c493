"""Math as a column."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value, finite
from cja_spark.view.derived.arithmetic import read
from cja_spark.view.derived.math import Math

_OPERATIONS: dict[type[ast.operator], Callable[[Column, Column], Column]] = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.Div: F.try_divide,
    ast.Pow: F.pow,
}


def math(spec: Math, reading: Reading) -> Value:
    """The formula in doubles; x/0 and what is not finite is not set."""
    inputs = {name: reading.number(one) for name, one in spec.inputs.items()}
    return Value(finite(_column(read(spec.formula).tree, inputs)), T.DoubleType())


def _column(node: ast.expr, inputs: Mapping[str, Column]) -> Column:
    if isinstance(node, ast.Name):
        return inputs[node.id]
    if isinstance(node, ast.Constant):
        return F.lit(float(node.value))  # type: ignore[arg-type]  # the grammar has numbers only
    if isinstance(node, ast.UnaryOp):
        return -_column(node.operand, inputs)
    assert isinstance(node, ast.BinOp)
    return _OPERATIONS[type(node.op)](_column(node.left, inputs), _column(node.right, inputs))
