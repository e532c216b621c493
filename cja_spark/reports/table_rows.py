"""Rows of a table before they are summed: one per way to choose an item of each array that a dimension lies in (M6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.counting import coded, first_per_code, sums_per_code, within_runs
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.measures import per_code
from cja_spark.reports.row_filter import ALL_ROWS, RowFilter
from cja_spark.view.arrays import is_all_values
from cja_spark.view.summary_sources import is_of_summary

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Rows:
    """Rows of a table in the order of events.

    Attributes:
        at: int64[rows], the event of each row, ascending.
        items: per array the item that each row is, int64[rows]; -1 where an outer item has none of its own.
        keys: per dimension its value ids, int64[rows].
    """

    at: Ints
    items: Mapping[str, Ints]
    keys: tuple[Ints, ...] = ()

    def chosen(self, rows: Bools | Ints) -> Rows:
        """Some of the rows."""
        items = {array: index[rows] for array, index in self.items.items()}
        return Rows(self.at[rows], items, tuple(key[rows] for key in self.keys))


def arrays_of(ask: Ask, dimensions: Sequence[str]) -> tuple[str, ...]:
    """All arrays that some dimensions lie in, outer ones before inner ones."""
    found = {array for name in dimensions for array in ask.arrays_of_dimension(name)}
    return tuple(sorted(found, key=lambda array: (is_all_values(array), array.count("[]"), array)))


def table_rows(seen: Seen, dimensions: Sequence[str], mask: Bools, shown: RowFilter = ALL_ROWS) -> Rows:
    """Rows of the masked events, of the values that may be rows.

    An event without items gives no row; an item without a value, or without items of its own, gives *no value*.

    Source: O8, M6.
    """
    rows = Rows(np.flatnonzero(mask), {})
    if len(rows.at) == 0:
        return Rows(rows.at, {}, (rows.at,) * len(dimensions))
    for array in arrays_of(seen.ask, dimensions):
        rows = _with_items(rows, array, *_level(seen, dimensions, array))
    rows = Rows(rows.at, rows.items, tuple(_ids(seen, rows, name) for name in dimensions))
    return rows.chosen(shown.passes(dict(zip(dimensions, rows.keys, strict=True)), len(rows.at))) if shown else rows


def _level(seen: Seen, dimensions: Sequence[str], array: str) -> tuple[Ints, str | None]:
    """Offsets of an array's items and the array around it; every dimension in it has the same ones."""
    name = next(name for name in dimensions if array in seen.ask.arrays_of_dimension(name))
    arrays = seen.ask.arrays_of_dimension(name)
    depth = arrays.index(array)
    return seen.journeys.items(name).chain()[depth], arrays[depth - 1] if depth else None


def _with_items(rows: Rows, array: str, offsets: Ints, parent: str | None) -> Rows:
    """Each row once per item of an array below it."""
    owner = rows.at if parent is None else rows.items[parent]
    counts = np.append(np.diff(offsets), 0)[owner]  # owner -1 has none
    copies = counts if parent is None else np.maximum(counts, 1)
    index = np.repeat(np.arange(len(copies)), copies)
    item = np.where(counts[index] > 0, offsets[owner][index] + within_runs(copies), -1)
    wider = rows.chosen(index)
    return Rows(wider.at, {**wider.items, array: item})


def _ids(seen: Seen, rows: Rows, name: str) -> Ints:
    arrays = seen.ask.arrays_of_dimension(name)
    if not arrays:
        return seen.journeys.ids(name)[rows.at if rows.items else _each_once(seen, rows)]
    item = rows.items[arrays[-1]]
    nothing = seen.ask.values[name].nothing if name in seen.ask.values else 0
    return np.append(seen.journeys.items(name).values, nothing)[item]  # -1 is the appended one: not set


def _each_once(seen: Seen, rows: Rows) -> Ints | slice:
    """The events of rows that are not of items, each of one row; all of them as a slice, which copies nothing."""
    return slice(None) if len(rows.at) == seen.journeys.events else rows.at


def amounts_of_rows(seen: Seen, metric: str, rows: Rows, codes: Codes, size: int) -> Floats:
    """A metric per code: each amount in full, once, to every distinct code that it can be paired with.

    Shapes: codes int32[rows] -> float64[size].
    Source: M6. Decision: what the metric and the rows share is the innermost common array; below it amounts are
        summed, above it they are repeated, and an item counts once per code.
    """
    if not rows.items:
        return per_code(seen, metric, _each_once(seen, rows), codes, size)
    shared = [array for array in seen.ask.arrays_of_metric(metric) if array in rows.items]
    owner = rows.items[shared[-1]] if shared else rows.at
    kept = np.flatnonzero(owner >= 0)
    if len(shared) < len(rows.items):
        kept = kept[first_per_code(owner[kept], codes[kept], size)]
    if not shared:
        return per_code(seen, metric, rows.at[kept], codes[kept], size)
    amounts = seen.journeys.item_amounts(metric).summed(len(shared))
    return sums_per_code(codes[kept], amounts[owner[kept]], size)


def overlaps(ask: Ask, metric: str, dimensions: Sequence[str]) -> bool:
    """Whether an amount of a metric may go to several rows, so that rows do not add up (T2)."""
    if is_of_summary(ask.view, metric):  # a row of summary data has one value of each
        return False
    return not set(arrays_of(ask, dimensions)) <= set(ask.arrays_of_metric(metric))


def combined(keys: tuple[Ints, ...]) -> tuple[list[Ints], Codes]:
    """Number the distinct combinations of keys: per dimension the value of each, and each row's number."""
    if len(keys) == 1:
        values, codes = coded(keys[0])
        return [values], codes
    joint = np.zeros(len(keys[0]), np.int32)
    for key in keys:  # numbered anew after each, so that the product of two stays below 2^62
        values, codes = coded(key)
        _, joint = coded(joint.astype(np.int64) * len(values) + codes)
    first = first_per_code(np.zeros(len(joint), np.int64), joint, int(joint.max()) + 1)
    return [key[first] for key in keys], joint
