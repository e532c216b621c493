"""Runs of touches: those in a row that set the same values are one (rule A1, `touch: runs`)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def run_heads(codes: npt.NDArray[np.int32], touch: Ints, unit: Ints) -> Bools:
    """Which touches set other values than the touch of the same person before them.

    Args:
        codes: the numbers of the values that touches set, each once per touch.
        touch: the touch of each value, ascending; every touch has one.
        unit: the person of each touch.

    Shapes: codes int32[values], touch int64[values], unit int64[touches] -> bool[touches].
    Source: A1. The values of a touch are a set: their order tells nothing.
    """
    if len(unit) == 0:
        return np.zeros(0, bool)
    ordered = codes[np.lexsort((codes, touch))]
    sizes = np.bincount(touch, minlength=len(unit))
    heads = np.append(True, (np.diff(unit) != 0) | (np.diff(sizes) != 0))
    within = ~heads[touch]  # values of touches with as many as the one before: both stand at the same places
    place = np.flatnonzero(within)
    differ = ordered[place] != ordered[place - sizes[touch[place]]]
    heads[touch[place[differ]]] = True
    return heads


def runs_of(first: Ints, last: Ints, heads: Bools) -> tuple[Ints, Ints]:
    """The runs that the first and the last touch of each conversion lie in; the last is before the first where it has none.

    Shapes: first, last int64[conversions], heads bool[touches] -> int64[conversions], int64[conversions], numbers of runs.
    Source: A1. Decision: of a run that began before the window, the touches within it are one.
    """
    runs = np.append(np.cumsum(heads) - 1, np.count_nonzero(heads))
    found = runs[first]
    return found, np.where(first <= last, runs[np.maximum(last, 0)], found - 1)
