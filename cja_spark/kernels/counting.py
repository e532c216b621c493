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
def _units_per_code(codes, units, size):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
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
def _first_per_code(owners, codes, size):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
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


def sums_per_code(codes: npt.NDArray[np.int32], amounts: Floats, size: int) -> Floats:
    """Sum of amounts per code, NaN counting as nothing: float64[size]."""
    return np.bincount(codes, weights=np.nan_to_num(amounts), minlength=size).astype(np.float64)


def distinct_units(units: Ints) -> int:
    """Number of distinct units in ascending numbers."""
    return int(np.count_nonzero(np.diff(units))) + 1 if len(units) else 0
