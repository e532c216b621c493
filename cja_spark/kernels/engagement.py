"""How many persons have some events in how many periods, and how many events those are."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints


class Done(NamedTuple):
    """What is done of one thing.

    Attributes:
        people: how many persons do it at all.
        times: how many events that are.
        of_periods: int64[periods], how many persons do it in each period.
    """

    people: int
    times: int
    of_periods: Ints


def done(met: Bools, at: Ints, codes: npt.NDArray[np.int32], people: Ints, numbers: Ints, periods: int) -> Done:
    """Who has some of the events that meet something, in which period of the calendar.

    Args:
        met: the events that meet it.
        at: the events that count, ascending.
        codes: which of the periods of persons each of those is in.
        people: whose each period of a person is.
        numbers: which period of the calendar it is, from 0.
        periods: how many there are.

    Shapes: met bool[events], at int64[n], codes int32[n], people int64[periods of persons] ascending, numbers int64[periods of persons]
        -> int64[periods]. O(n).
    Source: CJA, guided analysis, engagement.
    """
    times, of_periods = np.zeros(len(people), np.int64), np.zeros(periods, np.int64)
    _times_of_periods(met, at, codes, times)
    found = _people_of_periods(times, people, numbers, of_periods)
    return Done(int(found), int(times.sum()), of_periods)


@numba.njit(cache=True, nogil=True)
def _times_of_periods(met, at, codes, times):
    for number in range(len(at)):
        if met[at[number]]:
            times[codes[number]] += 1


@numba.njit(cache=True, nogil=True)
def _people_of_periods(times, people, numbers, of_periods):
    found, last = 0, -1
    for period in range(len(times)):
        if times[period] > 0:
            of_periods[numbers[period]] += 1
            if people[period] != last:
                found += 1
                last = people[period]
    return found
