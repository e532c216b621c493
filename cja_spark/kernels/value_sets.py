"""Sets of values: which distinct values runs of touches have, as a size and two sums of mixed ids, and the values themselves."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Words = npt.NDArray[np.uint64]
_SEEDS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def mixed(ids: Ints) -> tuple[Words, Words]:
    """Two words of 64 bits per id whose sums name a set: no two sets are likely to have both.

    Shapes: ids int64[n] -> uint64[n], uint64[n].
    Source: the finalizer of splitmix64, from two seeds.
    """
    words = ids.astype(np.int64).view(np.uint64)
    first, second = (_finalized(words + seed) for seed in _SEEDS)
    return first, second


@numba.njit(cache=True, nogil=True)
def _finalized(words):
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def names_of_runs(values: Ints, first: Ints, taken: Ints, start: Bools) -> tuple[Words, Words]:
    """Two words per run of values that name the values in their order, and its start: no two are likely to have both.

    Args:
        values: values, of which each run takes some.
        first: where each run begins.
        taken: how many values it has.
        start: what a name begins with.

    Shapes: values int64[n], first, taken int64[runs], start bool[runs] -> uint64[runs], uint64[runs].
    Source: two chains of mixed words.
    """
    names = np.empty((2, len(first)), np.uint64)
    _names_of_runs(values, first, taken, start, names)
    return names[0], names[1]


@numba.njit(cache=True, nogil=True)
def _names_of_runs(values, first, taken, start, names):
    for run in range(len(first)):
        one = _finalized(np.uint64(start[run]) + _SEEDS[0])
        other = _finalized(np.uint64(start[run]) + _SEEDS[1])
        for at in range(first[run], first[run] + taken[run]):
            word = np.uint64(values[at])
            one, other = _finalized((one ^ word) + _SEEDS[0]), _finalized((other ^ word) + _SEEDS[1])
        names[0, run], names[1, run] = one, other


def value_sets(
    first: Ints, last: Ints, touch: Ints, codes: Codes, words: tuple[Words, Words]
) -> tuple[Ints, Ints, Ints]:
    """The set of distinct values of each run of touches; both ends of the runs ascend.

    Args:
        first: the first touch of each run.
        last: the last one, before the first where there is none.
        touch: the touch of each value, ascending.
        codes: the number of each value.
        words: two words per number.

    Shapes: first, last int64[runs], touch int64[values], codes int32[values] in 0..n-1, words uint64[n] -> size
        int64[runs], and two names int64[runs] each.
    Source: A6. One pass: a run's set is the one before with values that enter and leave.
    """
    size, names, _ = _walked(first, last, touch, codes, np.arange(len(first)), words)
    return size, names[0].view(np.int64), names[1].view(np.int64)


def members(first: Ints, last: Ints, touch: Ints, codes: Codes, size: Ints, wanted: Ints, count: int) -> tuple[Ints, Codes]:
    """The distinct values of some of the runs.

    Args:
        first: the first touch of each run.
        last: the last one.
        touch: the touch of each value, ascending.
        codes: the number of each value.
        size: how many distinct values each run has.
        wanted: the runs, ascending.
        count: how many numbers there are.

    Shapes: wanted int64[some] -> the run of each value, as its place in `wanted`, int64[members], and its code
        int32[members].
    Source: A6. The values that are inside are kept as a list, so a run costs what its set has.
    """
    sizes = size[wanted]
    nameless = np.zeros(count, np.uint64)
    _, _, found = _walked(first, last, touch, codes, wanted, (nameless, nameless), int(sizes.sum()))
    return np.repeat(np.arange(len(wanted)), sizes), found


def _walked(
    first: Ints, last: Ints, touch: Ints, codes: Codes, runs: Ints, words: tuple[Words, Words], listed: int = 0
) -> tuple[Ints, Words, Codes]:
    """Size and names of some runs, ascending, and their values where room for so many is asked."""
    numbers = max(len(words[0]), 1)
    size, names, found = np.zeros(len(runs), np.int64), np.zeros((2, len(runs)), np.uint64), np.empty(listed, np.int32)
    state = np.zeros(numbers, np.int64), np.empty(numbers, np.int32), np.empty(numbers, np.int32)
    _walk(first, last, touch, codes, runs, *words, *state, size, names, found)
    return size, names, found


@numba.njit(cache=True, nogil=True)
def _walk(first, last, touch, codes, runs, one, other, seen, inside, place, size, names, found):
    low, high, count, written = 0, 0, 0, 0
    a, b = np.uint64(0), np.uint64(0)
    for nth in range(len(runs)):
        run = runs[nth]
        while high < len(touch) and touch[high] <= last[run]:
            code = codes[high]
            if seen[code] == 0:
                inside[count], place[code] = code, count
                count += 1
                a += one[code]
                b += other[code]
            seen[code] += 1
            high += 1
        while low < high and touch[low] < first[run]:
            code = codes[low]
            seen[code] -= 1
            if seen[code] == 0:
                count -= 1
                moved = inside[count]
                inside[place[code]], place[moved] = moved, place[code]
                a -= one[code]
                b -= other[code]
            low += 1
        size[nth] = count
        names[0, nth], names[1, nth] = a, b
        if len(found):
            found[written : written + count] = inside[:count]
            written += count
