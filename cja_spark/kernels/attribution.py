"""Attribution: the touches of each conversion, and who takes part in it (rules A1, A2, A3 of participation, A6).

A conversion's touches are a run of the person's touches, and both ends of the run ascend with the conversion. So nothing
looks at a touch once per conversion: participation sums the conversions between a value's touch and its next one.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NONE = np.iinfo(np.int64).max


class Touches(NamedTuple):
    """Events that set a value, and the events that convert, both ascending.

    Attributes:
        at: positions of touches, int64[touches].
        t: their times, ms.
        unit: the person of each.
        session: the session of each.
    """

    at: Ints
    t: Ints
    unit: Ints
    session: Ints


def windows(touches: Touches, conversions: Touches, reach: Ints, since: int, *, in_session: bool) -> tuple[Ints, Ints]:
    """The first and the last touch of each conversion; the first is after the last where it has none.

    Args:
        touches: touches.
        conversions: conversions.
        reach: until when a conversion may come after each touch, inclusive, ms; ascends with a person's touches.
        since: touches before this instant do not count, ms.
        in_session: whether only touches of the conversion's session count.

    Shapes: reach int64[touches] -> int64[conversions], int64[conversions], indices of touches.
    Source: A1, A2: touches up to the conversion's own position.
    """
    first, last = np.empty(len(conversions.at), np.int64), np.empty(len(conversions.at), np.int64)
    _windows(*touches, *conversions, reach, since, in_session, first, last)
    return first, last


@numba.njit(cache=True, nogil=True)
def _windows(at, t, unit, session, c_at, c_t, c_unit, c_session, reach, since, in_session, first, last):
    low, high = 0, 0
    for c in range(len(c_at)):
        while high < len(at) and at[high] <= c_at[c]:
            high += 1
        while low < high and (
            unit[low] != c_unit[c]
            or (in_session and session[low] != c_session[c])
            or t[low] < since
            or c_t[c] > reach[low]
        ):
            low += 1
        first[c], last[c] = low, high - 1


def participating(first: Ints, last: Ints, amounts: Floats, touch: Ints, following: Ints) -> Floats:
    """The whole amount to each distinct value of the touches.

    Args:
        first: the first touch of each conversion.
        last: the last one.
        amounts: of conversions.
        touch: the touch of each value, ascending; a value stands once per touch.
        following: the next touch with the same value, `NONE` where there is none; another person's is as good as none.

    Shapes: touch, following int64[values] -> float64[values].
    Source: A3. A value is credited at its last touch of a run: conversions whose last touch comes before its next one.
    """
    credit = np.zeros(len(touch))
    sums = np.append(0.0, np.cumsum(amounts))
    _participating(first, last, sums, touch, following, credit)
    return credit


@numba.njit(cache=True, nogil=True)
def _participating(first, last, sums, touch, following, credit):
    begin, end = 0, 0
    for v in range(len(touch)):
        while begin < len(last) and last[begin] < touch[v]:
            begin += 1
        while end < len(first) and first[end] <= touch[v]:
            end += 1
        if end <= begin:
            continue
        until = end
        if last[end - 1] >= following[v]:
            until = begin + np.searchsorted(last[begin:end], following[v], side="left")
        credit[v] = sums[until] - sums[begin]


def next_same(codes: npt.NDArray[np.int32], touch: Ints, size: int) -> Ints:
    """The next touch with the same value, whoever's it is.

    Shapes: codes int32[values] in 0..size-1, touch int64[values] ascending -> int64[values], `NONE` where there is none.
    """
    found = np.empty(len(touch), np.int64)
    _next_same(codes, touch, np.full(max(size, 1), NONE), found)
    return found


@numba.njit(cache=True, nogil=True)
def _next_same(codes, touch, later, found):
    for v in range(len(touch) - 1, -1, -1):
        found[v] = later[codes[v]]
        later[codes[v]] = touch[v]


def distinct_values(first: Ints, last: Ints, touch: Ints, codes: npt.NDArray[np.int32], size: int) -> Ints:
    """How many distinct values the touches of each conversion have.

    Shapes: first, last int64[conversions], touch int64[values] ascending, codes int32[values] in 0..size-1 ->
        int64[conversions].
    Source: A6.
    """
    found = np.zeros(len(first), np.int64)
    _distinct(first, last, touch, codes, np.zeros(max(size, 1), np.int64), found)
    return found


@numba.njit(cache=True, nogil=True)
def _distinct(first, last, touch, codes, seen, found):
    low, high, count = 0, 0, 0
    for c in range(len(first)):
        while high < len(touch) and touch[high] <= last[c]:
            count += seen[codes[high]] == 0
            seen[codes[high]] += 1
            high += 1
        while low < high and touch[low] < first[c]:
            seen[codes[low]] -= 1
            count -= seen[codes[low]] == 0
            low += 1
        found[c] = count
