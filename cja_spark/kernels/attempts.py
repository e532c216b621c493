"""Fallout by attempts: a unit tries the steps again and again (rules F7, F8, F10)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints

BEYOND = np.iinfo(np.int64).max
NOTHING = np.zeros((0, 2), np.int64)


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
def _excluded(chain, step, following, after, until):
    """The first exclusion after its step a of those that act up to this step."""
    first = BEYOND
    for one in range(len(after)):
        if after[one] < step <= until[one]:
            first = min(first, following[one, chain[after[one]]])
    return first


@numba.njit(cache=True, nogil=True)
def _seen_up_to(t, end, excluded, reach):
    """The end of the events that may be a step: an exclusion's event, with grace so much after it that one before may follow."""
    if excluded >= end:
        return end
    stop = excluded + 1
    while stop < end and t[stop] - t[excluded] <= reach:
        stop += 1
    return stop


@numba.njit(cache=True, nogil=True)
def _is_broken(chain, level, following, after, until):
    """Whether an exclusion lies after step a and before step b, or up to the last step (F8)."""
    for one in range(len(after)):
        if after[one] < level:
            excluded = following[one, chain[after[one]]]
            if excluded < chain[until[one]] if until[one] < level else excluded <= chain[level - 1]:
                return True
    return False


@numba.njit(cache=True, nogil=True)
def _unbroken(chain, level, following, after, until):
    """Cut a chain down to what of it no exclusion breaks; how many steps that is."""
    while _is_broken(chain, level, following, after, until):
        level -= 1
        chain[level] = -1
    return level


@numba.njit(cache=True, nogil=True)
def _attempts(bits, t, offsets, may_start, is_next, begins, strict, again, grace, once, following, after, until):  # noqa: C901 - one compiled loop
    """Attempts one after another; those of one unit share no event."""
    steps = len(is_next)
    reach = grace * steps if grace >= 0 else np.int64(-1)
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
            event = start
            for step in range(steps):
                if step:
                    stop = _seen_up_to(t, end, _excluded(chains[found], step, following, after, until), reach)
                    event = _following(
                        bits, t, since, stop, start, event, step, begins, is_next[step], strict, again, grace
                    )  # fmt: skip
                if event < 0:
                    break
                chains[found, step], levels[found] = event, step + 1
            levels[found] = _unbroken(chains[found], levels[found], following, after, until)
            since = chains[found].max() + 1
            if levels[found] < steps:
                excluded = _excluded(chains[found], levels[found], following, after, until)
                while since < end and since < excluded and t[start] >= begins[since]:
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
    between: Ints = NOTHING,
    following: Ints = NOTHING,
) -> tuple[npt.NDArray[np.int8], Ints]:
    """Find every attempt of every unit: it ends when it converts, at the first event past its window or at an exclusion.

    Each step is the earliest match; with `grace_ms` a step may come so much before the one that it follows, but not
    before the attempt. `only_first` leaves each unit its first attempt. What of a chain no exclusion breaks counts.

    Shapes: bits uint32[events], t int64[events] (ms), offsets int64[units + 1], may_start bool[events] (F9),
        is_next bool[steps] (F3), begins int64[events] (ms: windows that began before do not reach the event, F6),
        between int64[exclusions, 2] (steps a and b, from 0), following int64[exclusions, events] (`next_hits`)
        -> int8[attempts] (level, at least 1), int64[attempts, steps] (event positions, -1 where a step was not reached).
    Source: F3-F8, F10; O(events x steps).
    """
    grace, again = np.int64(-1 if grace_ms is None else grace_ms), not one_event_one_step
    after, until = np.ascontiguousarray(between[:, 0]), np.ascontiguousarray(between[:, 1])
    found: tuple[npt.NDArray[np.int8], Ints] = _attempts(
        bits, t, offsets, may_start, is_next, begins, strict_time, again, grace, only_first, following, after, until
    )
    return found


def next_hits(hits: npt.NDArray[np.uint32], offsets: Ints, exclusions: int) -> Ints:
    """Find the next event of each exclusion after each event, in its unit.

    Shapes: hits uint32[events] (bit x: the event is of exclusion x), offsets int64[units + 1] -> int64[exclusions, events]
        (positions; where there is none the greatest number).
    Source: F8.
    """
    found = np.full((exclusions, len(hits)), BEYOND)
    _next_hits(hits, offsets, found)
    return found


@numba.njit(cache=True, nogil=True)
def _next_hits(hits, offsets, found):
    for one in range(len(found)):
        for unit in range(len(offsets) - 1):
            following = BEYOND
            for event in range(offsets[unit + 1] - 1, offsets[unit] - 1, -1):
                found[one, event] = following
                if (hits[event] >> one) & 1:
                    following = event
