"""Rule Q: what each function of a calculated metric gives, one row or one column at a time; None is null."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

Column = list[float | None]


class OfRow(NamedTuple):
    """A function of one row, and whether it takes null."""

    compute: Callable
    takes_null: bool = False


def _round(x: float, digits: float = 0) -> float:
    step = Decimal(1).scaleb(-int(digits))
    return float(Decimal(x).quantize(step, ROUND_HALF_UP, Context(prec=2000)))


def _if(condition: float | None, then: float | None = 0.0, otherwise: float | None = 0.0) -> float | None:
    if condition is None:
        return None
    return then if condition != 0 else otherwise


def normal(x: float) -> float:
    """The share of a normal distribution below x."""
    return math.erfc(-x / math.sqrt(2)) / 2


def student(x: float, degrees: float, steps: int = 4000) -> float:
    """The share of Student's t below x: Simpson's rule on cos^(n-1) in the angle whose tangent is x/sqrt(n)."""
    if degrees <= 0:
        raise ValueError("no degrees of freedom")
    if x == 0:
        return 0.5
    angle = math.atan2(abs(x), math.sqrt(degrees))
    width = (math.pi / 2 - angle) / steps
    heights = [max(math.cos(angle + at * width), 0.0) ** (degrees - 1) for at in range(steps + 1)]
    area = width / 3 * math.fsum(h * (1 if at in (0, steps) else 4 if at % 2 else 2) for at, h in enumerate(heights))
    whole = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(math.pi)
    beyond = area * whole
    return 1 - beyond if x > 0 else beyond


ROW = {
    "add": OfRow(lambda x, y: x + y), "subtract": OfRow(lambda x, y: x - y), "multiply": OfRow(lambda x, y: x * y),
    "divide": OfRow(lambda x, y: x / y), "negate": OfRow(lambda x: -x),
    "equal": OfRow(lambda x, y: x == y), "not_equal": OfRow(lambda x, y: x != y), "less_than": OfRow(lambda x, y: x < y),
    "less_or_equal": OfRow(lambda x, y: x <= y), "greater_than": OfRow(lambda x, y: x > y),
    "greater_or_equal": OfRow(lambda x, y: x >= y),
    "and": OfRow(lambda *some: all(x != 0 for x in some)), "or": OfRow(lambda *some: any(x != 0 for x in some)),
    "not": OfRow(lambda x: x == 0), "if": OfRow(_if, takes_null=True),
    "absolute": OfRow(abs), "exponent": OfRow(math.exp), "modulo": OfRow(math.fmod), "power": OfRow(math.pow),
    "round": OfRow(_round), "square_root": OfRow(math.sqrt), "cube_root": OfRow(math.cbrt),
    "row_max": OfRow(lambda *some: max(some)), "row_min": OfRow(lambda *some: min(some)), "row_sum": OfRow(lambda *some: math.fsum(some)),
    "sine": OfRow(math.sin), "cosine": OfRow(math.cos), "tangent": OfRow(math.tan), "arc_sine": OfRow(math.asin),
    "arc_cosine": OfRow(math.acos), "arc_tangent": OfRow(math.atan), "hyperbolic_sine": OfRow(math.sinh),
    "hyperbolic_cosine": OfRow(math.cosh), "hyperbolic_tangent": OfRow(math.tanh), "pi": OfRow(lambda: math.pi),
    "ceiling": OfRow(math.ceil), "floor": OfRow(math.floor), "ln": OfRow(math.log), "log10": OfRow(math.log10),
    "cdf_z": OfRow(normal), "cdf_t": OfRow(student), "z_test": OfRow(lambda x, tails: tails * normal(-abs(x))),
    "t_test": OfRow(lambda x, degrees, tails: tails * student(-abs(x), degrees)),
}  # fmt: skip


def counted(column: Column, include_zeros: float = 0.0) -> list[float]:
    """What a column function runs over: nulls never, zeros where it is asked for them."""
    return [x for x in column if x is not None and (include_zeros or x != 0)]


def mean(some: list[float]) -> float | None:
    """The mean; null of nothing."""
    return float(sum(map(Fraction, some)) / len(some)) if some else None


def distances(some: list[float]) -> list[Fraction]:
    """How far numbers lie from their mean, without rounding."""
    middle = sum(map(Fraction, some)) / max(len(some), 1)
    return [Fraction(x) - middle for x in some]


def variance(some: list[float]) -> float | None:
    """The mean square distance from the mean, divided by n; null where it is too large."""
    try:
        return float(sum(d * d for d in distances(some)) / len(some)) if some else None
    except OverflowError:
        return None


def deviation(some: list[float]) -> float | None:
    """The standard deviation of a population."""
    found = variance(some)
    return None if found is None else math.sqrt(found)


def percentile(some: list[float], k: float) -> float | None:
    """The value below which k % lie, between the two nearest in proportion."""
    if not some:
        return None
    ordered = sorted(some)
    at = min(max(k, 0), 100) / 100 * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def constant(column: Column) -> float:
    """A number that is given to a column function; without rows it does not matter."""
    return column[0] if column else 0.0


def _of(compute: Callable) -> Callable:
    def over(column: Column, include_zeros: object = 0.0) -> float | None:
        flag = constant(include_zeros) if isinstance(include_zeros, list) else include_zeros
        return compute(counted(column, flag))

    return over


def _of_k(compute: Callable) -> Callable:
    def over(column: Column, k: Column, include_zeros: object = 0.0) -> float | None:
        flag = constant(include_zeros) if isinstance(include_zeros, list) else include_zeros
        return compute(counted(column, flag), constant(k))

    return over


def z_scores(column: Column, include_zeros: object = 0.0) -> Column:
    """How many standard deviations each row lies from the mean."""
    some = counted(column, constant(include_zeros) if isinstance(include_zeros, list) else include_zeros)
    spread = deviation(some)
    if not spread:
        return [None] * len(column)
    middle = sum(map(Fraction, some)) / len(some)
    return [None if x is None else float(Fraction(x) - middle) / spread for x in column]


def window(n: Column, column: Column, at: int) -> list[float]:
    """What is set of the last n rows up to one, or of all up to it."""
    count = int(constant(n))
    return [x for x in column[max(at + 1 - count, 0) if count > 0 else 0 : at + 1] if x is not None]


def cumulative(n: Column, column: Column) -> Column:
    """Running sums."""
    return [math.fsum(window(n, column, at)) for at in range(len(column))]


def cumulative_average(n: Column, column: Column) -> Column:
    """Running means."""
    return [mean(window(n, column, at)) for at in range(len(column))]


def _maybe(compute: Callable) -> Callable:
    def of(x: float | None) -> float | None:
        try:
            return None if x is None else compute(x)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None

    return of


# Of each family: what is done to X and to Y before a line is drawn, and what leads back to Y.
FAMILIES = {
    "linear": (lambda x: x, lambda y: y, lambda y: y),
    "log": (math.log, lambda y: y, lambda y: y),
    "exponential": (math.exp, lambda y: y, lambda y: y),
    "power": (math.log, math.log, math.exp),
    "quadratic": (lambda x: x, math.sqrt, lambda y: y * y),
    "reciprocal": (lambda x: 1 / x, lambda y: y, lambda y: y),
}


def _line(family: str, x: Column, y: Column, include_zeros: object) -> tuple[float | None, ...]:
    """Correlation, intercept and slope of the line through what X and Y become."""
    flag = constant(include_zeros) if isinstance(include_zeros, list) else include_zeros
    of_x, of_y = (_maybe(one) for one in FAMILIES[family][:2])
    pairs = [(of_x(a), of_y(b)) for a, b in zip(x, y, strict=True) if a is not None and b is not None and (flag or (a and b))]
    pairs = [(a, b) for a, b in pairs if a is not None and b is not None]
    xs, ys = [a for a, _ in pairs], [b for _, b in pairs]
    if not pairs or not variance(xs) or variance(ys) is None:
        return None, None, None
    together = float(sum(a * b for a, b in zip(distances(xs), distances(ys), strict=True)) / len(pairs))
    slope = together / variance(xs)
    correlation = together / (deviation(xs) * deviation(ys)) if variance(ys) else None
    return correlation, mean(ys) - slope * mean(xs), slope


def _predicted(family: str, x: Column, y: Column, include_zeros: object) -> Column:
    _, intercept, slope = _line(family, x, y, include_zeros)
    of_x, back = _maybe(FAMILIES[family][0]), _maybe(FAMILIES[family][2])
    return [None if slope is None or of_x(a) is None else back(intercept + slope * of_x(a)) for a in x]


def _figure(family: str, which: int) -> Callable:
    def over(x: Column, y: Column, include_zeros: object = 0.0) -> float | None:
        found = _line(family, x, y, include_zeros)[which]
        return _maybe(math.exp)(found) if family == "power" and which == 1 else found

    return over


TABLE = {
    "column_max": _of(lambda some: max(some, default=None)), "column_min": _of(lambda some: min(some, default=None)),
    "column_sum": _of(math.fsum), "count": lambda column: len(counted(column)), "mean": _of(mean),
    "median": _of(lambda some: percentile(some, 50)), "percentile": _of_k(percentile),
    "quartile": _of_k(lambda some, k: percentile(some, 25 * k)), "standard_deviation": _of(deviation),
    "variance": _of(variance),
}  # fmt: skip
PLACE = {"z_score": z_scores, "t_score": z_scores, "cumulative": cumulative, "cumulative_average": cumulative_average}
for _family in FAMILIES:
    for _which, _name in enumerate(("correlation", "intercept", "slope")):
        TABLE[f"{_family}_{_name}"] = _figure(_family, _which)
    PLACE[f"{_family}_predicted"] = lambda x, y, include_zeros=0.0, family=_family: _predicted(family, x, y, include_zeros)
