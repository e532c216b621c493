"""Months later on the local calendar, for all events at once (rule O6)."""

from __future__ import annotations

from datetime import timedelta

import numba
import numpy as np

from cja_spark.kernels.clock import DAY_MS, changes_of_clock
from cja_spark.kernels.sessions import Bools, Ints
from cja_spark.span import Months
from cja_spark.spec import milliseconds

FOREVER, NEVER = np.iinfo(np.int64).max, np.iinfo(np.int64).min
_STEP_DAYS = 2_048  # changes of a clock are looked for in such steps, so that all batches share them


def reach(t: Ints, span: timedelta | Months | None, zone: str) -> Ints:
    """The last instant that lies within a span after each event; None reaches for ever.

    Shapes: t int64[events] (ms UTC) -> int64[events] (ms UTC), ascending where t does.
    Source: O6: within d means at most d.
    """
    if span is None:
        return np.full(len(t), FOREVER)
    return months_later(t, span.count, zone) if isinstance(span, Months) else t + milliseconds(span)


def earliest(t: Ints, offsets: Ints, span: timedelta | Months | None, zone: str) -> Ints:
    """The instant before which nothing of an event's unit is a span before it at most; of months, that of an event.

    Shapes: t int64[events] (ms UTC), offsets int64[units + 1] -> int64[events] (ms UTC), ascending in a unit.
    Source: O6.
    """
    if span is None:
        return np.full(len(t), NEVER)
    if not isinstance(span, Months):
        return t - milliseconds(span)
    found = np.empty(len(t), np.int64)
    _earliest(t, offsets, months_later(t, span.count, zone), found)
    return found


@numba.njit(cache=True, nogil=True)
def _earliest(t, offsets, until, found):
    for unit in range(len(offsets) - 1):
        first = offsets[unit]
        for at in range(offsets[unit], offsets[unit + 1]):
            while until[first] < t[at]:
                first += 1
            found[at] = t[first]


def after_months(t: Ints, months: int, zone: str) -> Bools:
    """Events that come more than some months after the one before them.

    Shapes: t int64[events] (ms UTC) -> bool[events], of the first false.
    Source: O6, S1: an idle gap must exceed the timeout.
    """
    found = np.zeros(len(t), bool)
    found[1:] = t[1:] > months_later(t[:-1], months, zone)
    return found


def months_later(t: Ints, months: int, zone: str) -> Ints:
    """Each event's instant some months later on the local clock; what is later is never earlier there.

    Shapes: t int64[events] (ms UTC) -> int64[events] (ms UTC).
    Source: O6: clamped to the month's end; of two equal local times it is the first. Decision: the end is the month's last ms, a
        local time that does not exist is the end of its gap, and an event in the second pass of a repeated hour counts
        from the end of that hour; else an event could reach less far than one before it.
    """
    if len(t) == 0:
        return t
    days = int(t.min()) // DAY_MS - 1, int(t.max()) // DAY_MS + 31 * months + 2
    changes, offsets = changes_of_clock(days[0] // _STEP_DAYS * _STEP_DAYS, -(-days[1] // _STEP_DAYS) * _STEP_DAYS, zone)
    ends = changes[1:] + offsets[:-1]  # what the clock shows where each offset ends
    slots = np.searchsorted(changes, t, side="right") - 1
    wall = np.maximum(t + offsets[slots], np.append(np.iinfo(np.int64).min, ends)[slots])
    wall = _added(wall, months)
    slots = np.searchsorted(ends, wall, side="right")
    return np.asarray(np.maximum(wall - offsets[slots], changes[slots]), np.int64)


def _added(wall: Ints, months: int) -> Ints:
    """Local times some months later, the last ms of the month where it lacks the day: int64[n] (ms)."""
    day, of_day = np.divmod(wall, DAY_MS)
    dates = day.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    later = month + months
    first, following = later.astype("datetime64[D]"), (later + 1).astype("datetime64[D]")
    found = (first + (dates - month.astype("datetime64[D]"))).astype(np.int64) * DAY_MS + of_day
    return np.asarray(np.minimum(found, following.astype(np.int64) * DAY_MS - 1), np.int64)
