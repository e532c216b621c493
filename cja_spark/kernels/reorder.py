"""Reordering: runs of values copied into another order, one run after another."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def _reordered(values, begins, sizes, total):
    found = np.empty(total, values.dtype)
    to = 0
    for run in range(len(begins)):
        for at in range(begins[run], begins[run] + sizes[run]):
            found[to] = values[at]
            to += 1
    return found


def reordered(values: npt.NDArray[Any], begins: Ints, sizes: Ints) -> npt.NDArray[Any]:
    """Copy runs of values one after another.

    Shapes: values any[n], begins, sizes int64[runs] inside it -> any[sum of sizes].
    Source: O(sum of sizes), half the time of gathering by one index per value.
    """
    found: npt.NDArray[Any] = _reordered(values, begins, sizes, int(sizes.sum()))
    return found
