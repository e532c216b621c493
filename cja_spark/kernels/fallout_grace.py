"""Fallout with grace: a step may come a little before the step that it follows (rule F4 `grace`)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints

_NEVER = np.iinfo(np.int64).min


@numba.njit(cache=True, nogil=True)
def _grace(bits, t, offsets, may_start, begins, grace, levels, reported):  # noqa: C901, PLR0912 - one compiled loop
    """Step by step over the unit: the latest start among chains that end at most `grace` later, on another event.

    The two latest starts are held, so that one of them ends on another event; of equal starts the earlier found wins.
    """
    steps = reported.shape[1]
    room = 0
    used, before, now = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    came = np.empty((steps, 0), np.int32)
    for unit in range(len(offsets) - 1):
        count = 0
        for event in range(offsets[unit], offsets[unit + 1]):
            count += bits[event] != 0
        if count > room:
            room = 2 * count
            used, before, now = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
            came = np.empty((steps, room), np.int32)
        count = 0
        for event in range(offsets[unit], offsets[unit + 1]):
            if bits[event] != 0:
                used[count] = event
                before[count] = t[event] if bits[event] & 1 and may_start[event] else _NEVER
                if levels[unit] == 0 and before[count] != _NEVER:
                    levels[unit], reported[unit, 0] = 1, event
                count += 1
        for step in range(1, steps):
            if levels[unit] < step:
                break
            first, first_at, second, second_at, upto = _NEVER, -1, _NEVER, -1, 0
            for at in range(count):
                while upto < count and t[used[upto]] - grace <= t[used[at]]:
                    if before[upto] > first:
                        second, second_at = first, first_at
                        first, first_at = before[upto], upto
                    elif before[upto] > second:
                        second, second_at = before[upto], upto
                    upto += 1
                start, start_at = (second, second_at) if first_at == at else (first, first_at)
                now[at] = _NEVER
                if start != _NEVER and (bits[used[at]] >> step) & 1 and start >= begins[used[at]]:
                    now[at], came[step, at] = start, start_at
                    if levels[unit] == step:
                        levels[unit] = step + 1
                        back = at
                        for slot in range(step, -1, -1):
                            reported[unit, slot] = used[back]
                            back = came[slot, back] if slot else back
            before, now = now, before


def fallout_grace(
    bits: npt.NDArray[np.uint32], t: Ints, offsets: Ints, may_start: Bools, steps: int, begins: Ints, grace_ms: int
) -> tuple[npt.NDArray[np.int8], Ints]:
    """Find each unit's level and its reported chain, steps at most `grace_ms` before the step that they follow.

    Shapes: bits uint32[events], t int64[events] (ms), offsets int64[units + 1], may_start bool[events] (F9),
        begins int64[events] (ms: windows that began before do not reach the event, F6) -> int8[units],
        int64[units, steps] (event positions, -1 where a step was not reached).
    Source: F2, F4, F6, F12; adjacent steps lie on different events; O(events x steps).
    """
    levels = np.zeros(len(offsets) - 1, np.int8)
    reported = np.full((len(offsets) - 1, steps), -1, np.int64)
    _grace(bits, t, offsets, may_start, begins, np.int64(grace_ms), levels, reported)
    return levels, reported
