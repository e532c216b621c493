"""Distinct values of a dimension, per row and in total: exact, as cells that have the value as one more key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded, slots_of
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.row_filter import ALL_ROWS, RowFilter
from cja_spark.reports.table_rows import combined, table_rows


def add_values(
    cells: Cells, seen: Seen, number: int, dimensions: Sequence[str], counted: str, mask: Bools, shown: RowFilter = ALL_ROWS
) -> Ints:
    """Add a cell per row of a table and value that some event of it has; returns all values, each once.

    Source: M6: values pair with those of the rows by the arrays both lie in.
    """
    found = table_rows(seen, (*dimensions, counted), mask)
    kept = (found.keys[-1] != 0) & shown.passes(dict(zip(dimensions, found.keys, strict=False)), len(found.at))
    keys = tuple(key[kept] for key in found.keys)
    if dimensions and len(keys[0]):
        pairs, _ = combined(keys)
        cells.add(number, np.ones(len(pairs[0])), *pairs)
    return coded(keys[-1])[0]


def add_values_over_time(cells: Cells, seen: Seen, number: int, counted: str, mask: Bools, starts: Ints) -> Ints:
    """The same per bucket of a calendar."""
    found = table_rows(seen, (counted,), mask, RowFilter(hidden=(counted,)))
    if len(found.at) == 0:
        return found.at
    pairs, _ = combined((slots_of(seen.journeys.t[found.at], starts).astype(np.int64), found.keys[0]))
    cells.add(number, np.ones(len(pairs[0])), *pairs)
    return coded(found.keys[0])[0]


def values_per_key(sums: Sums, number: int, width: int) -> dict[tuple[int, ...], float]:
    """How many values each row has; the cell of no value counts none, and makes the row."""
    keys, _ = sums.measure(number, width + 1)
    counts: Counter[tuple[int, ...]] = Counter()
    for *key, value in zip(*(key.tolist() for key in keys), strict=True):
        counts[tuple(key)] += value != 0
    return {key: float(count) for key, count in counts.items()}


def values_in_total(sums: Sums, number: int) -> float:
    """How many values there are."""
    return float(len(sums.measure(number, 1)[1]))
