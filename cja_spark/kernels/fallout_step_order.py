"""Fallout where events of one instant count in the order of steps (rule F4 `step_order`)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints

_NEVER = np.iinfo(np.int64).min


@numba.njit(cache=True, nogil=True)
def _some(bits, begin, end, steps, chosen):
    """Of a group's events those that a matching may need: for each step its first `steps` ones."""
    count = 0
    seen = np.zeros(steps, np.int64)
    for event in range(begin, end):
        needed = False
        for step in range(steps):
            if (bits[event] >> step) & 1 and seen[step] < steps:
                seen[step] += 1
                needed = True
        if needed:
            chosen[count] = event
            count += 1
    return count


@numba.njit(cache=True, nogil=True)
def _serve(step, bits, chosen, count, holds):
    """Give a step one of the chosen events, moving events between steps where needed (breadth first)."""
    came = np.full(count, -2, np.int64)
    order = np.empty(count, np.int64)
    tail, at, now, now_from = 0, 0, step, -1
    while True:
        for event in range(count):
            if came[event] != -2 or not (bits[chosen[event]] >> now) & 1:
                continue
            came[event] = now_from
            if holds[event] < 0:
                while came[event] >= 0:
                    holds[event] = holds[came[event]]
                    event = came[event]
                holds[event] = step
                return True
            order[tail] = event
            tail += 1
        if at == tail:
            return False
        now_from = order[at]
        now = holds[now_from]
        at += 1


@numba.njit(cache=True, nogil=True)
def _group(bits, begin, end, t, may_start, begins, once, latest, now, chosen, holds):
    """All runs of consecutive steps that a group can serve, from every chain that was held before it."""
    steps = len(latest)
    count = _some(bits, begin, end, steps, chosen)
    now[:] = latest
    for first in range(steps):
        start = latest[first - 1] if first else (t if may_start else _NEVER)
        if start == _NEVER or start < begins:
            continue
        holds[:count] = -1
        for step in range(first, steps):
            served = False
            if once:
                served = _serve(step, bits, chosen, count, holds)
            else:
                for event in range(count):
                    served = served or (bits[chosen[event]] >> step) & 1 != 0
            if not served:
                break
            now[step] = max(now[step], start)
    latest[:] = now


@numba.njit(cache=True, nogil=True)
def _single(bits, t, may_start, begins, once, latest):
    """One event alone, as in the total order."""
    steps = len(latest)
    for nth in range(steps):
        step = steps - 1 - nth if once else nth
        if (bits >> step) & 1:
            start = latest[step - 1] if step else (t if may_start else _NEVER)
            if start > latest[step] and start >= begins:
                latest[step] = start


@numba.njit(cache=True, nogil=True)
def _reached(latest, unit, levels):
    """Note the levels that the unit has reached for the first time."""
    while levels[unit] < len(latest) and latest[levels[unit]] != _NEVER:
        levels[unit] += 1


@numba.njit(cache=True, nogil=True)
def _step_order(bits, t, offsets, may_start, begins, once, steps, levels):
    """Groups of equal t one after another; each step holds the latest start of a chain that reaches it."""
    latest, now = np.empty(steps, np.int64), np.empty(steps, np.int64)
    chosen, holds = np.empty(steps * steps, np.int64), np.empty(steps * steps, np.int64)
    for unit in range(len(offsets) - 1):
        latest[:] = _NEVER
        begin = offsets[unit]
        while begin < offsets[unit + 1]:
            end, differs = begin + 1, False
            while end < offsets[unit + 1] and t[end] == t[begin]:
                differs = differs or bits[end] != bits[begin]
                end += 1
            if differs:
                _group(bits, begin, end, t[begin], may_start[begin], begins[begin], once, latest, now, chosen, holds)
                _reached(latest, unit, levels)
            elif bits[begin]:
                for event in range(begin, min(end, begin + steps)):
                    _single(bits[event], t[event], may_start[event], begins[event], once, latest)
                    _reached(latest, unit, levels)
            begin = end


def fallout_step_order(
    bits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    steps: int,
    begins: Ints,
    *,
    one_event_one_step: bool,
) -> npt.NDArray[np.int8]:
    """Find each unit's level, events of equal t with differing steps taken in the order of steps.

    Shapes: bits uint32[events], t int64[events] (ms), offsets int64[units + 1], may_start bool[events] (F9),
        begins int64[events] (ms: windows that began before do not reach the event, F6) -> int8[units].
    Source: F2, F4-F6; O(events x steps), a group of several events costs up to O(steps^5) more.
    """
    levels = np.zeros(len(offsets) - 1, np.int8)
    _step_order(bits, t, offsets, may_start, begins, one_event_one_step, steps, levels)
    return levels
