"""Call deflection: trials of self-service by topic, the calls around each, and the class of each (rule K)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints

AFTER_CALL, OPEN, CALLED, DEFLECTED = range(4)
Codes = npt.NDArray[np.int32]


@numba.njit(cache=True, nogil=True)
def _opens_trial(people, t, codes, size, span):
    opens = np.zeros(len(codes), np.bool_)
    whose, begun = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    for at in range(len(codes)):
        code = codes[at]
        if whose[code] != people[at] or t[at] - begun[code] > span:
            whose[code], begun[code] = people[at], t[at]
            opens[at] = True
    return opens


def opens_trial(people: Ints, t: Ints, codes: Codes, size: int, span: int) -> Bools:
    """Which events begin a trial of their person and topic; the others lie within `span` of one and are absorbed.

    Shapes: people int64[n] ascending, t int64[n] (ms) in the order of each person's events, codes int32[n] in 0..size-1 -> bool[n].
    Source: K. Decision: the span is counted from the trial's first event, so that trials of one topic never overlap.
    """
    opens: Bools = _opens_trial(people, t, codes, size, span)
    return opens


@numba.njit(cache=True, nogil=True)
def _next_of_code(at, codes, others, other_codes, size):
    found, later = np.full(len(at), -1, np.int64), np.full(size, -1, np.int64)
    other = len(others) - 1
    for trial in range(len(at) - 1, -1, -1):
        while other >= 0 and others[other] > at[trial]:
            later[other_codes[other]] = others[other]
            other -= 1
        found[trial] = later[codes[trial]]
    return found


def next_of_code(at: Ints, codes: Codes, others: Ints, other_codes: Codes, size: int) -> Ints:
    """The next of other positions with the code of each position, strictly after it, -1 where there is none.

    Shapes: at int64[n] and others int64[m] ascending, codes int32[n] and other_codes int32[m] in 0..size-1 -> int64[n]. O(n + m).
    """
    found: Ints = _next_of_code(at, codes, others, other_codes, size)
    return found


def within_before(at: Ints, others: Ints, people: Ints, t: Ints, span: int) -> Bools:
    """Whether one of other events of the person stands before each event, at most `span` earlier.

    Shapes: at int64[n], others int64[m] ascending positions, people and t (ms) int64[events] -> bool[n].
    """
    if len(others) == 0:
        return np.zeros(len(at), bool)
    place = np.searchsorted(others, at) - 1
    last = others[np.maximum(place, 0)]
    return np.asarray((place >= 0) & (people[last] == people[at]) & (t[at] - t[last] <= span), bool)


def within_after(at: Ints, later: Ints, people: Ints, t: Ints, span: int) -> Bools:
    """Whether the later event of each event, -1 for none, is the same person's and at most `span` after it.

    Shapes: at int64[n], later int64[n] positions, people and t (ms) int64[events] -> bool[n].
    """
    return np.asarray((later >= 0) & (people[later] == people[at]) & (t[later] - t[at] <= span), bool)


def classes(after_call: Bools, open_: Bools, called: Bools) -> Ints:
    """The class of each trial, the first that fits.

    Shapes: bool[trials] each -> int64[trials].
    Source: K.
    """
    return np.select([after_call, open_, called], [AFTER_CALL, OPEN, CALLED], DEFLECTED)
