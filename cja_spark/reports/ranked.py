"""The rows of a table that are shown: ranked, cut, and named (rule T4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Floats
from cja_spark.reports.ask import Ask
from cja_spark.reports.controls import Places, beside
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import shown
from cja_spark.view.formula.uses import Measure

if TYPE_CHECKING:
    from cja_spark.reports.table import Table


RELATIVE, OF_LARGEST = 1e-11, 1e-14  # what sums in another order may differ by, and what may be left of 0


def near(amounts: Floats) -> Floats:
    """Whole numbers in the order of amounts, the same for amounts that differ by rounding alone; NaN is the lowest.

    Sums of fractions differ in their last digits with the order in which tasks are summed (M3), and rows with the same
    credit would change places. Amounts side by side that are near are the same, so no rounding has an edge between them.

    Shapes: float64[rows] -> float64[rows].
    Source: T4. Decision: two different whole numbers are never the same.
    """
    known = np.where(np.isnan(amounts), -np.inf, amounts)
    order = np.argsort(-known, kind="stable")
    high, low = known[order][:-1], known[order][1:]
    with np.errstate(invalid="ignore"):
        apart, size = high - low, np.maximum(np.abs(high), np.abs(low))
        largest = np.max(np.abs(amounts), initial=0.0, where=np.isfinite(amounts))
        whole = (high == np.rint(high)) & (low == np.rint(low))
        same = (high == low) | (((apart <= RELATIVE * size) | (apart <= OF_LARGEST * largest)) & np.isfinite(apart) & ~whole)
    ranks = np.zeros(len(known))
    ranks[order[1:]] = -np.cumsum(~same)
    return ranks


def ranked(
    keys: list[tuple[int, ...]], amounts: dict[Measure, Floats], grand: dict[Measure, float], ask: Ask[Table], names: Names,
    controls: Places,
) -> tuple[list[int], list[tuple[str, ...]]]:  # fmt: skip
    """The places of the rows that are shown, and their texts. Only rows that can be shown are named."""
    report = ask.report
    sort = report.sorted_by()
    if not keys or sort is None:
        return [], []
    by = shown([sort], ask.view, amounts, grand, np.ones(len(keys), bool), beside(controls, range(len(keys)), amounts))[sort]
    ranks = near(by)
    order = np.argsort(-ranks, kind="stable")
    if len(order) > report.rows:
        order = order[ranks[order] >= ranks[order[report.rows - 1]]]
    some = [keys[at] for at in order]
    texts = dict(zip(order.tolist(), texts_of(some, ask, names), strict=True))
    chosen = sorted(texts, key=lambda at: (-ranks[at], [text.encode() for text in texts[at]], [value != 0 for value in keys[at]], keys[at]))[: report.rows]
    return chosen, [texts[at] for at in chosen]


def texts_of(keys: list[tuple[int, ...]], ask: Ask[Table], names: Names) -> list[tuple[str, ...]]:
    """What the values of rows are called."""
    dimensions = ask.report.dimensions
    nothing = [ask.view.no_value_of(name) for name in dimensions]
    known = [names(name, np.unique(np.array([key[at] for key in keys], np.int64))) for at, name in enumerate(dimensions)]
    return [
        tuple(one.get(value, label) if value else label for one, value, label in zip(known, key, nothing, strict=True))
        for key in keys
    ]
