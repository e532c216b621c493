"""Fallout in any order: the most steps that one window of a unit holds (rule F3 `any`)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints


@numba.njit(cache=True, nogil=True)
def _hand_over(step, came, holder):
    """Pass events along the path of steps that a search left in `came`, up to its beginning."""
    while came[step] >= 0:
        holder[step] = holder[came[step]]
        step = came[step]
    return step


@numba.njit(cache=True, nogil=True)
def _place(event, bits, holder, came):
    """Give an event to a step, where that needs to, by moving events of other steps; 1 when one more step is met."""
    steps = len(holder)
    reached = np.int64(0)
    found, previous = bits[event], -1
    order = np.empty(steps, np.int64)
    count, at = 0, 0
    while True:
        for step in range(steps):
            if (found >> step) & 1 and not (reached >> step) & 1:
                reached |= np.int64(1) << step
                came[step] = previous
                if holder[step] < 0:
                    first = _hand_over(step, came, holder)
                    holder[first] = event
                    return 1
                order[count] = step
                count += 1
        if at == count:
            return 0
        previous = order[at]
        found = bits[holder[previous]]
        at += 1


@numba.njit(cache=True, nogil=True)
def _free(step, bits, holder, upto, beyond):
    """The first event of the window that matches a step and serves none; -1 without one. Never looks back."""
    while upto[step] < beyond:
        event = upto[step]
        if (bits[event] >> step) & 1:
            taken = False
            for other in range(len(holder)):
                taken = taken or holder[other] == event
            if not taken:
                return event
        upto[step] += 1
    return -1


@numba.njit(cache=True, nogil=True)
def _replace(lost, bits, holder, upto, beyond):
    """Find another event for a step whose event left the window; 1 when the step is met again."""
    steps = len(holder)
    back = np.full(steps, -1, np.int64)
    reached = np.int64(1) << lost
    order = np.empty(steps, np.int64)
    order[0] = lost
    count, at = 1, 0
    while at < count:
        step = order[at]
        event = _free(step, bits, holder, upto, beyond)
        if event >= 0:
            while step != lost:
                event, holder[step] = holder[step], event
                step = back[step]
            holder[lost] = event
            return 1
        for other in range(steps):
            if holder[other] >= 0 and not (reached >> other) & 1 and (bits[holder[other]] >> step) & 1:
                reached |= np.int64(1) << other
                back[other] = step
                order[count] = other
                count += 1
        at += 1
    return 0


@numba.njit(cache=True, nogil=True)
def _matched(bits, t, offsets, may_start, steps, begins, levels):  # noqa: C901 - one compiled loop
    """A window slides over the unit with a maximum matching of its events to steps.

    An event that serves a step serves one until it leaves, so the search for a free event never turns back; a leaving
    event costs one search, a coming one another, each in O(steps squared).
    """
    holder, came, upto = np.empty(steps, np.int64), np.empty(steps, np.int64), np.empty(steps, np.int64)
    for unit in range(len(offsets) - 1):
        left, met = offsets[unit], 0
        holder[:], upto[:] = -1, left
        for event in range(offsets[unit], offsets[unit + 1]):
            if bits[event] == 0:
                continue
            while left < event and (bits[left] == 0 or t[left] < begins[event]):
                for step in range(steps):
                    if holder[step] == left:
                        holder[step] = -1
                        met -= 1
                        for other in range(steps):
                            upto[other] = max(upto[other], left + 1)
                        met += _replace(step, bits, holder, upto, event)
                        break
                left += 1
            if not may_start[left]:
                break
            met += _place(event, bits, holder, came)
            if met > levels[unit]:
                levels[unit] = met
                if met == steps:
                    break


@numba.njit(cache=True, nogil=True)
def _seen(bits, t, offsets, may_start, steps, begins, levels):  # noqa: C901 - one compiled loop
    """Where an event serves all its steps: each step's latest event tells whether the window holds it."""
    latest = np.empty(steps, np.int64)
    for unit in range(len(offsets) - 1):
        left = offsets[unit]
        latest[:] = -1
        for event in range(offsets[unit], offsets[unit + 1]):
            if bits[event] == 0:
                continue
            while left < event and (bits[left] == 0 or t[left] < begins[event]):
                left += 1
            if not may_start[left]:
                break
            met = 0
            for step in range(steps):
                if (bits[event] >> step) & 1:
                    latest[step] = event
                met += latest[step] >= left
            if met > levels[unit]:
                levels[unit] = met
                if met == steps:
                    break


def fallout_any(
    bits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    steps: int,
    begins: Ints,
    *,
    one_event_one_step: bool,
) -> npt.NDArray[np.int8]:
    """Count the steps that each unit's best window meets, in whatever order.

    A window begins at an event of the range that meets a step; one event serves one step (a maximum matching), or all
    of its steps without `one_event_one_step`.

    Shapes: bits uint32[events], t int64[events] (ms), offsets int64[units + 1], may_start bool[events] (F9: true up to
        some event of each unit), begins int64[events] (ms: windows that began before do not reach the event, F6)
        -> int8[units].
    Source: F3, F5, F6, F9; O(events x steps squared).
    """
    levels = np.zeros(len(offsets) - 1, np.int8)
    kernel = _matched if one_event_one_step else _seen
    kernel(bits, t, offsets, may_start, steps, begins, levels)
    return levels
