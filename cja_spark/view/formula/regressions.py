"""Regressions of one column on another: a line through what X and Y become (rule Q)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cja_spark.view.formula.column_functions import NULL, deviations, mean
from cja_spark.view.formula.functions import INCLUDE_ZEROS, Floats, Function, Parameter

Change = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Family:
    """A kind of curve, made a line.

    Attributes:
        curve: the curve as it is written, slope and intercept by their letters.
        of_x: what X becomes.
        of_y: what Y becomes.
        back: from the line to Y.
        intercept: from the line's intercept to the curve's.
    """

    curve: str
    of_x: Change
    of_y: Change
    back: Change
    intercept: Change


def _same(values: Floats) -> Floats:
    return values


FAMILIES = {
    "linear": Family("Y = aX + b", _same, _same, _same, _same),
    "log": Family("Y = a ln X + b", np.log, _same, _same, _same),
    "exponential": Family("Y = a e^X + b", np.exp, _same, _same, _same),
    "power": Family("Y = b X^a", np.log, np.log, np.exp, np.exp),
    "quadratic": Family("Y = (b + aX)^2", _same, np.sqrt, np.square, _same),
    "reciprocal": Family("Y = b + a/X", np.reciprocal, _same, _same, _same),
}


@dataclass(frozen=True)
class Line:
    """A line through points; null where there is none, or where squares of their distances are too large."""

    correlation: float = NULL
    intercept: float = NULL
    slope: float = NULL


def finite(values: Floats) -> Floats:
    """Values, null where they are no numbers.

    Shapes: float64[n] -> float64[n].
    """
    return np.where(np.isfinite(values), values, np.nan)


def line(family: Family, x: Floats, y: Floats, include_zeros: float) -> Line:
    """The line through the rows that have both; without zeros, through those where neither is 0."""
    some = np.ones(len(x), bool) if include_zeros else (x != 0) & (y != 0)
    u, v = finite(family.of_x(x[some])), finite(family.of_y(y[some]))
    both = ~(np.isnan(u) | np.isnan(v))
    u, v = u[both], v[both]
    du, dv = deviations(u), deviations(v)
    across, spread, together = mean(du * du), mean(dv * dv), mean(du * dv)
    if not across > 0 or not np.isfinite([across, spread, together]).all():
        return Line()
    slope = together / across
    correlation = float(np.clip(together / np.sqrt(across * spread), -1, 1)) if spread > 0 else NULL
    return Line(correlation, mean(v) - slope * mean(u), slope)


def _functions(name: str, family: Family) -> Iterator[Function]:
    def correlation(x: Floats, y: Floats, include_zeros: float) -> float:
        return line(family, x, y, include_zeros).correlation

    def intercept(x: Floats, y: Floats, include_zeros: float) -> float:
        return float(family.intercept(np.array([line(family, x, y, include_zeros).intercept]))[0])

    def slope(x: Floats, y: Floats, include_zeros: float) -> float:
        return line(family, x, y, include_zeros).slope

    def predicted(x: Floats, y: Floats, include_zeros: float) -> Floats:
        found = line(family, x, y, include_zeros)
        return family.back(found.intercept + found.slope * finite(family.of_x(x)))

    taken = (Parameter("x", "metric"), Parameter("y", "metric"), INCLUDE_ZEROS)
    curve = f"of {family.curve}"
    yield Function(f"{name}_correlation", "table", taken, correlation, f"the correlation {curve}", "Regressions")
    yield Function(f"{name}_intercept", "table", taken, intercept, f"b {curve}", "Regressions")
    yield Function(f"{name}_slope", "table", taken, slope, f"a {curve}", "Regressions")
    yield Function(f"{name}_predicted", "place", taken, predicted, f"Y of the row {curve}", "Regressions")


REGRESSIONS = tuple(function for name, family in FAMILIES.items() for function in _functions(name, family))
