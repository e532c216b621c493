"""Timeline: which persons are a sample, and the place of each of their events in the life that is shown."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints

Order = npt.NDArray[np.uint64]
_STEP = 0x9E3779B97F4A7C15
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class Lived(NamedTuple):
    """Events of some persons.

    Attributes:
        at: int64[n], positions of the events, ascending.
        whose: int64[n], which of the persons each is of, from 0.
        numbers: int64[n], which of the person's events it is, from 1.
        sessions: int64[n], in which of the person's sessions it lies, from 1.
    """

    at: Ints
    whose: Ints
    numbers: Ints
    sessions: Ints


def sample_order(keys: Ints, sample: int) -> Order:
    """Shuffle persons: those with the least numbers are a sample, and each sample has others.

    Shapes: keys int64[persons] -> uint64[persons]; different keys have different numbers.
    Source: Decision: keys are hashes already; moved by the sample's number and mixed as splitmix64 ends, every bit of them and of it
        changes about half of the bits.
    """
    mixed = keys.view(np.uint64) + np.uint64(_STEP * (sample + 1) % (1 << 64))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    shuffled: Order = mixed ^ (mixed >> np.uint64(31))
    return shuffled


def first_of(order: Order, some: Bools, most: int) -> Ints:
    """Those of some persons that come first, `most` of them.

    Shapes: order uint64[persons], some bool[persons] -> int64[at most `most`], ascending places of persons; O(persons).
    """
    at = np.flatnonzero(some)
    if len(at) > most:
        at = at[np.argpartition(order[at], most - 1)[:most]]
    return np.sort(at)


def events_of_each(kept: Bools, offsets: Ints) -> Ints:
    """How many kept events each person has.

    Shapes: kept bool[events], offsets int64[persons + 1] -> int64[persons].
    """
    counted = np.append(0, np.cumsum(kept))
    each: Ints = counted[offsets[1:]] - counted[offsets[:-1]]
    return each


def lived(kept: Bools, sessions: Ints, offsets: Ints, persons: Ints) -> Lived:
    """Number the kept events of some persons, and their sessions that have one.

    Shapes: kept bool[events], sessions int64[events] ascending, offsets int64[persons + 1], persons int64[some] ascending -> Lived.
    Source: Decision: numbers are of what segments keep, so that no setting that only reads further back changes them.
    """
    size = int(events_of_each(kept, offsets)[persons].sum())
    found = Lived(*(np.empty(size, np.int64) for _ in Lived._fields))
    _number(kept, sessions, offsets, persons, found.at, found.whose, found.numbers, found.sessions)
    return found


@numba.njit(cache=True, nogil=True)
def _number(kept, sessions, offsets, persons, at, whose, numbers, numbers_of_sessions):
    found = 0
    for place in range(len(persons)):
        number, session, current = 0, 0, -1
        for event in range(offsets[persons[place]], offsets[persons[place] + 1]):
            if kept[event]:
                number += 1
                if sessions[event] != current:
                    session += 1
                    current = sessions[event]
                at[found], whose[found], numbers[found], numbers_of_sessions[found] = event, place, number, session
                found += 1


def shown(numbers: Ints, whose: Ints, counts: Ints, most: int, *, last: bool) -> Bools:
    """The first `most` events of each person, or the last ones.

    Shapes: numbers int64[n] (from 1), whose int64[n], counts int64[persons] -> bool[n].
    """
    return np.asarray(numbers > counts[whose] - most if last else numbers <= most, bool)


def places_within(owners: Ints) -> Ints:
    """The place of each value among those of its owner, from 0.

    Shapes: owners int64[n], equal ones side by side -> int64[n].
    """
    if len(owners) == 0:
        return owners
    first = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
    return np.arange(len(owners)) - np.repeat(first, np.diff(np.append(first, len(owners))))
