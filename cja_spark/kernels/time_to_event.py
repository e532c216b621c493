"""Time to event: which event of a unit time is counted from, and which one ends it (rule E)."""

from __future__ import annotations

import numba
import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints

BASE = 1.02  # how many times as long as its beginning a cell is
AT_ONCE = -1  # the cell of 0 ms


@numba.njit(cache=True, nogil=True)
def _ends_of(offsets, starts, events, inside, t, tail, last):
    units = len(offsets) - 1
    begun, ended = np.full(units, -1, np.int64), np.full(units, -1, np.int64)
    for unit in range(units):
        first = latest = -1
        for at in range(offsets[unit], offsets[unit + 1]):
            if first >= 0:
                if tail >= 0 and t[at] - t[first] > tail:
                    break
                if events[at]:
                    ended[unit] = at
                    break
            if starts[at] and (first >= 0 or inside[at]):
                first = at if first < 0 else first
                latest = at
        begun[unit] = latest if last and ended[unit] >= 0 else first
    return begun, ended


def ends_of(offsets: Ints, starts: Bools, events: Bools, inside: Bools, t: Ints, *, tail: int | None, last: bool) -> tuple[Ints, Ints]:
    """The position that each unit's time is counted from, and the one that it ends at, -1 where there is none.

    The first start in range waits for the first event at a later position, at most `tail` later; with `last` the time is
    counted from the last start before that event. What nothing ends is counted from the first start.

    Args:
        offsets: unit u owns events offsets[u]:offsets[u + 1].
        starts: the events that start.
        events: the events that are waited for.
        inside: the events in the range; only there may a unit's first start be.
        t: times, ms.
        tail: how much later the event may be, ms; None: any.
        last: whether time is counted from the last start.

    Shapes: offsets int64[units + 1]; bool[events] and int64[events] -> int64[units], int64[units]. O(events).
    Source: E.
    """
    begun, ended = _ends_of(offsets, starts, events, inside, t, -1 if tail is None else tail, last)
    return begun, ended


def cells_of_times(times: Ints) -> Ints:
    """The cell of each length of time: the whole part of its logarithm to the base 1.02, and one of its own for 0.

    Shapes: times int64[n] (ms, none below 0) -> int64[n].
    Source: E.
    """
    return np.where(times > 0, np.floor(np.log(np.maximum(times, 1)) / np.log(BASE)), AT_ONCE).astype(np.int64)


def middles_of_cells(cells: Ints) -> Floats:
    """The geometric middle of each cell, at most 1 % from every time in it.

    Shapes: cells int64[n] -> float64[n] (ms).
    Source: E.
    """
    return np.where(cells == AT_ONCE, 0.0, BASE ** (cells + 0.5))


def nearest_ranks(counts: Floats, percents: Floats) -> Ints:
    """Which of some cells the percentiles lie in: the first that holds so many per cent of all with those before it.

    Shapes: counts float64[cells] (whole numbers, ascending in time, some above 0), percents float64[n] -> int64[n] (places of cells).
    Source: E. Decision: nearest rank, so that every percentile is near a time that somebody took.
    """
    reached = np.cumsum(counts)
    ranks = np.maximum(np.ceil(np.round(percents * reached[-1] / 100, 6)), 1)
    places: Ints = np.searchsorted(reached, ranks)
    return places
