"""Fallout by exclusions where no chain is reported: the order of steps in an instant, and persons that leave (rules F4, F8)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.fallout_excluding import NEVER, _broken, _end
from cja_spark.kernels.fallout_step_order import _serve, _some


@numba.njit(cache=True, nogil=True)
def _group_end(bits, t, at, end, alike):
    """The end of the group that begins at an event: of equal t with differing steps, else of the event alone.

    -> that end, the end of the events of equal t, which are alike where the former is not the latter.
    """
    if at < alike:
        return at + 1, alike
    stop, differs = at + 1, False
    while stop < end and t[stop] == t[at]:
        differs = differs or bits[stop] != bits[at]
        stop += 1
    return stop if differs else at + 1, stop


@numba.njit(cache=True, nogil=True)
def _serves(bits, at, stop, step, first, once, one_step, chosen, count, holds):
    """Whether events of a place, which serve the steps from `first` on, serve the next one too."""
    if stop == at + 1:
        return (bits[at] >> step) & 1 != 0 and (step == first or not one_step)
    if once:
        return _serve(step, bits, chosen, count, holds)
    served = False
    for event in range(count):
        served = served or (bits[chosen[event]] >> step) & 1 != 0
    return served


@numba.njit(cache=True, nogil=True)
def _too_early(first, step, stop, after, floors):
    """Whether an exclusion follows its step a, which a run holds, in the window of the run's chain."""
    early = False
    for one in range(len(after)):
        early = early or (first <= after[one] <= step and stop <= floors[one])
    return early


@numba.njit(cache=True, nogil=True)
def _walk(bits, hits, t, begins, may_start, begin, end, since, upto, floors, after, until, is_next, strict, once, grouped, steps):  # noqa: C901, PLR0912 - one compiled loop
    """The most steps of a chain that begins between two instants, and the latest start of one that may go on.

    Of exclusions up to a step that is not among `steps`, step a lies at its floor or later.
    """
    held, wait = np.full(steps, NEVER), np.full(steps, NEVER)
    last, here = np.full(steps, NEVER), np.full(steps, NEVER)
    chosen, holds = np.empty(steps * steps, np.int64), np.empty(steps * steps, np.int64)
    any_next = is_next.any()
    reached, at, alike = 0, begin, begin
    while at < end:
        stop = at + 1
        if grouped:
            stop, alike = _group_end(bits, t, at, end, alike)
        moved = at == begin or t[at] > t[at - 1]
        if strict and moved:
            held[:] = np.maximum(held, wait)
            wait[:] = NEVER
        if stop == at + 1 and bits[at] == 0 and hits[at] == 0:
            if any_next:
                last[:] = NEVER
            at = stop
            continue
        hit = np.uint32(0)
        for event in range(at, stop):
            hit |= hits[event]
        count = _some(bits, at, stop, steps, chosen) if stop > at + 1 else 0
        here[:] = NEVER
        for first in range(steps):
            start = NEVER
            if first == 0:
                start = t[at] if may_start[at] and since <= t[at] <= upto else NEVER
            elif not is_next[first]:
                start = held[first - 1]
            elif moved or not strict:
                start = last[first - 1]
            if start == NEVER or start < begins[at]:
                continue
            holds[:count] = -1
            for step in range(first, steps):
                one_step = once or strict or is_next[step]
                if not _serves(bits, at, stop, step, first, once, one_step, chosen, count, holds):
                    break
                if _too_early(first, step, stop, after, floors):
                    break
                whole = not _broken(hit, first, step, steps, after, until)
                if whole:
                    here[step] = max(here[step], start)
                if whole or stop > at + 1:
                    reached = max(reached, step + 1)
        _end(hit, steps, after, until, held, wait)
        if strict:
            wait[:] = np.maximum(wait, here)
        else:
            held[:] = np.maximum(held, here)
        last[:] = here
        at = stop
    return reached, max(held.max(), wait.max())


