"""Sequences: which occurrences of a checkpoint are reached from those of the one before it (rules G7, G8, G11).

Of all ways to an occurrence the one that began last is kept. What is in reach of an occurrence is a run of the earlier
checkpoint's occurrences, and both ends of the run ascend. So a queue in which beginnings descend gives the last one
without looking at an occurrence twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NEVER = -1
UNLIMITED = np.iinfo(np.int64).max


class Occurrences(NamedTuple):
    """Where a checkpoint is met: intervals of event positions, first and last both ascending.

    Attributes:
        first: int64[occurrences].
        last: int64[occurrences].
    """

    first: Ints
    last: Ints

    def only(self, kept: Bools) -> Occurrences:
        """Some of them."""
        return Occurrences(self.first[kept], self.last[kept])


class Distances(NamedTuple):
    """What a constraint measures: a count that ascends with the events of a unit, and its bound.

    Attributes:
        before: its value at the earlier occurrences, int64[earlier].
        here: its value at the later ones, int64[later].
        bound: the least or the greatest difference.
    """

    before: Ints
    here: Ints
    bound: int


def latest_beginnings(
    ends: Ints, begins: Ints, later: Occurrences, unit: Ints, *, after: Distances, within: Distances, nearest: Ints, until: Ints
) -> Ints:  # fmt: skip
    """For each occurrence of a checkpoint the last beginning of a sequence that reaches it.

    Args:
        ends: where the occurrences of the checkpoint before it end, ascending.
        begins: for each of them the last beginning of a sequence up to it, NEVER where there is none.
        later: occurrences of the checkpoint.
        unit: the session or person of each event, ascending.
        after: what must lie between both at least.
        within: what may lie between both at most.
        nearest: for each later one, where the last excluded occurrence before it begins; the earlier one ends no earlier.
        until: for each earlier one, where the next excluded occurrence near it ends; the later one begins no later.

    Shapes: ends, begins, until int64[earlier], nearest int64[later], unit int64[events] -> int64[later], NEVER where none.
    Source: G7, G8, G11.
    """
    found = np.empty(len(later.first), np.int64)
    queues = np.empty((2, len(ends)), np.int64)
    _latest_beginnings(ends, begins, later.first, unit, *after, *within, nearest, until, queues, found)
    return found


@numba.njit(cache=True, nogil=True)
def _latest_beginnings(  # noqa: C901 - one compiled loop
    ends, begins, first, unit, after, after_here, least, within, within_here, most, nearest, until, queues, found
):
    heads, tails, high = [0, 0], [0, 0], 0
    for o in range(len(first)):
        here = unit[first[o]]
        while high < len(ends):
            before = unit[ends[high]]
            if before > here or (before == here and (ends[high] >= first[o] or after_here[o] - after[high] < least)):
                break
            if before == here and begins[high] >= 0:
                which = 0 if until[high] == UNLIMITED else 1
                while tails[which] > heads[which] and begins[queues[which, tails[which] - 1]] <= begins[high]:
                    tails[which] -= 1
                queues[which, tails[which]] = high
                tails[which] += 1
            high += 1
        best = NEVER
        for which in range(2):
            while heads[which] < tails[which]:
                k = queues[which, heads[which]]
                if (
                    unit[ends[k]] == here
                    and within_here[o] - within[k] <= most
                    and ends[k] >= nearest[o]
                    and until[k] >= first[o]
                ):
                    best = max(best, begins[k])
                    break
                heads[which] += 1
        found[o] = best


def smallest_spans(each: list[Occurrences], unit: Ints) -> Occurrences:
    """The smallest intervals that hold an occurrence of each of several conditions, in any order.

    Shapes: unit int64[events]; the intervals of the result lie within one unit and none holds another.
    Source: G9.
    """
    ends = np.unique(np.concatenate([one.last for one in each]))
    begins = np.full(len(ends), UNLIMITED)
    for one in each:
        begins = np.minimum(begins, nearest_before(one, ends + 1))
    kept = begins >= 0
    kept[kept] = unit[begins[kept]] == unit[ends[kept]]
    begins, ends = begins[kept], ends[kept]
    longer = np.append(True, begins[1:] != begins[:-1])[: len(begins)]  # a later end of the same beginning
    return Occurrences(begins[longer], ends[longer])


def nearest_before(occurrences: Occurrences, positions: Ints) -> Ints:
    """Where the last occurrence that ends before each position begins.

    Shapes: positions int64[n] -> int64[n], NEVER where there is none.
    """
    at = np.searchsorted(occurrences.last, positions) - 1
    return np.append(occurrences.first, NEVER)[at]


def next_after(occurrences: Occurrences, positions: Ints) -> Ints:
    """Index of the first occurrence that begins after each position.

    Shapes: positions int64[n] -> int64[n], the number of occurrences where there is none.
    """
    return np.searchsorted(occurrences.first, positions, side="right")
