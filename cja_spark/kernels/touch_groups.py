"""Touches of groups of conversions, each group's in a row of its own: those that all of its conversions share stand once per value.

Where credit is parted by the conversions' own times, a touch stands once per time that it is credited in. That would be
touches times times. But of a group's touches most are touches of all of its conversions, and those with the same value are
one that weighs more. Only the ends differ from conversion to conversion, and the ends of groups in a row overlap by one
touch each. So the work is that of the touches, and of the values that each group credits: what the answer holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]


class Groups(NamedTuple):
    """The touches of some conversions together, by number; both ends ascend within a group.

    Attributes:
        low: the first touch of the first conversion, int64[groups].
        begin: the first touch of the last conversion.
        end: the last touch of the first conversion.
        high: the last touch of the last conversion.
    """

    low: Ints
    begin: Ints
    end: Ints
    high: Ints


class Values(NamedTuple):
    """What touches set.

    Attributes:
        start: where the values of each touch begin, int64[touches + 1].
        codes: the values, each once per touch, int32[values].
        t: the time of each touch, ms.
        size: how many codes there are.
    """

    start: Ints
    codes: Codes
    t: Ints
    size: int


class Standing(NamedTuple):
    """Touches of groups, one group after the other.

    Attributes:
        at: the touch that each was, the newest of those that it stands for, int64[standing].
        weight: how many it stands for; under decay, what they weigh at the time of the newest, float64[standing].
        touch: per value the number of its touch, int64[standing values].
        codes: per value its code, int32[standing values].
    """

    at: Ints
    weight: Floats
    touch: Ints
    codes: Codes


def most_standing(groups: Groups, values: Values) -> tuple[Ints, Ints]:
    """How many touches, and how many values of touches, stand for each group at most: as many as it has values.

    Shapes: -> int64[groups], int64[groups].
    """
    count = values.start[groups.high + 1] - values.start[groups.low]
    return count, count


def standing_sizes(groups: Groups, values: Values) -> tuple[Ints, Ints]:
    """How many touches, and how many values of touches, stand for each group.

    Shapes: -> int64[groups], int64[groups].
    """
    count = len(groups.low)
    touches, sizes = np.zeros(count, np.int64), np.zeros(count, np.int64)
    none = Standing(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int32))
    _stand(*groups, *values[:3], np.inf, *_state(values.size), False, touches, sizes, *none)
    return touches, sizes


def standing(groups: Groups, values: Values, most: tuple[Ints, Ints], half_life: float = np.inf) -> tuple[Standing, Ints]:
    """The touches of each group in a row: those at its ends as they are, those between once per value.

    Args:
        groups: the groups.
        values: of all touches.
        most: how many touches, and how many values, stand for each of these groups at most.
        half_life: of weights, ms; infinite where each touch weighs the same.

    Returns:
        The touches, and how many stand for each group.

    Shapes: most int64[groups] twice -> int64[groups].
    Source: A7.
    """
    touches, count = int(most[0].sum()), int(most[1].sum())
    found = Standing(np.empty(touches, np.int64), np.ones(touches), np.empty(count, np.int64), np.empty(count, np.int32))
    sizes = np.zeros(len(groups.low), np.int64), np.zeros(len(groups.low), np.int64)
    _stand(*groups, *values[:3], half_life, *_state(values.size), True, *sizes, *found)
    touches, count = int(sizes[0].sum()), int(sizes[1].sum())
    return Standing(found.at[:touches], found.weight[:touches], found.touch[:count], found.codes[:count]), sizes[0]


def _state(size: int) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """Per code its touches between, the newest of them, their weight; and the ring of codes, from the one touched longest ago."""
    ring = np.full(size + 1, size)
    return np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size), ring, ring.copy()


@numba.njit(cache=True, nogil=True)
def _stand(
    low, begin, end, high, start, codes, t, half_life, count, newest, weighs, after, before,
    emit, touches, sizes, at, weight, touch, found,
):  # fmt: skip
    some, values, left, right, distinct = 0, 0, 0, 0, 0
    for g in range(len(low)):
        one, two, stand = high[g] + 1, high[g] + 1, 0
        if end[g] > begin[g] + 1:
            one, two = begin[g] + 1, end[g]
            left, right, distinct = _slide(
                one, two, left, right, distinct, start, codes, t, half_life, count, newest, weighs, after, before,
            )  # fmt: skip
            stand = distinct
        touches[g] = one - low[g] + stand + high[g] + 1 - two
        sizes[g] = start[one] - start[low[g]] + stand + start[high[g] + 1] - start[two]
        if emit:
            values = _copy(low[g], one, some, values, start, codes, at, touch, found)
            some += one - low[g]
            if stand:
                values = _gather(some, values, newest, weighs, after, at, weight, touch, found)
                some += stand
            values = _copy(two, high[g] + 1, some, values, start, codes, at, touch, found)
            some += high[g] + 1 - two


@numba.njit(cache=True, nogil=True)
def _slide(one, two, left, right, distinct, start, codes, t, half_life, count, newest, weighs, after, before):
    """From the touches between the ends of the group before to those of this one."""
    if one < left or two < right or one >= right:  # nothing of the group before is of use
        _clear(count, after, before)
        left, right, distinct = one, one, 0
    while right < two:
        distinct += _enter(right, start, codes, t, half_life, count, newest, weighs, after, before)
        right += 1
    while left < one:
        distinct -= _leave(left, start, codes, t, half_life, count, newest, weighs, after, before)
        left += 1
    return left, right, distinct


@numba.njit(cache=True, nogil=True)
def _clear(count, after, before):
    ring = len(count)
    code = after[ring]
    while code != ring:
        count[code] = 0
        code = after[code]
    after[ring], before[ring] = ring, ring


@numba.njit(cache=True, nogil=True)
def _enter(j, start, codes, t, half_life, count, newest, weighs, after, before):
    """A touch more between the ends: how many codes are new."""
    fresh, ring = 0, len(count)
    for v in range(start[j], start[j + 1]):
        code = codes[v]
        if count[code]:
            after[before[code]], before[after[code]] = after[code], before[code]
            weighs[code] = weighs[code] * 2.0 ** (-(t[j] - t[newest[code]]) / half_life) + 1.0
        else:
            fresh += 1
            weighs[code] = 1.0
        count[code] += 1
        newest[code] = j
        tail = before[ring]
        after[tail], before[code], after[code], before[ring] = code, tail, ring, code
    return fresh


@numba.njit(cache=True, nogil=True)
def _leave(j, start, codes, t, half_life, count, newest, weighs, after, before):
    """A touch less between the ends: how many codes have none any more."""
    gone = 0
    for v in range(start[j], start[j + 1]):
        code = codes[v]
        count[code] -= 1
        if count[code]:
            weighs[code] = max(weighs[code] - 2.0 ** (-(t[newest[code]] - t[j]) / half_life), 1.0)
        else:
            gone += 1
            after[before[code]], before[after[code]] = after[code], before[code]
    return gone


@numba.njit(cache=True, nogil=True)
def _copy(first, stop, some, values, start, codes, at, touch, found):
    for j in range(first, stop):
        at[some] = j
        for v in range(start[j], start[j + 1]):
            touch[values], found[values] = some, codes[v]
            values += 1
        some += 1
    return values


@numba.njit(cache=True, nogil=True)
def _gather(some, values, newest, weighs, after, at, weight, touch, found):
    """One touch per code, from the one touched longest ago."""
    ring = len(newest)
    code = after[ring]
    while code != ring:
        at[some], weight[some] = newest[code], weighs[code]
        touch[values], found[values] = some, code
        some, values, code = some + 1, values + 1, after[code]
    return values