@numba.njit(cache=True, nogil=True)
def _levels(bits, hits, t, offsets, may_start, begins, after, until, is_next, once, levels, starts):
    """Unit by unit, in the order of steps."""
    floors = np.full(len(after), np.int64(-1))
    for unit in range(len(offsets) - 1):
        levels[unit], starts[unit] = _walk(
            bits, hits, t, begins, may_start, offsets[unit], offsets[unit + 1], NEVER + 1, np.iinfo(np.int64).max, floors,
            after, until, is_next, False, once, True, len(is_next),
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _lay(hits, begin, end, after, until, steps, floors):
    """Note the last exclusion of each kind that only the window ends; whether there is one."""
    some = False
    for event in range(begin, end):
        for one in range(len(after)):
            if (hits[event] >> one) & 1 and after[one] < steps <= until[one]:
                floors[one], some = event, True
    return some


@numba.njit(cache=True, nogil=True)
def _next_class(bits, hits, t, may_start, begins, at, end, seen, after, until, steps, floors):
    """The starts from an event on whose windows hold the same exclusions: where they end, and what the windows hold.

    -> the first start (or `end`), the last one, the end of the events in its window; floors are laid.
    """
    first, last, laid = end, at, floors.copy()
    while at < end:
        if bits[at] & 1 and may_start[at]:
            upto = seen
            while upto < end and begins[upto] <= t[at]:
                upto += 1
            if _lay(hits, seen, upto, after, until, steps, laid) and first < end:
                break
            floors[:] = laid
            first, last, seen = min(first, at), at, upto
        at += 1
    return first, last, seen


@numba.njit(cache=True, nogil=True)
def _stays(bits, hits, t, begin, end, may_start, begins, after, until, is_next, strict, once, grouped, steps):
    """Whether some chain of so many steps has no exclusion that harms it."""
    floors = np.full(len(after), np.int64(-1))
    at, seen = begin, begin
    while at < end:
        first, last, seen = _next_class(bits, hits, t, may_start, begins, at, end, seen, after, until, steps, floors)
        if first == end:
            return False
        since = first
        while since > begin and t[since - 1] == t[first]:
            since -= 1
        reached, _ = _walk(
            bits, hits, t, begins, may_start, since, seen, t[first], t[last], floors, after, until, is_next, strict, once, grouped, steps
        )  # fmt: skip
        if reached == steps:
            return True
        at = last + 1
    return False


@numba.njit(cache=True, nogil=True)
def _leaving(bits, hits, t, offsets, may_start, begins, after, until, is_next, strict, once, grouped, levels, leaves):
    """Only units that reach step a of an exclusion, and have an event of it, are looked at."""
    for unit in range(len(offsets) - 1):
        begin, end = offsets[unit], offsets[unit + 1]
        asked = np.uint32(0)
        for one in range(len(after)):
            if after[one] < levels[unit]:
                asked |= np.uint32(1) << np.uint32(one)
        some = False
        for event in range(begin, end):
            some = some or hits[event] & asked != 0
        if some:
            steps = np.int64(levels[unit])
            leaves[unit] = not _stays(
                bits, hits, t, begin, end, may_start, begins, after, until, is_next[:steps], strict, once, grouped, steps
            )  # fmt: skip


def fallout_step_order_excluding(
    bits: npt.NDArray[np.uint32],
    hits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    steps: int,
    begins: Ints,
    between: Ints,
    *,
    one_event_one_step: bool,
) -> tuple[npt.NDArray[np.int8], Ints]:
    """Find each unit's level where events of one instant count in the order of steps, and an exclusion breaks chains.

    Among the events of one instant that count so nothing is excluded.

    Shapes: bits uint32[events], hits uint32[events] (bit x: the event is of exclusion x), t int64[events] (ms),
        offsets int64[units + 1], may_start bool[events] (F9), begins int64[events] (ms: windows that began before do not reach
        the event, F6), between int64[exclusions, 2] (steps a and b, from 0) -> int8[units], int64[units] (ms of the latest
        start of a chain that no exclusion has ended, else the least number).
    Source: F2, F4-F6, F8; O(events x steps squared), a group of several events costs up to O(steps^5) more.
    """
    levels, starts = np.zeros(len(offsets) - 1, np.int8), np.full(len(offsets) - 1, NEVER)
    after, until = np.ascontiguousarray(between[:, 0]), np.ascontiguousarray(between[:, 1])
    _levels(bits, hits, t, offsets, may_start, begins, after, until, np.zeros(steps, bool), one_event_one_step, levels, starts)
    return levels, starts


def leaving(
    bits: npt.NDArray[np.uint32],
    hits: npt.NDArray[np.uint32],
    t: Ints,
    offsets: Ints,
    may_start: Bools,
    is_next: Bools,
    begins: Ints,
    between: Ints,
    levels: npt.NDArray[np.int8],
    *,
    strict_time: bool,
    one_event_one_step: bool,
    step_order: bool,
) -> Bools:
    """Find the units that leave: in every chain of a unit's level an exclusion follows step a.

    It lies before step b, or where the level is below b in the window. Of a start the last exclusion in its window says where
    step a may lie at the earliest, so starts with the same last ones are walked through together.

    Shapes: bits uint32[events], hits uint32[events] (bit x: the event is of exclusion x), t int64[events] (ms),
        offsets int64[units + 1], may_start bool[events] (F9), is_next bool[steps] (F3), begins int64[events] (ms: windows that
        began before do not reach the event, F6), between int64[exclusions, 2] (steps a and b, from 0), levels int8[units]
        (without exclusions) -> bool[units].
    Source: F8 `drop_person`; O(events x steps squared) where windows are longer than what lies between exclusions, else that
        times the exclusions of a window.
    """
    leaves = np.zeros(len(offsets) - 1, bool)
    after, until = np.ascontiguousarray(between[:, 0]), np.ascontiguousarray(between[:, 1])
    _leaving(
        bits, hits, t, offsets, may_start, begins, after, until, is_next, strict_time, one_event_one_step, step_order, levels, leaves
    )  # fmt: skip
    return leaves
