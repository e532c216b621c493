"""Sessions: where they begin and which events they hold (rules S1-S5)."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class SessionSums(NamedTuple):
    """What the sessions that have a masked event add up to, per code of their first masked event.

    Attributes:
        sessions: int64[codes], how many.
        starts: int64[codes], those whose first range event is masked and the session's first.
        ends: int64[codes], those whose last range event is masked.
        bounces: int64[codes], those of one range event.
        people: int64[codes], distinct persons.
        events: int64[codes], masked range events.
        spent_ms: int64[codes], time from each masked range event to the next range event of its session.
        length_ms: int64[codes], time from the first range event of a session to its last.
        all_people: distinct persons of all codes.
    """

    sessions: Ints
    starts: Ints
    ends: Ints
    bounces: Ints
    people: Ints
    events: Ints
    spent_ms: Ints
    length_ms: Ints
    all_people: int


@numba.njit(cache=True, nogil=True)
def _first_masked(sessions, masked):
    first = np.empty(len(sessions), np.int64)
    found, current = 0, -1
    for at in range(len(sessions)):
        if masked[at] and sessions[at] != current:
            first[found] = at
            found, current = found + 1, sessions[at]
    return first[:found]


def first_masked(sessions: Ints, masked: Bools) -> Ints:
    """The first masked event of each session that has one.

    Shapes: sessions int64[events] ascending, masked bool[events] -> int64[sessions with a masked event].
    """
    first: Ints = _first_masked(sessions, masked)
    return first


@numba.njit(cache=True, nogil=True)
def _add(sums, last_person, code, person, opened, closed, alone, events, spent, length):
    sums[0, code] += 1
    sums[1, code] += opened
    sums[2, code] += closed
    sums[3, code] += alone
    if last_person[code] != person:
        last_person[code] = person
        sums[4, code] += 1
    sums[5, code] += events
    sums[6, code] += spent
    sums[7, code] += length


@numba.njit(cache=True, nogil=True)
def _person_at(offsets, person, at):
    while offsets[person + 1] <= at:
        person += 1
    return person


@numba.njit(cache=True, nogil=True)
def _sums(t, sessions, in_range, masked, offsets, codes, size):
    sums = np.zeros((8, size), np.int64)
    last_person = np.full(size, -1, np.int64)
    everyone, latest = 0, -1
    current, number, at = -1, 0, 0
    opened = closed = alone = False
    events, spent, begin, end, person = 0, 0, 0, 0, 0
    while at <= len(t):
        over = at == len(t)
        if not over and not in_range[at]:
            at += 1
            continue
        if over or sessions[at] != current:
            if events > 0:
                code = codes[number] if len(codes) else 0
                number += 1
                _add(sums, last_person, code, person, opened, closed, alone, events, spent, end - begin)
                if latest != person:
                    latest = person
                    everyone += 1
            if over:
                break
            current, person = sessions[at], _person_at(offsets, person, at)
            opened = masked[at] and (at == 0 or sessions[at - 1] != current)
            alone, events, spent, begin = True, 0, 0, t[at]
        else:
            alone = False
            if closed:
                spent += t[at] - end
        closed, end = masked[at], t[at]
        events += closed
        at += 1
    return sums, everyone


def session_sums(
    t: Ints, sessions: Ints, in_range: Bools, masked: Bools, offsets: Ints,
    codes: npt.NDArray[np.int32] | None = None, size: int = 1,
) -> SessionSums:  # fmt: skip
    """Sum the sessions that have a masked event.

    Whether an event opens, ends or is alone in its session is decided by range events; what is counted are masked ones.
    Time is in whole ms, so that its sums are exact however persons are dealt out to tasks (M3).

    Shapes: t int64[events] (ms), sessions int64[events] ascending, in_range, masked bool[events] (masked only where in
        range), offsets int64[persons + 1], codes int32[sessions with a masked event] in 0..size-1, in the order of
        `first_masked`; without them all have code 0.
    Source: S3-S5; one pass, O(events), no memory per event.
    """
    known = np.zeros(0, np.int32) if codes is None else codes
    sums, everyone = _sums(t, sessions, in_range, masked, offsets, known, size)
    return SessionSums(*(*sums, everyone))


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


@numba.njit(cache=True, nogil=True)
def _session_numbers(t, offsets, timeout_ms, opens):
    numbers = np.empty(len(t), np.int64)
    number = -1
    for person in range(len(offsets) - 1):
        for at in range(offsets[person], offsets[person + 1]):
            number += at == offsets[person] or opens[at] or t[at] - t[at - 1] > timeout_ms
            numbers[at] = number
    return numbers


def session_numbers(t: Ints, offsets: Ints, timeout_ms: int, opens: Bools) -> Ints:
    """Number each event's session, counted through the batch from 0.

    Shapes: t int64[events] (ms), offsets int64[persons + 1], opens bool[events] (start metrics)
        -> int64[events].
    Source: S1: a gap equal to the timeout keeps the session.
    """
    numbers: Ints = _session_numbers(t, offsets, timeout_ms, opens)
    return numbers


def run_starts(numbers: Ints) -> Ints:
    """Positions where a new number begins in an array of ascending numbers.

    Shapes: numbers int64[n] -> int64[runs].
    """
    if len(numbers) == 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))
