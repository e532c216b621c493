"""What each conversion gives to its touches, and the credit of each touch of all conversions in one pass (rule A3).

A conversion's touches are a run of the person's touches, and both ends of the run ascend with the conversion. So no model
looks at a touch once per conversion: shapes add to the ends and, between them, to a difference; decay walks backwards
with a factor. What one conversion gives depends on all of its touches; it is known before the touches are walked, so that
some of them may stand for others (`touch_groups`).
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.kernels.attribution import Touches

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Shares(NamedTuple):
    """What each conversion gives.

    Attributes:
        first: to its first touch, float64[conversions]; of decay, to one that began within its window.
        between: to each touch between the first and the last; nothing under decay.
        last: to its last touch; all of it where that is also the first one under decay, nothing otherwise.
        cut: whether `first` is all that the first touch has of a decay, bool[conversions].
    """

    first: Floats
    between: Floats
    last: Floats
    cut: Bools


def even_shares(first: Ints, last: Ints, amounts: Floats) -> Shares:
    """Equal parts to all touches.

    Shapes: first, last int64[conversions], amounts float64[conversions].
    Source: A3.
    """
    count = last - first + 1
    each = np.where(count > 0, amounts, 0.0) / np.maximum(count, 1)
    return Shares(each, each, np.where(count > 1, each, 0.0), np.zeros(len(first), bool))


def shaped_shares(first: Ints, last: Ints, amounts: Floats, shape: tuple[float, float, float]) -> Shares:
    """Parts by position: to the first touch, to those between in equal parts, to the last one.

    Shapes: first, last int64[conversions], amounts float64[conversions].
    Source: A3. One touch has all; of two, the first and the last share.
    """
    count, (f, m, ll) = last - first + 1, shape
    of_two, whole = 0.5 if f + ll == 0 else f / (f + ll), f + m + ll
    return Shares(
        amounts * np.select([count == 1, count == 2, count > 2], [1.0, of_two, f / whole], 0.0),
        amounts * np.where(count > 2, m / whole, 0.0) / np.maximum(count - 2, 1),
        amounts * np.select([count == 2, count > 2], [1.0 - of_two, ll / whole], 0.0),
        np.zeros(len(first), bool),
    )


def decaying_shares(first: Ints, last: Ints, amounts: Floats, touches: Touches, half_life: int, began: Ints | None = None) -> Shares:
    """Parts that halve with each half-life (ms) between a touch and the conversion's last one: what the last one has.

    Args:
        first: the first touch of each conversion.
        last: the last one.
        amounts: of conversions.
        touches: touches.
        half_life: ms.
        began: when the first touch of each conversion was, ms, where that is later than its own time.

    Shapes: first, last, began int64[conversions], amounts float64[conversions].
    Source: A3; A1 of `began`: a window may begin within a run of touches.
    """
    count = len(first)
    shares = Shares(np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count, bool))
    since = np.full(count, np.iinfo(np.int64).min) if began is None else began
    _decaying(first, last, amounts, touches.t, half_life, since, shares.first, shares.last, shares.cut)
    return shares


@numba.njit(cache=True, nogil=True)
def _decaying(first, last, amounts, t, half_life, began, to_first, to_last, cut):
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
        whole = weight
        if low < high and began[c] > t[low]:
            late = 2.0 ** (-(t[high] - began[c]) / half_life)
            whole = max(weight - 2.0 ** (-(t[high] - t[low]) / half_life), 1.0) + late
            cut[c] = True
            to_first[c] = amounts[c] * late / whole
        to_last[c] = amounts[c] / whole


def spread(first: Ints, last: Ints, shares: Shares, touches: int) -> Floats:
    """The credit of each touch, of equal parts and of shapes.

    Shapes: first, last int64[conversions] -> float64[touches].
    Source: A3.
    """
    credit = np.zeros(touches)
    _spread(first, last, shares.first, shares.between, shares.last, np.zeros(touches + 1), np.zeros(touches + 1, np.int64), credit)
    return credit


@numba.njit(cache=True, nogil=True)
def _spread(first, last, to_first, each, to_last, between, running, credit):
    for c in range(len(first)):
        low, high = first[c], last[c]
        if low > high:
            continue
        credit[low] += to_first[c]
        credit[high] += to_last[c]
        if high > low + 1:
            between[low + 1] += each[c]
            between[high] -= each[c]
            running[low + 1] += 1
            running[high] -= 1
    total, count = 0.0, 0
    for k in range(len(credit)):
        count += running[k]
        total = total + between[k] if count else 0.0  # nothing is left over of what has ended
        credit[k] += total


def decayed(first: Ints, last: Ints, shares: Shares, touches: Touches, half_life: int) -> Floats:
    """The credit of each touch that weighs 1 at its own time, of decay with a half-life (ms).

    Shapes: first, last int64[conversions] -> float64[touches].
    Source: A3.
    """
    count = len(touches.at)
    credit, own = np.zeros(count), np.zeros(count)
    change, running = np.zeros(count), np.zeros(count, np.int64)
    _ends(first, last, *shares, touches.t, touches.unit, half_life, change, running, own)
    _walk_back(touches.t, touches.unit, half_life, change, running, credit)
    return credit + own


@numba.njit(cache=True, nogil=True)
def _ends(first, last, to_first, each, to_last, cut, t, unit, half_life, change, running, own):
    """A conversion begins at its last touch; it ends before its first one, or at it where that is cut."""
    for c in range(len(first)):
        low, high = first[c], last[c]
        if low > high:
            continue
        before = low if cut[c] else low - 1
        own[low] += to_first[c]
        change[high] += to_last[c]
        running[high] += 1
        if before >= 0 and unit[before] == unit[low]:
            change[before] -= to_last[c] * 2.0 ** (-(t[high] - t[before]) / half_life)
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
