"""Values of items that last on the items of other events (rules P1, P2 of values in arrays)."""

from __future__ import annotations

import numpy as np

from cja_spark.kernels.counting import coded, first_per_code
from cja_spark.kernels.persistence import Bools, Ints


def events_that_set(values: Ints, offsets: Ints) -> Ints:
    """The number of each event, from 1, where some item sets a value; 0 elsewhere.

    Shapes: values int64[items] (0 for none), offsets int64[events + 1] -> int64[events].
    """
    counted = np.append(0, np.cumsum(values != 0))
    some: Bools = counted[offsets[1:]] > counted[offsets[:-1]]
    return np.where(some, np.arange(1, len(offsets)), 0)


def items_of_lasting(values: Ints, offsets: Ints, held: Ints) -> tuple[Ints, Ints]:
    """What each item has, when the values of another event last on its own: all of them, each once.

    An event that keeps its own values keeps them item by item; where nothing lasts each item has one 0.

    Args:
        values: what items set themselves, 0 for none.
        offsets: which items an event has.
        held: the number, from 1, of the event whose values each one has; 0 for none.

    Shapes: values int64[items], offsets int64[events + 1], held int64[events] -> offsets int64[items + 1] of what each item
        has, values int64[offsets[-1]].
    Source: P1: the values of an event's items are one list.
    """
    event = np.repeat(np.arange(len(held)), np.diff(offsets))
    listed, begins, lengths = _lists(values, event, len(held))
    source = held[event] - 1
    own = source == event
    counts = np.where(own, 1, lengths[source])
    inner = np.append(0, np.cumsum(counts))
    item = np.repeat(np.arange(len(event)), counts)
    nth = np.arange(len(item)) - inner[item]
    return inner, np.where(own[item], values[item], listed[begins[source][item] + nth])


def _lists(values: Ints, event: Ints, events: int) -> tuple[Ints, Ints, Ints]:
    """The values that each event's items set, each once, in the order of items; where they begin, and how many there are.

    The last one, which is at -1 too, stands for no event: one 0.
    """
    at = np.flatnonzero(values)
    if len(at):
        distinct, codes = coded(values[at])
        at = at[first_per_code(event[at], codes, len(distinct))]
    lengths = np.append(np.bincount(event[at], minlength=events), 1)
    return np.append(values[at], 0), np.cumsum(lengths) - lengths, lengths
