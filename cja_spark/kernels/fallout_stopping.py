"""Where a unit's chains stop: at an event that must not be there (modes `strict_order` and `strict_deduplication`)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints

_NEVER = np.iinfo(np.int64).min


@numba.njit(cache=True, nogil=True)
def _clear(bits, at, stop, end, first, event):
    """Take away what comes from a pair on: of events `at` to `stop` steps after `first` and those of `first` from `event` on."""
    before = np.uint32((np.uint64(1) << np.uint64(first)) - np.uint64(1))
    upto = np.uint32((np.uint64(1) << np.uint64(first + 1)) - np.uint64(1))
    for one in range(at, stop):
        bits[one] &= before if one >= event else upto
    bits[stop:end] = np.uint32(0)


@numba.njit(cache=True, nogil=True)
def _goes_on(step, reached, order, once_only):
    """Whether chains go on at an event of a step, after so many steps have been reached."""
    if step == 0:
        return True
    if once_only and reached > step:
        return False
    return not (order and 0 < reached < step)


@numba.njit(cache=True, nogil=True)
def _extend(step, t, may_start, begins, held, here):
    """The latest start of a chain that a step at this instant ends; none where it ends no chain."""
    start = t if may_start else _NEVER
    if step:
        start = held[step - 1] if held[step - 1] >= begins else _NEVER
    here[step] = max(here[step], start)
    return start != _NEVER


@numba.njit(cache=True, nogil=True)
def _stop(bits, t, offsets, may_start, begins, steps, order, once_only, grouped, strict, over):  # noqa: C901 - one compiled loop
    """Unit by unit; pairs of an event and a step in their order, those of one instant by step where they are grouped."""
    held, here = np.empty(steps, np.int64), np.empty(steps, np.int64)
    for unit in range(len(offsets) - 1):
        held[:], here[:] = _NEVER, _NEVER
        at, end, reached = offsets[unit], offsets[unit + 1], 0
        while at < end and not over[unit]:
            stop = at + 1
            empty = bits[at] == 0
            while grouped and stop < end and t[stop] == t[at]:
                empty = empty or bits[stop] == 0
                stop += 1
            if strict and (at == offsets[unit] or t[at] > t[at - 1]):
                held[:] = np.maximum(held, here)
            if order and empty and reached:
                over[unit] = True
                bits[at:end] = np.uint32(0)
                break
            for pair in range(steps * (stop - at)):
                step, event = pair // (stop - at), at + pair % (stop - at)
                if not (bits[event] >> step) & 1:
                    continue
                if not _goes_on(step, reached, order, once_only):
                    over[unit] = True
                    _clear(bits, at, stop, end, step, event)
                    break
                if _extend(step, t[event], may_start[event], begins[event], held, here):
                    reached = max(reached, step + 1)
                if not strict:
                    held[step] = max(held[step], here[step])
            at = stop


def stopped(
    bits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    steps: int,
    begins: Ints,
    *,
    strict_order: bool,
    strict_deduplication: bool,
    step_order: bool,
    strict_time: bool,
) -> tuple[npt.NDArray[np.uint32], Bools]:
    """Take the steps from events at which chains stop, and after them, and say which units have such an event.

    An event serves several steps, from low to high. With `strict_order` chains stop, once one has begun, at an event of no step
    or of one whose predecessor no chain has reached; with `strict_deduplication` at a step from the second one on that some
    chain has reached already.

    Shapes: bits uint32[events] (bit k: the event matches step k), t int64[events] (ms), offsets int64[units + 1],
        may_start bool[events] (F9: the event lies in the range), begins int64[events] (ms: windows that began before do not reach
        the event, F6) -> uint32[events], bool[units].
    Source: section 3, modes of `clickhouse`; O(events x steps).
    """
    left, over = bits.copy(), np.zeros(len(offsets) - 1, bool)
    _stop(left, t, offsets, may_start, begins, steps, strict_order, strict_deduplication, step_order, strict_time, over)
    return left, over
