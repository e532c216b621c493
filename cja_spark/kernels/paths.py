"""Paths: units cut into trials, and the sequence of values of each trial as columns and as one name (rules W1, B1, B2)."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.value_sets import mixed


def opens_trial(units: Ints, converts: Bools) -> Bools:
    """Whether each event is the first of a trial: of its unit, or after a conversion.

    Shapes: units int64[events] ascending, converts bool[events] -> bool[events].
    Source: B1. Decision: a trial has an event, so none follows a conversion that is the unit's last event.
    """
    opens = np.ones(len(units), bool)
    opens[1:] = (units[1:] != units[:-1]) | converts[:-1]
    return opens


def run_heads(owners: Ints, values: Ints) -> Bools:
    """Whether each value is another one than that before it of the same owner.

    Shapes: owners int64[n] ascending, values int64[n] -> bool[n].
    Source: W1.
    """
    heads = np.ones(len(owners), bool)
    heads[1:] = (owners[1:] != owners[:-1]) | (values[1:] != values[:-1])
    return heads


def ends_of_sequences(owners: Ints, values: Ints, size: int, most: int, *, last: bool) -> tuple[list[Ints], Bools]:
    """The last values of each owner, or the first ones, as columns; and which owners have more of them.

    Args:
        owners: whose each value is, from 0, ascending.
        values: none is 0.
        size: how many owners there are.
        most: how many values of each.
        last: whether it is the last ones.

    Shapes: owners int64[n], values int64[n] -> up to `most` columns int64[size], 0 where there is none, and bool[size].
    Source: B2.
    """
    counts = np.bincount(owners, minlength=size)
    taken = np.minimum(counts, most)
    ends = np.cumsum(counts)
    first = ends - taken if last else ends - counts
    longest = int(taken.max(initial=0))
    padded = np.append(values, 0)  # an owner without a value may begin behind the last one
    columns = [np.where(taken > at, padded[np.minimum(first + at, len(values))], 0) for at in range(longest)]
    return columns, counts > most


def path_names(columns: list[Ints], cut: Bools) -> tuple[Ints, Ints]:
    """Two names of each path: what its values are, in their order, and whether it is cut.

    Shapes: columns int64[paths] each, cut bool[paths] -> int64[paths], int64[paths].
    Source: two chains of mixed words, so that no two of 10^9 paths are likely to share both.
    """
    names = [word.view(np.int64) for word in mixed(cut.astype(np.int64))]
    for column in columns:
        there = column != 0  # so that a name does not depend on the longest path of a batch
        names = [np.where(there, mixed(name ^ column)[at].view(np.int64), name) for at, name in enumerate(names)]
    return names[0], names[1]
