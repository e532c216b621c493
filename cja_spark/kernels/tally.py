"""A tally: a hash table of how often each key is there, and of how many distinct people and sessions, counted in their order."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Ints

EMPTY = -1
FIGURES = 3  # times, people, sessions; behind them stand the last person and the last session
ROOM = 1 << 12  # places at first

Figures = npt.NDArray[np.int32]


def figures_of(places: int) -> Figures:
    """Figures of nothing yet.

    Shapes: -> int32[places, 5].
    """
    figures: Figures = _figures_of(places)
    return figures


def tallied(keys: Ints, figures: Figures) -> tuple[Ints, npt.NDArray[np.int64]]:
    """The keys that are there, with their figures.

    Shapes: keys int64[places], figures int32[places, 5] -> int64[n], int64[n, 3].
    """
    some = np.flatnonzero(keys != EMPTY)
    return keys[some], figures[some, :FIGURES].astype(np.int64)


@numba.njit(cache=True, nogil=True)
def _figures_of(places):
    figures = np.zeros((places, FIGURES + 2), np.int32)
    figures[:, FIGURES:] = -1
    return figures


@numba.njit(cache=True, nogil=True)
def _place(keys, key):
    """Where a key stands, or the empty place where it will: keys are not negative, the number of places is a power of two."""
    mixed = (key & 0x7FFFFFFF) * 1640531527 + (key >> 31) * 1013904223  # each below 2^62
    at = (mixed ^ (mixed >> 21)) & (len(keys) - 1)
    while keys[at] != key and keys[at] != EMPTY:
        at = (at + 1) & (len(keys) - 1)
    return at


@numba.njit(cache=True, nogil=True)
def _with_room(keys, figures, wanted):
    """The same tally with at least twice as many places as are wanted."""
    places = len(keys)
    while places < 2 * wanted:
        places *= 2
    larger, theirs = np.full(places, EMPTY, np.int64), _figures_of(places)
    for at in range(len(keys)):
        if keys[at] != EMPTY:
            place = _place(larger, keys[at])
            larger[place] = keys[at]
            theirs[place] = figures[at]
    return larger, theirs


@numba.njit(cache=True, nogil=True)
def _count(keys, figures, key, person, session):
    """Count a key once; whether it is new."""
    at = _place(keys, key)
    new = keys[at] == EMPTY
    keys[at] = key
    _add_one(figures, at, person, session)
    return new


@numba.njit(cache=True, nogil=True)
def _add_one(figures, at, person, session):
    figures[at, 0] += 1
    if figures[at, 3] != person:
        figures[at, 3] = person
        figures[at, 1] += 1
    if figures[at, 4] != session:
        figures[at, 4] = session
        figures[at, 2] += 1
