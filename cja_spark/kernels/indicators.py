"""Indicators: the window of each unit before its outcome, and who did what in it (rule N)."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.wilson import Z

STRATA = (1, 2, 4, 8, 16)  # the most events of a window of each stratum but the last
SIZE = len(STRATA) + 1
OF_PEOPLE = 6
Counts = npt.NDArray[np.int32]


class Windows(NamedTuple):
    """The events of each unit before its outcome, all of them where it has none; of units that have some.

    Attributes:
        begins: where the window begins, int64[units].
        ends: the end, exclusive, int64[units].
        outcome: whether there is one, bool[units].
        strata: the stratum of each, by how many events its window has, int8[units].
        people: whose each is, from 0 without holes, int64[units] ascending.
    """

    begins: Ints
    ends: Ints
    outcome: Bools
    strata: npt.NDArray[np.int8]
    people: Ints

    def of_items(self, offsets: Ints) -> Windows:
        """The same windows of what lies below events.

        Shapes: offsets int64[events + 1].
        """
        return self._replace(begins=offsets[self.begins], ends=offsets[self.ends])


def windows(units: Ints, people: Ints, carries: Bools) -> tuple[Windows, int, int]:
    """The window of each unit, and how many units and people are left out because theirs is empty.

    Shapes: units int64[events] ascending, people int64[events] ascending, carries bool[events].
    Source: N.
    """
    *found, units_left, people_left = _windows(units, people, carries)
    return Windows(*found), int(units_left), int(people_left)


@numba.njit(cache=True, nogil=True)
def _windows(units, people, carries):
    size, at, kept, number, last = len(units), 0, 0, -1, -1
    left, left_people, last_left = 0, 0, -1
    begins, ends, outcome = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.bool_)
    strata, whose = np.empty(size, np.int8), np.empty(size, np.int64)
    while at < size:
        begin, unit, person, end = at, units[at], people[at], -1
        while at < size and units[at] == unit:
            if end < 0 and carries[at]:
                end = at
            at += 1
        if end == begin:
            left += 1
            left_people += person != last_left
            last_left = person
            continue
        number += person != last
        last = person
        begins[kept], ends[kept], outcome[kept], whose[kept] = begin, end if end >= 0 else at, end >= 0, number
        strata[kept] = _stratum(ends[kept] - begin)
        kept += 1
    return begins[:kept], ends[:kept], outcome[:kept], strata[:kept], whose[:kept], left, left_people


@numba.njit(cache=True, nogil=True)
def _stratum(length):
    stratum = 0
    while stratum < SIZE - 1 and length > STRATA[stratum]:
        stratum += 1
    return stratum


class Exposed(NamedTuple):
    """Of each code how many units did it in their window, and how many people.

    Attributes:
        units: exposed units without the outcome and with it, int32[codes, strata, 2].
        people: who has an exposed unit, one with the outcome, one without; then whose units are all exposed: all that there are,
            all with the outcome, all without, int32[codes, 6].
    """

    units: Counts
    people: Counts


def exposed(found: Windows, codes: Counts, size: int) -> Exposed:
    """Count who did what, each unit once per code.

    Shapes: codes int32[values] in 0..size-1, or less than 0 for none.
    Source: N. O(values).
    """
    with_it, all_ = np.bincount(found.people, found.outcome).astype(np.int64), np.bincount(found.people)
    counts, persons = np.zeros((size, SIZE, 2), np.int32), np.zeros((size, OF_PEOPLE), np.int32)
    _exposed(*found, codes, all_, with_it, counts, persons)
    return Exposed(counts, persons)


@numba.njit(cache=True, nogil=True)
def _exposed(begins, ends, outcome, strata, people, codes, all_, with_it, counts, persons):
    size = len(counts)
    last_unit, last_person = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    own = np.zeros((size, 2), np.int32)  # units of the person that are exposed so far, without the outcome and with it
    for unit in range(len(begins)):
        has, person = int(outcome[unit]), people[unit]
        for at in range(begins[unit], ends[unit]):
            code = codes[at]
            if code < 0 or last_unit[code] == unit:
                continue
            last_unit[code] = unit
            counts[code, strata[unit], has] += 1
            if last_person[code] != person:
                last_person[code] = person
                own[code, 0] = own[code, 1] = 0
                persons[code, 0] += 1
            _add_person(persons, own, code, has, all_[person], with_it[person])


@numba.njit(cache=True, nogil=True)
def _add_person(persons, own, code, has, all_, with_it):
    """Count a person where a unit is the first of its kind, or the last that was missing."""
    own[code, has] += 1
    if own[code, has] == 1:
        persons[code, 2 - has] += 1
    if own[code, 0] + own[code, 1] == all_:
        persons[code, 3] += 1
    if own[code, has] == (with_it if has else all_ - with_it):
        persons[code, 5 - has] += 1


class Ratios(NamedTuple):
    """How many times as often units with a behaviour have the outcome as units without; NaN where it is undefined.

    Attributes:
        crude: of all strata together, float64[n].
        adjusted: Mantel's and Haenszel's, float64[n].
        lower: its lower bound, float64[n].
        upper: its upper bound, float64[n].
    """

    crude: Floats
    adjusted: Floats
    lower: Floats
    upper: Floats


def ratios(n1: Floats, y1: Floats, n0: Floats, y0: Floats) -> Ratios:
    """The ratios of some behaviours.

    Args:
        n1: exposed units.
        y1: those of them with the outcome.
        n0: the other units.
        y0: those of them with the outcome.

    Shapes: float64[n, strata] each -> float64[n] each.
    Source: N; Mantel and Haenszel 1959; Greenland and Robins 1985, the variance of the logarithm, written as a sum of what is not
        negative: (y1 + y0)·n1·n0 - y1·y0·N = y1·n1·(n0 - y0) + y0·n0·(n1 - y1).
    """
    n = np.maximum(n1 + n0, 1)
    above, below = (y1 * n0 / n).sum(axis=1), (y0 * n1 / n).sum(axis=1)
    spread = ((y1 * n1 * (n0 - y0) + y0 * n0 * (n1 - y1)) / (n * n)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        s1, t1, s0, t0 = (one.sum(axis=1) for one in (n1, y1, n0, y0))
        crude = np.where(t1 * t0 > 0, t1 / s1 / (t0 / s0), np.nan)
        ratio = np.where(above * below > 0, above / below, np.nan)
        half = np.exp(Z * np.sqrt(spread / (above * below)))
        return Ratios(crude, ratio, ratio / half, ratio * half)
