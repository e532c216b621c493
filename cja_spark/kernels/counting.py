"""Counting: sums and distinct units per code, one pass over events that stand in unit order."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cja_spark.journeys.batch import Floats, Ints


def coded(ids: Ints) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Number the distinct ids of an array by first appearance.

    Shapes: ids int64[n] -> int64[distinct], int32[n]; a hash table, where `np.unique` would sort.
    """
    encoded = pa.array(ids).dictionary_encode()
    return encoded.dictionary.to_numpy(), encoded.indices.to_numpy()


@numba.njit(cache=True, nogil=True)
def _units_per_code(codes, units, size):
    counts = np.zeros(size, np.int64)
    last = np.full(size, -1, np.int64)
    for at in range(len(codes)):
        code = codes[at]
        if last[code] != units[at]:
            last[code] = units[at]
            counts[code] += 1
    return counts


def units_per_code(codes: npt.NDArray[np.int32], units: Ints, size: int) -> Ints:
    """Distinct units per code.

    Shapes: codes int32[n] in 0..size-1, units int64[n] ascending -> int64[size].
    """
    counts: Ints = _units_per_code(codes, units, size)
    return counts


@numba.njit(cache=True, nogil=True)
def _first_per_code(owners, codes, size):
    first = np.zeros(len(owners), np.bool_)
    last = np.full(size, -1, np.int64)
    for at in range(len(owners)):
        code = codes[at]
        if last[code] != owners[at]:
            last[code] = owners[at]
            first[at] = True
    return first


def first_per_code(owners: Ints, codes: npt.NDArray[np.int32], size: int) -> Ints:
    """Positions where an owner has a code for the first time, ascending.

    Shapes: owners int64[n] from 0, codes int32[n] in 0..size-1 -> int64[distinct pairs].
    Source: O(n) where owners ascend, as events do; crossing arrays are put in the order of owners first.
    """
    if np.all(owners[1:] >= owners[:-1]):
        return np.flatnonzero(_first_per_code(owners, codes, size))
    order = np.argsort(owners, kind="stable")
    first: Ints = np.sort(order[_first_per_code(owners[order], codes[order], size)])
    return first


@numba.njit(cache=True, nogil=True)
def _sums_per_code(codes, amounts, size):
    sums = np.zeros(size, np.float64)
    for at in range(len(codes)):
        if not np.isnan(amounts[at]):
            sums[codes[at]] += amounts[at]
    return sums


def sums_per_code(codes: npt.NDArray[np.int32] | Ints, amounts: Floats, size: int) -> Floats:
    """Sum of amounts per code, NaN counting as nothing.

    Shapes: codes int[n] in 0..size-1, amounts float64[n] -> float64[size].
    """
    sums: Floats = _sums_per_code(codes, amounts, size)
    return sums


@numba.njit(cache=True, nogil=True)
def _slots_of(numbers, starts):
    slots = np.empty(len(numbers), np.int32)
    slot = 0
    for at in range(len(numbers)):
        number = numbers[at]
        if number < starts[slot]:  # the next person begins again
            slot = max(np.searchsorted(starts, number, side="right") - 1, 0)
        while slot + 1 < len(starts) and starts[slot + 1] <= number:
            slot += 1
        slots[at] = slot
    return slots


def slots_of(numbers: Ints, starts: Ints) -> npt.NDArray[np.int32]:
    """The slot that each number lies in, where a slot reaches from its start to the next one.

    Shapes: numbers int64[n], none below the first start, starts int64[slots] ascending -> int32[n]. Quick where
        numbers mostly ascend, as a person's times do.
    """
    slots: npt.NDArray[np.int32] = _slots_of(numbers, starts)
    return slots


def distinct_units(units: Ints) -> int:
    """Number of distinct units in ascending numbers."""
    return int(np.count_nonzero(np.diff(units))) + 1 if len(units) else 0
