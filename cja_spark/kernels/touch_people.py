"""Whose touches got a part of a conversion, and which values each person was touched by before one (rules A1-A4, V)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.kernels.counting import first_per_code
from cja_spark.kernels.sessions import run_starts

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Words = npt.NDArray[np.uint64]


def reached(first: Ints, last: Ints, to_first: Bools, between: Bools, to_last: Bools, touches: int) -> Bools:
    """Which touches some conversion gives a part to.

    Args:
        first: the first touch of each conversion.
        last: the last one, not before the first.
        to_first: whether the conversion gives something to its first touch.
        between: whether it does to those between.
        to_last: whether it does to its last one; of one touch, `to_first` says it.
        touches: how many touches there are.

    Shapes: first, last int64[conversions], to_first, between, to_last bool[conversions] -> bool[touches].
    Source: A3. O(touches + conversions): those between are a difference array.
    """
    found = np.zeros(touches, np.bool_)
    _reached(first, last, to_first, between, to_last, np.zeros(touches + 1, np.int64), found)
    return found


@numba.njit(cache=True, nogil=True)
def _reached(first, last, to_first, between, to_last, running, found):
    for c in range(len(first)):
        low, high = first[c], last[c]
        if to_first[c]:
            found[low] = True
        if high > low:
            if to_last[c]:
                found[high] = True
            if between[c]:
                running[low + 1] += 1
                running[high] -= 1
    count = 0
    for k in range(len(found)):
        count += running[k]
        if count > 0:
            found[k] = True


def covered(first: Ints, last: Ints, touches: int) -> Bools:
    """Which touches came before some conversion.

    Shapes: first, last int64[conversions], the last not before the first -> bool[touches].
    Source: A1.
    """
    every = np.ones(len(first), np.bool_)
    return reached(first, last, every, every, every, touches)


def values_of_people(people: Ints, codes: Codes, size: int) -> tuple[Ints, Codes]:
    """Each value of each person once.

    Shapes: people int64[values] ascending, codes int32[values] in 0..size-1 -> int64[pairs], int32[pairs].
    """
    once = first_per_code(people, codes, size)
    return people[once], codes[once]


def sets_of_people(people: Ints, codes: Codes, words: tuple[Words, Words]) -> tuple[Ints, Ints, Ints]:
    """The set of values of each person that has some: where it begins, and two names.

    Args:
        people: the person of each value, ascending; each value stands once per person.
        codes: the number of each value.
        words: two words per number, whose sums name a set.

    Shapes: people int64[pairs], codes int32[pairs], words uint64[numbers] -> int64[persons] three times.
    Source: V; the names are those of `value_sets`.
    """
    starts = run_starts(people)
    if len(starts) == 0:
        return starts, starts, starts
    one, other = (np.add.reduceat(word[codes], starts).view(np.int64) for word in words)
    return starts, one, other
