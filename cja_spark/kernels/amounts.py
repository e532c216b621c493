"""Amounts compared with numbers, as conditions ask (G1, C1)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools
from cja_spark.view.comparison import Comparison

DECIMALS = 9  # of sums that are compared: in whatever order six sixths are added, they are at least 1
_COMPARE: Mapping[str, Callable[[Any, float], Any]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "equals": operator.eq,
    "does_not_equal": operator.ne,
}


def compared(amounts: npt.NDArray[Any], condition: Comparison) -> Bools:
    """Which amounts meet all comparisons of a condition; NaN meets none.

    Shapes: amounts float64[n] or int64[n] -> bool[n].
    Source: G1, C1. Decision: sums with decimals are compared to nine of them; they depend on the order of adding (M3).
    """
    near, met = to_decimals(amounts), np.ones(len(amounts), bool)
    for name, compare in _COMPARE.items():
        bound = getattr(condition, name)
        if bound is not None:
            met &= compare(near, bound)
    return met


def to_decimals(amounts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Amounts rounded to nine decimals where they have any.

    Shapes: float64[n] or int64[n] -> the same.
    """
    if amounts.dtype.kind != "f":
        return amounts
    whole = np.rint(amounts)
    return amounts if np.array_equal(whole, amounts, equal_nan=True) else np.where(whole == amounts, amounts, np.round(amounts, DECIMALS))
