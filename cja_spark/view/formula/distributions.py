"""Shares of distributions below a value: the normal one and Student's t."""

from __future__ import annotations

import math

import numpy as np

from cja_spark.view.formula.functions import Floats, Function, Parameter, X

SERIES_FROM = 50.0
NORMAL_FROM = 1e8  # degrees of freedom from which Student's t is the normal distribution within 1e-8
_EPSILON, _TINY, _STEPS = 1e-15, 1e-300, 20_000
_erfc, _lgamma = np.vectorize(math.erfc, otypes=[float]), np.vectorize(math.lgamma, otypes=[float])


def normal(x: Floats) -> Floats:
    """The share of a normal distribution below x.

    Shapes: float64[rows] -> float64[rows].
    """
    return np.asarray(_erfc(-x / math.sqrt(2)) / 2, np.float64)


def student(x: Floats, degrees: Floats) -> Floats:
    """The share of Student's t below x; null without degrees of freedom.

    Shapes: float64[rows], float64[rows] -> float64[rows].
    Source: half the regularised incomplete beta function of n/2 and 1/2 at n/(n + x²) is what lies beyond |x|.
    """
    found = np.full(len(x), np.nan)
    wide = degrees >= NORMAL_FROM
    found[wide] = normal(x[wide])
    some = (degrees > 0) & ~wide & ~np.isnan(x)
    t, n = x[some], degrees[some]
    beyond = _two_tails(t * t, n) / 2
    found[some] = np.where(t > 0, 1 - beyond, beyond)
    return found


def _two_tails(square: Floats, n: Floats) -> Floats:
    """The regularised incomplete beta function of n/2 and 1/2 at n/(n + x²)."""
    a, b = n / 2, np.full(len(n), 0.5)
    within, beyond = n / (n + square), square / (n + square)
    front = np.exp(_log_gamma_ratio(a) - a * np.log1p(square / n)) * np.sqrt(beyond / math.pi)
    turned = within > (a + 1) / (a + b + 2)  # there the fraction of the other side is the quick one
    p, q = np.where(turned, b, a), np.where(turned, a, b)
    share = front / p * _fraction(p, q, np.where(turned, beyond, within))
    return np.where(turned, 1 - share, share)


def _log_gamma_ratio(a: Floats) -> Floats:
    """Difference log Γ(a + 1/2) - log Γ(a); of large ones by its series, for their difference loses digits."""
    small = np.minimum(a, SERIES_FROM)
    series = np.log(a) / 2 - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)
    return np.where(a < SERIES_FROM, _lgamma(small + 0.5) - _lgamma(small), series)


def _fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    """The continued fraction of the incomplete beta function, by Lentz's method.

    1. Begin with the first denominator. 2. Take an even and an odd step. 3. Stop when no value changes.
    """
    c = np.ones(len(x))
    d = 1 / _apart(1 - (a + b) * x / (a + 1))
    found = d.copy()
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = np.ones(len(x))
        for step in (even, odd):
            d, c = 1 / _apart(1 + step * d), _apart(1 + step / c)
            found, change = found * d * c, d * c
        if (np.abs(change - 1) < _EPSILON).all():
            break
    return found


def _apart(x: Floats) -> Floats:
    """Keep a divisor away from 0."""
    return np.where(np.abs(x) < _TINY, _TINY, x)


def _z_test(x: Floats, tails: float) -> Floats:
    return tails * normal(-np.abs(x))


def _t_test(x: Floats, degrees: Floats, tails: float) -> Floats:
    return tails * student(-np.abs(x), degrees)


def _tails(number: float) -> str | None:
    return None if number in (1, 2) else "is 1 or 2"


def _above_0(number: float) -> str | None:
    return None if number > 0 else f"is above 0, not {number:g}"


TAILS, DEGREES = Parameter("tails", "number", check=_tails), Parameter("degrees", check=_above_0)
DISTRIBUTIONS = (
    Function("cdf_z", "row", (X,), normal, "the share of a normal distribution below x", "Statistics"),
    Function("cdf_t", "row", (X, DEGREES), student, "the share of Student's t below x; null where the degrees of freedom are 0 or less",
             "Statistics"),
    Function("z_test", "row", (X, TAILS), _z_test, "tails * cdf_z(-|x|): how likely a z-score x or a greater one is by chance",
             "Statistics"),
    Function("t_test", "row", (X, DEGREES, TAILS), _t_test, "tails * cdf_t(-|x|, degrees), the same of a t-score", "Statistics"),
)  # fmt: skip
