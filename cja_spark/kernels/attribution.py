"""Attribution: the credit of each touch, of all conversions in one pass over a person's touches (rules A1-A5).

A conversion's touches are a run of the person's touches, and both ends of the run ascend with the conversion. So no model
looks at a touch once per conversion: shapes add to the ends and, between them, to a difference; decay walks backwards
with a factor; participation sums the conversions between a value's touch and its next one.
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


def shaped(first: Ints, last: Ints, amounts: Floats, touches: int, shape: tuple[float, float, float]) -> Floats:
    """Credit by position: to the first touch, to those between in equal parts, to the last one.

    Shapes: first, last int64[conversions], amounts float64[conversions] -> float64[touches].
    Source: A3. One touch has all; of two, the first and the last share.
    """
    credit = np.zeros(touches)
    _shaped(first, last, amounts, *shape, np.zeros(touches + 1), np.zeros(touches + 1, np.int64), credit)
    return credit


@numba.njit(cache=True, nogil=True)
def _shaped(first, last, amounts, f, m, ll, between, running, credit):
    for c in range(len(first)):
        low, high, x = first[c], last[c], amounts[c]
        if low > high:
            continue
        if low == high:
            credit[low] += x
        elif high == low + 1:
            share = 0.5 if f + ll == 0 else f / (f + ll)
            credit[low] += x * share
            credit[high] += x * (1 - share)
        else:
            whole = f + m + ll
            credit[low] += x * f / whole
            credit[high] += x * ll / whole
            each = x * m / whole / (high - low - 1)
            between[low + 1] += each
            between[high] -= each
            running[low + 1] += 1
            running[high] -= 1
    total, count = 0.0, 0
    for k in range(len(credit)):
        count += running[k]
        total = total + between[k] if count else 0.0  # nothing is left over of what has ended
        credit[k] += total


def linear(first: Ints, last: Ints, amounts: Floats, touches: int) -> Floats:
    """Credit in equal parts to all touches.

    Shapes: first, last int64[conversions], amounts float64[conversions] -> float64[touches].
    Source: A3.
    """
    credit = np.zeros(touches)
    _linear(first, last, amounts, np.zeros(touches + 1), np.zeros(touches + 1, np.int64), credit)
    return credit


@numba.njit(cache=True, nogil=True)
def _linear(first, last, amounts, change, running, credit):
    for c in range(len(first)):
        low, high = first[c], last[c]
        if low <= high:
            each = amounts[c] / (high - low + 1)
            change[low] += each
            change[high + 1] -= each
            running[low] += 1
            running[high + 1] -= 1
    total, count = 0.0, 0
    for k in range(len(credit)):
        count += running[k]
        total = total + change[k] if count else 0.0
        credit[k] = total


def decaying(first: Ints, last: Ints, amounts: Floats, touches: Touches, half_life: int, began: Ints | None = None) -> Floats:
    """Credit that halves with each half-life (ms) between a touch and the conversion's last one.

    Args:
        first: the first touch of each conversion.
        last: the last one.
        amounts: of conversions.
        touches: touches.
        half_life: ms.
        began: when the first touch of each conversion was, ms, where that is later than its own time.

    Shapes: first, last, began int64[conversions], amounts float64[conversions] -> float64[touches].
    Source: A3; A1 of `began`: a window may begin within a run of touches.
    """
    count = len(touches.at)
    credit, own = np.zeros(count), np.zeros(count)
    change, running = np.zeros(count), np.zeros(count, np.int64)
    since = np.full(len(first), np.iinfo(np.int64).min) if began is None else began
    _shares(first, last, amounts, touches.t, touches.unit, half_life, since, change, running, own)
    _walk_back(touches.t, touches.unit, half_life, change, running, credit)
    return credit + own


@numba.njit(cache=True, nogil=True)
def _shares(first, last, amounts, t, unit, half_life, began, change, running, own):
    """What each conversion gives to its last touch; it ends before its first one, or at it where that began later."""
    weight, low, high = 0.0, 0, -1
    for c in range(len(first)):
        if first[c] > last[c]:
            continue
        if first[c] > high:  # nothing of the run before is in this one
            low, high, weight = first[c], first[c], 1.0
        while high < last[c]:
            weight = weight * 2.0 ** (-(t[high + 1] - t[high]) / half_life) + 1.0
            high += 1
        while low < first[c]:
            weight -= 2.0 ** (-(t[high] - t[low]) / half_life)
            low += 1
        weight = max(weight, 1.0)  # the last touch weighs 1
        whole, before = weight, low - 1
        if low < high and began[c] > t[low]:
            late = 2.0 ** (-(t[high] - began[c]) / half_life)
            whole, before = max(weight - 2.0 ** (-(t[high] - t[low]) / half_life), 1.0) + late, low
            own[low] += amounts[c] * late / whole
        share = amounts[c] / whole
        change[high] += share
        running[high] += 1
        if before >= 0 and unit[before] == unit[low]:
            change[before] -= share * 2.0 ** (-(t[high] - t[before]) / half_life)
            running[before] -= 1


@numba.njit(cache=True, nogil=True)
def _walk_back(t, unit, half_life, change, running, credit):
    """From the last touch to the first: what lies further back has a factor less of all that is running."""
    total, count = 0.0, 0
    for k in range(len(credit) - 1, -1, -1):
        if k + 1 < len(credit) and unit[k + 1] == unit[k]:
            total *= 2.0 ** (-(t[k + 1] - t[k]) / half_life)
        else:
            total, count = 0.0, 0
        count += running[k]
        total = total + change[k] if count else 0.0
        credit[k] = total


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
