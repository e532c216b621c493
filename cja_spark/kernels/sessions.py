"""Sessions: where they begin and which events they hold (rules S1-S5)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def session_numbers(t: Ints, offsets: Ints, timeout_ms: int, opens: Bools) -> Ints:
    """Number each event's session, counted through the batch from 0.

    Shapes: t int64[events] (ms), offsets int64[persons + 1], opens bool[events] (start metrics)
        -> int64[events].
    Source: S1: a gap equal to the timeout keeps the session.
    """
    if len(t) == 0:
        return np.zeros(0, np.int64)
    begins = opens.copy()
    begins[0] = True
    begins[1:] |= np.diff(t) > timeout_ms
    begins[first_events(offsets)] = True
    return np.cumsum(begins, dtype=np.int64) - 1


def first_events(offsets: Ints) -> Ints:
    """Positions of the persons' first events; persons without events have none.

    Shapes: offsets int64[persons + 1] -> int64[persons with events].
    """
    return offsets[:-1][np.diff(offsets) > 0]


def run_starts(numbers: Ints) -> Ints:
    """Positions where a new number begins in an array of ascending numbers.

    Shapes: numbers int64[n] -> int64[runs].
    """
    if len(numbers) == 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))
