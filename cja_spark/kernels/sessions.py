"""Sessions: where they begin and which events they hold (rules S1-S5)."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class SessionFigures(NamedTuple):
    """Figures of the sessions that have a masked event, in order.

    Attributes:
        starts: bool[sessions], the first range event is masked and the session's first.
        ends: bool[sessions], the last range event is masked.
        bounces: bool[sessions], there is one range event.
        events: int64[sessions], masked range events.
        spent_ms: int64[sessions], time from each masked range event to the next range event.
        length_ms: int64[sessions], time from the first range event to the last.
        first: int64[sessions], position of the first masked event.
    """

    starts: Bools
    ends: Bools
    bounces: Bools
    events: Ints
    spent_ms: Ints
    length_ms: Ints
    first: Ints


@numba.njit(cache=True, nogil=True)
def _figures(t, sessions, in_range, masked, count):
    starts, ends, bounces = np.zeros(count, np.bool_), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    events, spent, begins = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    lasts, first = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    known, current, before = -1, -1, -1
    for at in range(len(t)):
        if not in_range[at]:
            continue
        if sessions[at] != current:
            known, current = known + 1, sessions[at]
            opening = at == 0 or sessions[at - 1] != current
            starts[known], bounces[known], begins[known] = masked[at] and opening, True, t[at]
        else:
            bounces[known] = False
            if masked[before]:
                spent[known] += t[at] - t[before]
        if masked[at]:
            events[known] += 1
            if first[known] < 0:
                first[known] = at
        ends[known], lasts[known], before = masked[at], t[at], at
    return starts, ends, bounces, events, spent, lasts - begins, first


def session_figures(t: Ints, sessions: Ints, in_range: Bools, masked: Bools) -> SessionFigures:
    """Figures of each session that has a masked event.

    Whether an event opens, ends or is alone in its session is decided by range events; what is counted are masked ones.
    Time is in whole ms, so that its sums are exact however persons are dealt out to tasks (M3).

    Shapes: t int64[events] (ms), sessions int64[events] ascending from 0, in_range, masked bool[events] (masked only
        where in range).
    Source: S3-S5; one pass, O(events).
    """
    columns = _figures(t, sessions, in_range, masked, int(sessions[-1]) + 1 if len(sessions) else 0)
    visible = columns[3] > 0
    return SessionFigures(*(column[visible] for column in columns))


def session_amounts(metric: str, t: Ints, sessions: Ints, seen: Bools) -> Floats:
    """What each seen event adds to a standard metric of sessions.

    `session_starts` 1 where it opens its session, `session_ends` where it is the session's last seen one, `bounces` where
    it is the only one, else 0; `time_spent_seconds` the ms to the session's next seen event, NaN on the last.

    Shapes: t int64[events] (ms), sessions int64[events] ascending, seen bool[events] -> float64[events], NaN where not
        seen. Time is in whole ms, so that its sums are exact (M3).
    Source: S4, S5.
    """
    amounts = np.full(len(t), np.nan)
    at = np.flatnonzero(seen)
    if len(at) == 0:
        return amounts
    number = sessions[at]
    first = np.append(True, number[1:] != number[:-1])
    last = np.append(first[1:], True)
    if metric == "session_starts":
        amounts[at] = first & ((at == 0) | (sessions[at - 1] != number))
    elif metric == "session_ends":
        amounts[at] = last
    elif metric == "bounces":
        amounts[at] = first & last
    else:
        amounts[at] = np.where(last, np.nan, np.append(np.diff(t[at]), 0))
    return amounts


def session_numbers(t: Ints, offsets: Ints, timeout_ms: int, opens: Bools) -> Ints:
    """Number each event's session, counted through the batch from 0.

    Shapes: t int64[events] (ms), offsets int64[persons + 1], opens bool[events] (start metrics)
        -> int64[events].
    Source: S1: a gap equal to the timeout keeps the session.
    """
    if len(t) == 0:
        return np.zeros(0, np.int64)
    begins = opens.copy()
    begins[0] = True
    begins[1:] |= np.diff(t) > timeout_ms
    begins[first_events(offsets)] = True
    return np.cumsum(begins, dtype=np.int64) - 1


def first_events(offsets: Ints) -> Ints:
    """Positions of the persons' first events; persons without events have none.

    Shapes: offsets int64[persons + 1] -> int64[persons with events].
    """
    return offsets[:-1][np.diff(offsets) > 0]


def run_starts(numbers: Ints) -> Ints:
    """Positions where a new number begins in an array of ascending numbers.

    Shapes: numbers int64[n] -> int64[runs].
    """
    if len(numbers) == 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))
