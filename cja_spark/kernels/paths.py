"""Paths: units cut into trials, and the sequence of values of each trial as a run of them and as one name (rules W1, B1, B2)."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.value_sets import names_of_runs


def opens_trial(units: Ints, converts: Bools) -> Bools:
    """Whether each event is the first of a trial: of its unit, or after a conversion.

    Shapes: units int64[events] ascending, converts bool[events] -> bool[events].
    Source: B1. Decision: a trial has an event, so none follows a conversion that is the unit's last event.
    """
    opens = np.ones(len(units), bool)
    opens[1:] = (units[1:] != units[:-1]) | converts[:-1]
    return opens


def steps_of(owners: Ints, values: Ints, left_out: Bools, *, runs: bool) -> tuple[Ints, Ints]:
    """The steps of each owner: values of its events but 0 and those that are left out, and whose each is.

    Args:
        owners: whose each event is, ascending.
        values: the value of each event, 0 where there is none.
        left_out: events whose values are no steps.
        runs: whether equal values in a row, once what is left out is gone, are one step.

    Shapes: owners, values int64[events], left_out bool[events] -> int64[steps], int64[steps].
    Source: W1.
    """
    steps = (np.empty(len(owners), np.int64), np.empty(len(owners), np.int64))
    size = _steps_of(owners, values, left_out, runs, *steps)
    return steps[0][:size], steps[1][:size]


@numba.njit(cache=True, nogil=True)
def _steps_of(owners, values, left_out, runs, whose, steps):
    size = 0
    for at in range(len(owners)):
        value, owner = values[at], owners[at]
        if value == 0 or left_out[at]:
            continue
        if runs and size and steps[size - 1] == value and whose[size - 1] == owner:
            continue
        whose[size], steps[size] = owner, value
        size += 1
    return size


class Ends(NamedTuple):
    """Which values of each owner are kept: a run of them.

    Attributes:
        first: where the run begins, int64[owners].
        taken: how many values it has, int64[owners].
        cut: whether the owner has more, bool[owners].
    """

    first: Ints
    taken: Ints
    cut: Bools

    def only(self, some: Ints) -> Ends:
        """Those of some owners."""
        return Ends(self.first[some], self.taken[some], self.cut[some])


def ends_of_sequences(owners: Ints, size: int, most: int, *, last: bool) -> Ends:
    """The last values of each owner, or the first ones.

    Args:
        owners: whose each value is, from 0, ascending.
        size: how many owners there are.
        most: how many values of each.
        last: whether it is the last ones.

    Shapes: owners int64[n] -> runs of `size` owners.
    Source: B2.
    """
    ends = Ends(np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, bool))
    _ends_of_sequences(owners, most, last, *ends)
    return ends


@numba.njit(cache=True, nogil=True)
def _ends_of_sequences(owners, most, last, first, taken, cut):
    for at in range(len(owners)):
        owner = owners[at]
        if taken[owner] == 0:
            first[owner] = at
        if taken[owner] < most:
            taken[owner] += 1
        else:
            cut[owner] = True
            if last:
                first[owner] += 1


def path_names(values: Ints, ends: Ends) -> tuple[Ints, Ints]:
    """Two names of each path: what its values are, in their order, and whether it is cut.

    Shapes: values int64[n], ends of it -> int64[paths], int64[paths].
    Source: of 10^9 paths no two are likely to share both.
    """
    one, other = names_of_runs(values, ends.first, ends.taken, ends.cut)
    return one.view(np.int64), other.view(np.int64)
