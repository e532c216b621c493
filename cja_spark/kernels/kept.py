"""Kept events: where those of a batch that are kept stand, and where each owner's begin among them."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def kept_places(offsets: Ints, kept: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Where each owner's kept events begin among all that are kept, and where these stand, ascending.

    Shapes: offsets int64[owners + 1] from 0, kept bool[events] -> int64[owners + 1], int64[kept].
    """
    begins, places = _kept_places(offsets, kept)
    return begins, places


@numba.njit(cache=True, nogil=True)
def _kept_places(offsets, kept):
    begins = np.zeros(len(offsets), np.int64)
    places = np.empty(len(kept), np.int64)
    found = 0
    for owner in range(len(offsets) - 1):
        for at in range(offsets[owner], offsets[owner + 1]):
            places[found] = at  # written over by the next one where this is not kept
            found += kept[at]
        begins[owner + 1] = found
    return begins, places[:found].copy()
