"""Of those active in a period, who is new, who was active in the one before and who is back; and who is not active any more."""

from __future__ import annotations

import numba
import numpy as np

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.cohort import Stays

NEW, REPEAT, RETURN, DORMANT = range(4)
CLASSES = 4
NEVER = -(2**62)  # the last period of who has not been active before


def growth(active: Stays, before: Ints, periods: int, lookback: int) -> Ints:
    """How many persons are of which class in each period.

    Args:
        active: the periods of the range that persons are active in, counted from 0.
        before: each person's last active period before the range, counted back from it: -1 is the one right before it.
        periods: number of periods.
        lookback: how many periods before a period tell whether somebody is new in it.

    Shapes: before int64[persons] -> int64[classes, periods]. O(n + persons): a person's last active period tells all of the next one.
    Source: CJA, guided analysis, active growth. Decision: an active period within the lookback that is not the one before makes a return,
        one that is longer ago none.
    """
    counts = np.zeros((CLASSES, periods), np.int64)
    _count(active.people, active.periods, before.copy(), lookback, counts)
    return counts


@numba.njit(cache=True, nogil=True)
def _count(people, numbers, last, lookback, counts):
    for at in range(len(people)):
        person, number = people[at], numbers[at]
        away = number - last[person]
        if away == 1:
            counts[REPEAT, number] += 1
        else:
            counts[RETURN if away <= lookback else NEW, number] += 1
            _leave(counts, last[person] + 1)
        last[person] = number
    for person in range(len(last)):
        _leave(counts, last[person] + 1)


@numba.njit(cache=True, nogil=True)
def _leave(counts, number):
    if number >= 0 and number < counts.shape[1]:
        counts[DORMANT, number] += 1
