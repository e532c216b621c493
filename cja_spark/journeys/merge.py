"""Rows of several periods, each sorted by person, become whole persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cja_spark.journeys.batch import Ints, Items, Journeys
from cja_spark.kernels.reorder import reordered
from cja_spark.view.derived.held import LOOKED, OTHERS
from cja_spark.view.text_numbers import marked

NUMBERS = tuple(f"{letter}_" for letter in (*LOOKED, *OTHERS))  # the others are ids


class Runs(NamedTuple):
    """Runs of values in the order in which they are wanted: where each begins and how long it is, int64[runs]."""

    begins: Ints
    sizes: Ints

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values in the order of the runs."""
        return reordered(values, self.begins, self.sizes)


def merge(tables: Sequence[pa.Table], columns: Sequence[str]) -> Journeys:
    """Merge the sorted rows of several periods into whole persons.

    Rows of one person keep the order of `tables`, then of their chunks.
    """
    if not tables:
        return _empty(columns)
    tables = [table.combine_chunks() for table in tables]
    person = np.concatenate([_chunk(table, "person").to_numpy() for table in tables])
    sorted_ = len(tables) == 1 and bool(np.all(person[1:] >= person[:-1]))
    order = np.arange(len(person)) if sorted_ else np.argsort(person, kind="stable")
    persons = person[order]
    heads = np.flatnonzero(np.append(True, persons[1:] != persons[:-1]))
    t, offsets, runs = _lists(tables, "t", None if sorted_ else order)
    people = {name: _scalars(tables, name, order, heads) for name in columns if name.startswith("p_")}
    found: dict[str, npt.NDArray[Any] | Items] = {}
    for name in columns:
        if not name.startswith("p_"):
            found[name] = _column(tables, name, runs)
    starts = np.append(offsets[heads], offsets[-1])
    return Journeys(starts, t, found, people, persons[heads])


def _empty(columns: Sequence[str]) -> Journeys:
    nothing = np.zeros(0, np.int64)
    kinds = {name: np.zeros(0, np.float64 if name[:2] in NUMBERS else np.int64) for name in columns}
    people = {name: nothing for name in columns if name.startswith("p_")}
    return Journeys(
        np.zeros(1, np.int64), nothing, {k: v for k, v in kinds.items() if k not in people}, people, nothing
    )


def _chunk(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _lengths(array: pa.Array) -> Ints:
    lengths: Ints = array.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths


def _lists(tables: Sequence[pa.Table], name: str, order: Ints | None) -> tuple[Any, Ints, Runs | None]:
    """Flatten a list column in row order: values, int64[rows + 1] offsets, the runs that reorder events."""
    arrays = [_chunk(table, name) for table in tables]
    lengths = np.concatenate([_lengths(array) for array in arrays])
    values = np.concatenate([array.flatten().to_numpy(zero_copy_only=False) for array in arrays])
    if order is None:
        return values, _offsets(lengths), None
    runs = Runs((np.cumsum(lengths) - lengths)[order], lengths[order])
    return runs.of(values), _offsets(runs.sizes), runs


def _offsets(lengths: Ints) -> Ints:
    return np.append(0, np.cumsum(lengths))


def _column(tables: Sequence[pa.Table], name: str, runs: Runs | None) -> npt.NDArray[Any] | Items:
    """Values per event; a list per event becomes Items, a list of lists Items with two levels."""
    arrays = [_chunk(table, name).flatten() for table in tables]
    levels: list[Ints] = []
    while any(pa.types.is_list(array.type) for array in arrays):
        lengths = np.concatenate([_lengths(array) for array in arrays])
        arrays = [array.flatten() for array in arrays]
        if runs is not None:
            runs = Runs(runs.of(np.cumsum(lengths) - lengths), runs.of(lengths))
        levels.append(_offsets(lengths if runs is None else runs.sizes))
    values = np.concatenate([_numpy(array) for array in arrays])
    values = values if runs is None else runs.of(values)
    return Items.nested(tuple(levels), values) if levels else values


def _numpy(array: pa.Array) -> npt.NDArray[Any]:
    """Ids or amounts; null amounts are NaN, and a NaN that is stored is the mark of what is no number."""
    values: npt.NDArray[Any] = array.to_numpy(zero_copy_only=False)
    if not pa.types.is_floating(array.type) or np.count_nonzero(nan := np.isnan(values)) == array.null_count:
        return values
    return marked(values, nan & array.is_valid().to_numpy(zero_copy_only=False))


def _scalars(tables: Sequence[pa.Table], name: str, order: Ints, heads: Ints) -> Ints:
    """One id per person: the one of its profile row, 0 where it has none."""
    ids = np.concatenate([_chunk(table, name).fill_null(0).to_numpy() for table in tables])[order]
    first: Ints = ids[heads]  # profile rows are of period 0, so a person's comes first
    return first
