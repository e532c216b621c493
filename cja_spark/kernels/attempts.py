"""Fallout by attempts: a unit tries the steps again and again (rules F7, F10)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints


@numba.njit(cache=True, nogil=True)
def _following(bits, t, since, end, start, before, step, begins, only_next, strict, again, grace):
    """The earliest event of the window that can be a step after `before`; -1 without one."""
    at = before if again and not strict and not only_next else before + 1
    if grace >= 0:
        at = before
        while at > since and t[before] - t[at - 1] <= grace:
            at -= 1
    while at < end and t[start] >= begins[at]:
        follows = t[at] > t[before] if strict else grace < 0 or at != before
        if (bits[at] >> step) & 1 and follows:
            return at
        if only_next:
            return -1
        at += 1
    return -1


@numba.njit(cache=True, nogil=True)
def _attempts(bits, t, offsets, may_start, is_next, begins, strict, again, grace, once):  # noqa: C901
    """Attempts one after another; those of one unit share no event."""
    steps = len(is_next)
    chains, levels, found = np.full((64, steps), -1, np.int64), np.zeros(64, np.int8), 0
    for unit in range(len(offsets) - 1):
        since, end = offsets[unit], offsets[unit + 1]
        while since < end:
            start = since
            while start < end and not (bits[start] & 1 and may_start[start]):
                start += 1
            if start == end:
                break
            if found == len(levels):
                chains, levels = _twice(chains, levels)
            event, last = start, start
            for step in range(steps):
                if step:
                    event = _following(
                        bits, t, since, end, start, event, step, begins, is_next[step], strict, again, grace
                    )  # fmt: skip
                if event < 0:
                    break
                chains[found, step], levels[found], last = event, step + 1, max(last, event)
            since = last + 1
            if levels[found] < steps:
                while since < end and t[start] >= begins[since]:
                    since += 1
            found += 1
            if once:
                break
    return levels[:found], chains[:found]


@numba.njit(cache=True, nogil=True)
def _twice(chains, levels):
    """Room for as many attempts again."""
    more_chains = np.full((2 * len(chains), chains.shape[1]), -1, np.int64)
    more_chains[: len(chains)] = chains
    more_levels = np.zeros(2 * len(levels), np.int8)
    more_levels[: len(levels)] = levels
    return more_chains, more_levels


def attempts(
    bits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    is_next: Bools,
    begins: Ints,
    *,
    strict_time: bool,
    one_event_one_step: bool,
    grace_ms: int | None = None,
    only_first: bool = False,
) -> tuple[npt.NDArray[np.int8], Ints]:
    """Find every attempt of every unit: it ends when it converts or at the first event past its window.

    Each step is the earliest match; with `grace_ms` a step may come so much before the one that it follows, but not
    before the attempt. `only_first` leaves each unit its first attempt.

    Shapes: bits uint32[events], t int64[events] (ms), offsets int64[units + 1], may_start bool[events] (F9),
        is_next bool[steps] (F3), begins int64[events] (ms: windows that began before do not reach the event, F6)
        -> int8[attempts] (level, at least 1), int64[attempts, steps] (event positions, -1 where a step was not reached).
    Source: F3-F7, F10; O(events x steps).
    """
    grace, again = np.int64(-1 if grace_ms is None else grace_ms), not one_event_one_step
    found: tuple[npt.NDArray[np.int8], Ints] = _attempts(
        bits, t, offsets, may_start, is_next, begins, strict_time, again, grace, only_first
    )
    return found
