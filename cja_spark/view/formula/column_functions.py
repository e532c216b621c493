"""Functions over the rows that are shown: one value for all rows, or each row's place among them (rule Q)."""

from __future__ import annotations

import numpy as np

from cja_spark.view.formula.functions import INCLUDE_ZEROS, METRIC, Floats, Function, Parameter, whole

NULL = float("nan")


def counting(column: Floats, include_zeros: float) -> Floats:
    """What a function runs over: no null, and 0 only where it is asked for.

    Shapes: float64[rows] -> float64[some].
    """
    some = column[~np.isnan(column)]
    return some if include_zeros else some[some != 0]


def mean(some: Floats) -> float:
    """The mean of numbers; null of none."""
    return float(np.mean(some)) if len(some) else NULL


def deviations(some: Floats) -> Floats:
    """Distances from the mean, exactly 0 where all are equal.

    Shapes: float64[n] -> float64[n].
    """
    from_first = some - some[:1]
    return from_first - mean(from_first)


def variance(some: Floats) -> float:
    """The mean square distance from the mean: divided by n (rule Q); null where it is too large."""
    found = mean(deviations(some) ** 2)
    return found if np.isfinite(found) else NULL


def _mean(column: Floats, include_zeros: float) -> float:
    return mean(counting(column, include_zeros))


def _variance(column: Floats, include_zeros: float) -> float:
    return variance(counting(column, include_zeros))


def _deviation(column: Floats, include_zeros: float) -> float:
    return float(np.sqrt(_variance(column, include_zeros)))


def _max(column: Floats, include_zeros: float) -> float:
    some = counting(column, include_zeros)
    return float(some.max()) if len(some) else NULL


def _min(column: Floats, include_zeros: float) -> float:
    some = counting(column, include_zeros)
    return float(some.min()) if len(some) else NULL


def _sum(column: Floats) -> float:
    return float(np.nansum(column))


def _count(column: Floats) -> float:
    return float(len(counting(column, 0.0)))


def _percentile(column: Floats, k: float, include_zeros: float) -> float:
    some = counting(column, include_zeros)
    return float(np.percentile(some, min(max(k, 0.0), 100.0))) if len(some) else NULL


def _median(column: Floats, include_zeros: float) -> float:
    return _percentile(column, 50.0, include_zeros)


def _quartile(column: Floats, quarter: float, include_zeros: float) -> float:
    return _percentile(column, 25.0 * quarter, include_zeros)


def _z_score(column: Floats, include_zeros: float) -> Floats:
    some = counting(column, include_zeros)
    if len(some) == 0:
        return np.full(len(column), NULL)
    first = some[0]
    return np.asarray((column - first - mean(some - first)) / np.sqrt(variance(some)), np.float64)


def windowed(column: Floats, count: int) -> Floats:
    """Sum of the last `count` rows, each sum of those alone, so that it carries no other row's rounding.

    Shapes: float64[rows] without null -> float64[rows]; O(rows) whatever the count: a window is the end of one block of
        `count` rows and the beginning of the next.
    """
    rows = len(column)
    blocks = np.pad(column, (0, -rows % count)).reshape(-1, count)
    begun = np.cumsum(blocks, axis=1).ravel()[:rows]
    ending = np.cumsum(blocks[:, ::-1], axis=1)[:, ::-1].ravel()[:rows]
    first = np.arange(rows) - count + 1
    within = (first > 0) & (first % count != 0)
    return begun + np.where(within, ending[np.maximum(first, 0)], 0.0)


def _cumulative(n: float, column: Floats) -> Floats:
    count = min(int(n), len(column)) if n > 0 else len(column)
    return windowed(np.nan_to_num(column, nan=0.0), count) if count else column


def _cumulative_average(n: float, column: Floats) -> Floats:
    return _cumulative(n, column) / _cumulative(n, np.asarray(~np.isnan(column), np.float64))


def _quarter(number: float) -> str | None:
    return None if number in (0, 1, 2, 3, 4) else "is 0, 1, 2, 3 or 4"


N = Parameter("n", "number", check=whole)
OVER = (METRIC, INCLUDE_ZEROS)
COLUMN = (
    Function("column_max", "table", OVER, _max, "the largest value of the column", "Basic"),
    Function("column_min", "table", OVER, _min, "the smallest value of the column", "Basic"),
    Function("column_sum", "table", (METRIC,), _sum, "the sum of the column", "Basic"),
    Function("count", "table", (METRIC,), _count, "how many rows are neither null nor 0", "Basic"),
    Function("row_count", "table", (), lambda: NULL, "how many rows there are", "Basic"),
    Function("mean", "table", OVER, _mean, "the mean of the column", "Basic"),
    Function("median", "table", OVER, _median, "its median", "Basic"),
    Function("percentile", "table", (METRIC, Parameter("k", "number"), INCLUDE_ZEROS), _percentile,
             "the value below which k % lie, between the two nearest in proportion; k below 0 is 0, above 100 is 100", "Basic"),
    Function("quartile", "table", (METRIC, Parameter("quarter", "number", check=_quarter), INCLUDE_ZEROS), _quartile,
             "0 the smallest, 1 the first quartile, 2 the median, 3 the third, 4 the largest", "Basic"),
    Function("standard_deviation", "table", OVER, _deviation, "the square root of the variance", "Basic"),
    Function("variance", "table", OVER, _variance, "the mean square distance from the mean, divided by n", "Basic"),
    Function("cumulative", "order", (N, METRIC), _cumulative, "the sum of the last n rows, of all so far where n is 0 or less",
             "Statistics"),
    Function("cumulative_average", "order", (N, METRIC), _cumulative_average, "their mean", "Statistics"),
    Function("z_score", "place", OVER, _z_score, "how many standard deviations the row lies from the mean", "Statistics"),
    Function("t_score", "place", OVER, _z_score, "the same as z_score", "Statistics"),
)  # fmt: skip
