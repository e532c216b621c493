"""Fallout whose chains an exclusion breaks: what of them is unbroken counts (rule F8 `drop_attempt`)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.fallout import _take

NEVER = np.iinfo(np.int64).min


@numba.njit(cache=True, nogil=True)
def _broken(hits, first, last, steps, after, until):
    """Whether exclusions at an event break a chain of which it is the steps `first` to `last`, the last one it has."""
    broken = False
    for one in range(len(after)):
        broken = broken or ((hits >> one) & 1 != 0 and after[one] < first and last < until[one] < steps)
    return broken


@numba.njit(cache=True, nogil=True)
def _end(hits, steps, after, until, held, wait):
    """What an exclusion lies in and no later step can leave goes no further."""
    for one in range(len(after)):
        if (hits >> one) & 1 and until[one] < steps:
            for step in range(after[one], until[one]):
                held[step] = wait[step] = NEVER


@numba.njit(cache=True, nogil=True)
def _extend(here_chain, step, chains, first, event):
    """Write down a chain up to a step of which an event is the steps from `first` on."""
    for at in range(first):
        here_chain[step, at] = chains[first - 1, at]
    here_chain[step, first : step + 1] = event


@numba.njit(cache=True, nogil=True)
def _excluding(bits, hits, t, offsets, may_start, is_next, begins, after, until, strict, once, levels, reported, starts):  # noqa: C901, PLR0912, PLR0915 - one compiled loop
    """As without exclusions each step holds the chain with the latest start; an exclusion ends those that lie around it."""
    steps = len(is_next)
    held, held_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    wait, wait_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    here, here_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    last, last_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    any_next = is_next.any()
    for unit in range(len(offsets) - 1):
        held[:], wait[:], last[:] = NEVER, NEVER, NEVER
        waits_at = NEVER
        for event in range(offsets[unit], offsets[unit + 1]):
            if bits[event] == 0 and hits[event] == 0:
                if any_next:
                    last[:] = NEVER
                continue
            moved = event == offsets[unit] or t[event] > t[event - 1]
            if strict and t[event] > waits_at:
                for step in range(steps):
                    if wait[step] != NEVER:
                        _take(held, held_chain, step, wait[step], wait_chain[step], wait_chain[step, step])
                        wait[step] = NEVER
            here[:] = NEVER
            # 1. The event may be one step of a chain, or without `once` several in a row.
            for step in range(steps):
                first = step
                while (bits[event] >> first) & 1:
                    start = NEVER
                    if first == 0:
                        start = t[event] if may_start[event] else NEVER
                    elif not is_next[first]:
                        start = held[first - 1]
                    elif moved or not strict:
                        start = last[first - 1]
                    if start > here[step] and start >= begins[event] and not _broken(hits[event], first, step, steps, after, until):
                        here[step] = start
                        if is_next[first]:
                            _extend(here_chain, step, last_chain, first, event)
                        else:
                            _extend(here_chain, step, held_chain, first, event)
                    if once or strict or first == 0 or is_next[first]:
                        break
                    first -= 1
            # 2. Chains from before that lie around the exclusion end; those that reach step a here do not.
            _end(hits[event], steps, after, until, held, wait)
            # 3. Keep what ends here; report a level when it is first reached.
            for step in range(steps):
                if here[step] != NEVER:
                    if strict:
                        _take(wait, wait_chain, step, here[step], here_chain[step], event)
                    else:
                        _take(held, held_chain, step, here[step], here_chain[step], event)
                    if step + 1 > levels[unit]:
                        levels[unit] = step + 1
                        for at in range(step + 1):
                            reported[unit, at] = here_chain[step, at]
            if any_next:
                last[:] = here
                last_chain[:] = here_chain
            waits_at = t[event]
        starts[unit] = max(held.max(), wait.max())


def fallout_excluding(
    bits: npt.NDArray[np.uint32],
    hits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    is_next: Bools,
    begins: Ints,
    between: Ints,
    *,
    strict_time: bool,
    one_event_one_step: bool,
) -> tuple[npt.NDArray[np.int8], Ints, Ints]:
    """Find each unit's level and its reported chain among the chains that no exclusion breaks, and what may still go on.

    Shapes: bits uint32[events] (bit k: the event matches step k), hits uint32[events] (bit x: it is of exclusion x),
        t int64[events] (ms), offsets int64[units + 1], may_start bool[events] (F9), is_next bool[steps] (F3), begins int64[events]
        (ms: windows that began before do not reach the event, F6), between int64[exclusions, 2] (steps a and b, from 0)
        -> int8[units], int64[units, steps] (event positions, -1 where a step was not reached), int64[units] (ms of the latest
        start of a chain that no exclusion has ended, else the least number).
    Source: F2, F3, F5, F6, F8, F12; O(events x steps), without `one_event_one_step` x steps squared.
    """
    units = len(offsets) - 1
    levels, starts = np.zeros(units, np.int8), np.full(units, NEVER)
    reported = np.full((units, len(is_next)), -1, np.int64)
    after, until = np.ascontiguousarray(between[:, 0]), np.ascontiguousarray(between[:, 1])
    _excluding(
        bits, hits, t, offsets, may_start, is_next, begins, after, until, strict_time, one_event_one_step, levels, reported, starts
    )  # fmt: skip
    return levels, reported, starts
