"""Canvas: the runs of each person, the nodes that each run visits one after the other, and the journey that it is of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cja_spark.journeys.batch import Bools, Ints


class Walk(NamedTuple):
    """Events in the order of persons, runs and time.

    Attributes:
        order: where each stands among the events that were given, int64[n].
        run: number of its run, int64[n] from 0 ascending.
        visit: number of the visit that it belongs to, -1 before the first one of its run, int64[n].
        first: whether it is its run's first, bool[n].
        begins: whether a visit begins with it, bool[n].
    """

    order: Ints
    run: Ints
    visit: Ints
    first: Bools
    begins: Bools


def walked(people: Ints, runs: Ints, nodes: Ints) -> Walk:
    """The runs and visits of some events; an event without a node belongs to the visit before it in its run.

    Shapes: people int64[n] ascending, runs int64[n] (ids, of one person), nodes int64[n] (ids, 0 where an event has none) -> arrays of n.
    Ties:    events of a run stay in the order given.
    Source: Journey Optimizer, data, datasets-query-examples: nodes of one instanceID. Decision: one visit is all events in a row at a node, as in W1.
    """
    order = np.lexsort((runs, people))
    whose, which, node = people[order], runs[order], nodes[order]
    first = np.ones(len(order), bool)
    first[1:] = (whose[1:] != whose[:-1]) | (which[1:] != which[:-1])
    places = np.arange(len(order))
    last = np.maximum.accumulate(np.where((node != 0) | first, places, 0))
    at_node = node[last]  # 0 before a run's first node
    begins = at_node != 0
    begins[1:] &= first[1:] | (at_node[1:] != at_node[:-1])
    visit = np.where(at_node != 0, np.cumsum(begins) - 1, -1)
    return Walk(order, np.cumsum(first) - 1, visit, first, begins)


def first_of_runs(run: Ints, ids: Ints, size: int) -> Ints:
    """The first id that is set of each run, 0 where none is.

    Shapes: run int64[n] in 0..size-1 ascending, ids int64[n] -> int64[size].
    """
    found = np.zeros(size, np.int64)
    known = np.flatnonzero(ids)[::-1]  # of several the first one is written last
    found[run[known]] = ids[known]
    return found


def pairs_of(ids: Ints, others: Ints) -> tuple[Ints, Ints, Ints]:
    """Number the distinct pairs of ids.

    Shapes: int64[n] each -> the ids and the other ids of each pair int64[pairs], and the number of each event's pair int64[n].
    """
    one, code = np.unique(ids, return_inverse=True)
    two, other = np.unique(others, return_inverse=True)
    pairs, number = np.unique(code * max(len(two), 1) + other, return_inverse=True)
    return one[pairs // max(len(two), 1)], two[pairs % max(len(two), 1)], number
