"""Functions that give each row its own: arithmetic, logic, mathematics."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

from cja_spark.view.formula.functions import Floats, Function, Parameter, X, Y, not_0, whole

_EXACT = Context(prec=1_000)  # any double, and any digits up to DIGITS
DIGITS = 300


def _digits(number: float) -> str | None:
    return whole(number) or (None if abs(number) <= DIGITS else f"lies between -{DIGITS} and {DIGITS}")


def rounded(numbers: Floats, digits: float) -> Floats:
    """Numbers rounded as the doubles that they are, ties away from 0: 314.15 is just below, so 314.1.

    Shapes: float64[rows] -> float64[rows].
    Source: Q.
    """
    step = Decimal(1).scaleb(-int(digits))
    found = [
        float(Decimal(x).quantize(step, ROUND_HALF_UP, _EXACT)) if math.isfinite(x) else math.nan for x in numbers.tolist()
    ]
    return np.array(found, np.float64)


def chosen(condition: Floats, then: Floats, otherwise: Floats) -> Floats:
    """One of two values; null where it is not known which."""
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, then, otherwise))


def _all(*given: Floats) -> Floats:
    return np.asarray(np.logical_and.reduce([one != 0 for one in given]), np.float64)


def _any(*given: Floats) -> Floats:
    return np.asarray(np.logical_or.reduce([one != 0 for one in given]), np.float64)


def _greatest(*given: Floats) -> Floats:
    return np.asarray(np.maximum.reduce(given), np.float64)


def _least(*given: Floats) -> Floats:
    return np.asarray(np.minimum.reduce(given), np.float64)


def _sum(*given: Floats) -> Floats:
    return np.asarray(np.add.reduce(given), np.float64)


ONE, TWO, MANY = (X,), (X, Y), (Parameter("x", many=True),)
BY = (X, Parameter("y", check=not_0))
OPERATORS = (
    Function("add", "row", TWO, np.add, "x + y", "Basic"),
    Function("subtract", "row", TWO, np.subtract, "x - y", "Basic"),
    Function("multiply", "row", TWO, np.multiply, "x * y", "Basic"),
    Function("divide", "row", BY, np.divide, "x / y", "Basic"),
    Function("negate", "row", ONE, np.negative, "-x", "Basic"),
)  # fmt: skip
BASIC = (
    Function("absolute", "row", ONE, np.abs, "x without its sign", "Basic"),
    Function("exponent", "row", ONE, np.exp, "e to the power of x", "Basic"),
    Function("modulo", "row", BY, np.fmod, "the rest of x / y, with the sign of x", "Basic"),
    Function("power", "row", TWO, np.power, "x to the power of y", "Basic"),
    Function("round", "row", (X, Parameter("digits", "number", 0.0, _digits)), rounded,
             "x with so many decimals; -1 rounds to tens; ties go away from 0", "Basic"),
    Function("row_max", "row", MANY, _greatest, "the largest of some values of the row", "Basic"),
    Function("row_min", "row", MANY, _least, "the smallest of them", "Basic"),
    Function("row_sum", "row", MANY, _sum, "their sum", "Basic"),
    Function("square_root", "row", ONE, np.sqrt, "the square root of x; null below 0", "Basic"),
)  # fmt: skip
LOGIC = (
    Function("if", "row", (Parameter("condition"), Parameter("then", default=0.0), Parameter("otherwise", default=0.0)), chosen,
             "`then` where the condition is not 0, else `otherwise`", "Logic", takes_null=True),
    Function("and", "row", MANY, _all, "1 where no value is 0, else 0", "Logic"),
    Function("or", "row", MANY, _any, "1 where some value is not 0, else 0", "Logic"),
    Function("not", "row", ONE, lambda x: np.asarray(x == 0, np.float64), "1 where x is 0, else 0", "Logic"),
    Function("equal", "row", TWO, np.equal, "1 where x == y, else 0", "Logic"),
    Function("not_equal", "row", TWO, np.not_equal, "1 where x != y, else 0", "Logic"),
    Function("greater_than", "row", TWO, np.greater, "1 where x > y, else 0", "Logic"),
    Function("greater_or_equal", "row", TWO, np.greater_equal, "1 where x >= y, else 0", "Logic"),
    Function("less_than", "row", TWO, np.less, "1 where x < y, else 0", "Logic"),
    Function("less_or_equal", "row", TWO, np.less_equal, "1 where x <= y, else 0", "Logic"),
)  # fmt: skip
MATHEMATICS = (
    Function("pi", "row", (), lambda: math.pi, "the number π", "Mathematics"),
    Function("ceiling", "row", ONE, np.ceil, "the next whole number from x up", "Mathematics"),
    Function("floor", "row", ONE, np.floor, "the next whole number from x down", "Mathematics"),
    Function("ln", "row", ONE, np.log, "the natural logarithm of x", "Mathematics"),
    Function("log10", "row", ONE, np.log10, "the logarithm of x to base 10", "Mathematics"),
    Function("cube_root", "row", ONE, np.cbrt, "the cube root of x", "Mathematics"),
    Function("sine", "row", ONE, np.sin, "the sine of x in radians, as all angles here", "Mathematics"),
    Function("cosine", "row", ONE, np.cos, "the cosine of x", "Mathematics"),
    Function("tangent", "row", ONE, np.tan, "the tangent of x", "Mathematics"),
    Function("arc_sine", "row", ONE, np.arcsin, "the angle whose sine is x", "Mathematics"),
    Function("arc_cosine", "row", ONE, np.arccos, "the angle whose cosine is x", "Mathematics"),
    Function("arc_tangent", "row", ONE, np.arctan, "the angle whose tangent is x", "Mathematics"),
    Function("hyperbolic_sine", "row", ONE, np.sinh, "the hyperbolic sine of x", "Mathematics"),
    Function("hyperbolic_cosine", "row", ONE, np.cosh, "the hyperbolic cosine of x", "Mathematics"),
    Function("hyperbolic_tangent", "row", ONE, np.tanh, "the hyperbolic tangent of x", "Mathematics"),
)  # fmt: skip
ROW = (*BASIC, *LOGIC, *MATHEMATICS)
