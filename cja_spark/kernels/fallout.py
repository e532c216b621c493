"""Fallout: the longest chain of steps that each unit completes (rules F2-F7, F12)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints

_NEVER = np.iinfo(np.int64).min


@numba.njit(cache=True, nogil=True)
def _take(starts, chains, step, start, chain, event):
    """Keep a chain for a step when it starts later than the one that is held."""
    if start <= starts[step]:
        return
    starts[step] = start
    for at in range(step):
        chains[step, at] = chain[at]
    chains[step, step] = event


@numba.njit(cache=True, nogil=True)
def _any_start(bits, t, offsets, may_start, is_next, begins, strict, high_first, levels, reported):  # noqa: C901, PLR0912 - one compiled loop
    """Each step holds the chain with the latest start: only that one can still be within its window longest."""
    steps = len(is_next)
    held, held_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    wait, wait_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    here, here_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    last, last_chain = np.empty(steps, np.int64), np.empty((steps, steps), np.int64)
    nothing = np.empty(steps, np.int64)
    any_next = is_next.any()
    for unit in range(len(offsets) - 1):
        held[:], wait[:], last[:] = _NEVER, _NEVER, _NEVER
        waits_at, empty_last = _NEVER, True
        for event in range(offsets[unit], offsets[unit + 1]):
            if bits[event] == 0:
                if not empty_last:
                    last[:] = _NEVER
                    empty_last = True
                continue
            # 1. Under strict time, chains that end at an earlier instant become usable when time moves on.
            moved = event == offsets[unit] or t[event] > t[event - 1]
            if strict and t[event] > waits_at:
                for step in range(steps):
                    if wait[step] != _NEVER:
                        _take(held, held_chain, step, wait[step], wait_chain[step], wait_chain[step, step])
                        wait[step] = _NEVER
            here[:] = _NEVER
            # 2. Extend chains by this event; from the last step down, so that one event serves one step.
            for nth in range(steps):
                step = steps - 1 - nth if high_first else nth
                if not (bits[event] >> step) & 1:
                    continue
                if step == 0:
                    if may_start[event]:
                        _take(here, here_chain, 0, t[event], nothing, event)
                elif is_next[step]:
                    if last[step - 1] != _NEVER and last[step - 1] >= begins[event] and (moved or not strict):
                        _take(here, here_chain, step, last[step - 1], last_chain[step - 1], event)
                elif held[step - 1] != _NEVER and held[step - 1] >= begins[event]:
                    _take(here, here_chain, step, held[step - 1], held_chain[step - 1], event)
                if not high_first and not strict and here[step] != _NEVER:
                    _take(held, held_chain, step, here[step], here_chain[step], event)
            # 3. Keep what ends here; report a level when it is first reached.
            for step in range(steps):
                if here[step] != _NEVER:
                    if strict:
                        _take(wait, wait_chain, step, here[step], here_chain[step], event)
                    else:
                        _take(held, held_chain, step, here[step], here_chain[step], event)
                    if step + 1 > levels[unit]:
                        levels[unit] = step + 1
                        for at in range(step + 1):
                            reported[unit, at] = here_chain[step, at]
                if any_next:
                    last[step] = here[step]
                    for at in range(step + 1):
                        last_chain[step, at] = here_chain[step, at]
            waits_at, empty_last = t[event], not any_next


@numba.njit(cache=True, nogil=True)
def _first_start(bits, t, offsets, may_start, is_next, begins, strict, high_first, levels, reported):  # noqa: C901 - one compiled loop
    """The unit's first step-1 event starts its only attempt; each next step takes its earliest match (F7)."""
    steps = len(is_next)
    for unit in range(len(offsets) - 1):
        level, start, before = 0, t[0] * 0, t[0] * 0 - 1
        for event in range(offsets[unit], offsets[unit + 1]):
            while level < steps and (bits[event] >> level) & 1:
                if level == 0 and not may_start[event]:
                    break
                if level > 0 and start < begins[event]:
                    break
                if level > 0 and strict and t[event] <= t[before]:
                    break
                if level > 0 and is_next[level] and event != before + 1:
                    break
                if level == 0:
                    start = t[event]
                reported[unit, level] = event
                before = event
                level += 1
                if high_first:
                    break
        levels[unit] = level


def fallout(
    bits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    is_next: Bools,
    begins: Ints,
    *,
    strict_time: bool,
    one_event_one_step: bool,
    first: bool,
) -> tuple[npt.NDArray[np.int8], Ints]:
    """Find each unit's level and its reported chain.

    Shapes: bits uint32[events] (bit k: the event matches step k), t int64[events] (ms), offsets int64[units + 1],
        may_start bool[events] (F9), is_next bool[steps] (F3), begins int64[events] (ms: windows that began before do not
        reach the event, F6) -> int8[units], int64[units, steps] (event positions, -1 where a step was not reached).
    Source: F2, F3, F5-F7, F12; O(events x steps).
    """
    units = len(offsets) - 1
    levels = np.zeros(units, np.int8)
    reported = np.full((units, len(is_next)), -1, np.int64)
    kernel = _first_start if first else _any_start
    kernel(bits, t, offsets, may_start, is_next, begins, strict_time, one_event_one_step, levels, reported)
    return levels, reported
