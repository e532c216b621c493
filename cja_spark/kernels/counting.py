"""Counting: sums and distinct units per code, one pass over events that stand in unit order."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cja_spark.journeys.batch import Bools, Floats, Ints


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
    last = len(starts) - 1
    slots = np.empty(len(numbers), np.int32)
    per_slot = max((starts[last] - starts[0]) / max(last, 1), 1.0)
    for at in range(len(numbers)):
        number = numbers[at]
        slot = min(int((number - starts[0]) / per_slot), last)
        while starts[slot] > number:
            slot -= 1
        while slot < last and starts[slot + 1] <= number:
            slot += 1
        slots[at] = slot
    return slots


def slots_of(numbers: Ints, starts: Ints) -> npt.NDArray[np.int32]:
    """The slot that each number lies in, where a slot reaches from its start to the next one.

    Shapes: numbers int64[n], none below the first start, starts int64[slots] ascending -> int32[n]. O(n) where slots are
        about as long as one another, as days or months are: each is guessed, then looked for from there.
    """
    slots: npt.NDArray[np.int32] = _slots_of(numbers, starts)
    return slots


def within_runs(counts: Ints) -> Ints:
    """Number the rows of every run from 0 where runs of some lengths follow each other.

    Shapes: counts int64[runs] (0 or more) -> int64[sum of counts].
    """
    numbers: Ints = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return numbers


@numba.njit(cache=True, nogil=True)
def _distinct_units(units, kept):
    count, last = 0, -1
    for at in range(len(units)):
        if kept[at] and units[at] != last:
            last = units[at]
            count += 1
    return count


def distinct_units(units: Ints, kept: Bools) -> int:
    """Number of distinct units of some events.

    Shapes: units int64[n] ascending from 0, kept bool[n].
    """
    return int(_distinct_units(units, kept))


@numba.njit(cache=True, nogil=True)
def _sum_of(amounts, kept):
    total = 0.0
    for at in range(len(amounts)):
        if kept[at] and not np.isnan(amounts[at]):
            total += amounts[at]
    return total


def sum_of(amounts: Floats, kept: Bools) -> float:
    """Sum of some amounts, NaN counting as nothing.

    Shapes: amounts float64[n], kept bool[n].
    """
    return float(_sum_of(amounts, kept))


def places(kept: Bools) -> Ints | slice:
    """The positions of what is kept, to index an array with; all of them as a slice, which copies nothing.

    Shapes: kept bool[n] -> int64[kept].
    """
    return slice(None) if kept.all() else np.flatnonzero(kept)
