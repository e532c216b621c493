"""Persistence of values over the events of a person (rules P1-P3, P5)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.kernels.counting import coded, first_per_code

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def last_set(own: Ints, scope: Ints, t: Ints, since: int, until: Ints, *, original: bool) -> Ints:
    """The value that an event has: the last one set in its scope, or with `original` the first one.

    Args:
        own: values that events set themselves, 0 for none.
        scope: the scope of each event, ascending; nothing lasts from one to the next.
        t: ms.
        since: what was set before does not exist, ms.
        until: to which instant a value lasts that the event sets, inclusive, ms; with `most_recent` each set renews it,
            with `original` the next set after its end is the new original.
        original: whether the first value is kept.

    Shapes: own, scope, t, until int64[events] -> int64[events], 0 where nothing lasts.
    Source: P1, P3.
    """
    found = np.empty(len(own), np.int64)
    _last_set(own, scope, t, since, until, original, found)
    return found


@numba.njit(cache=True, nogil=True)
def _last_set(own, scope, t, since, until, original, found):
    value, end = 0, 0
    for i in range(len(own)):
        if i == 0 or scope[i] != scope[i - 1] or t[i] > end:
            value = 0
        if own[i] != 0 and t[i] >= since and (value == 0 or not original):
            value, end = own[i], until[i]
        found[i] = value


def bound(own: Ints, by: Ints, scope: Ints, t: Ints, since: int, until: Ints, *, original: bool) -> Ints:
    """The value that an event has, remembered per value of another dimension.

    An event that sets a value without the other dimension has it, and nothing is remembered; one that sets neither has
    none.

    Args:
        own: values that events set themselves, 0 for none.
        by: values of the other dimension, 0 for none.
        scope: as for `last_set`, and so are the others.
        t: ms.
        since: ms.
        until: ms, for each remembered value on its own.
        original: whether the first value is kept.

    Shapes: own, by, scope, t, until int64[events] -> int64[events].
    Source: P5.
    """
    found = np.zeros(len(own), np.int64)
    values, codes = coded(by)
    size = max(len(values), 1)
    state = np.zeros(size, np.int64), np.zeros(size, np.int64), np.full(size, -1, np.int64)
    _bound(own, by, codes, scope, t, since, until, original, *state, found)
    return found


@numba.njit(cache=True, nogil=True)
def _bound(own, by, codes, scope, t, since, until, original, value, end, where, found):
    for i in range(len(own)):
        if by[i] == 0:
            found[i] = own[i]
            continue
        b = codes[i]
        if where[b] != scope[i] or t[i] > end[b]:
            value[b] = 0
        if own[i] != 0 and t[i] >= since and (value[b] == 0 or not original):
            value[b], end[b], where[b] = own[i], until[i], scope[i]
        found[i] = value[b]


def scopes_per_value(by: Ints, event: Ints, person: Ints, ends: Bools) -> Ints:
    """The scope of each event, or item, where what is remembered per value of another dimension ends per value too.

    An event that ends something ends what is remembered of its own values; it is itself the last that has it.

    Args:
        by: values of the other dimension, 0 for none.
        event: the event of each of them, ascending.
        person: the person of each.
        ends: whether the event ends something.

    Shapes: by, event, person int64[n], ends bool[n] -> int64[n], ascending among equal values; for `bound`.
    Source: P3, P5: expiration per value.
    """
    found = person.copy()
    values, codes = coded(by)
    size = max(len(values), 1)
    _scopes_per_value(by, codes, event, ends, np.zeros(size, np.int64), np.full(size, -1, np.int64), np.zeros(size, np.bool_), found)
    return found


@numba.njit(cache=True, nogil=True)
def _scopes_per_value(by, codes, event, ends, count, last, ended, found):
    for i in range(len(by)):
        if by[i] == 0:
            continue
        b = codes[i]
        if event[i] != last[b]:
            count[b] += ended[b]
            last[b], ended[b] = event[i], ends[i]
        found[i] += count[b]


def known(own: Ints, scope: Ints, among: Bools, *, last: bool) -> Ints:
    """The first (or last) value set in a scope, for all its events, also those before it.

    Shapes: own, scope int64[events] (scope ascending), among bool[events]: events whose values count -> int64[events].
    Source: P2.
    """
    found = np.zeros(len(own), np.int64)
    if len(own):
        _known(own, scope, among, last, found)
    return found


@numba.njit(cache=True, nogil=True)
def _known(own, scope, among, last, found):
    begin = 0
    for end in range(1, len(own) + 1):
        if end < len(own) and scope[end] == scope[begin]:
            continue
        value = 0
        for i in range(begin, end):
            if own[i] != 0 and among[i] and (last or value == 0):
                value = own[i]
        found[begin:end] = value
        begin = end


def union(own: Ints, scope: Ints, t: Ints, since: int) -> tuple[Ints, Ints]:
    """All values set so far in an event's scope, each once, in the order in which they came; one 0 where there is none.

    Shapes: own, scope, t int64[events] -> offsets int64[events + 1], values int64[offsets[-1]].
    Source: P1.
    """
    at = np.flatnonzero((own != 0) & (t >= since))
    new = np.zeros(len(own), bool)
    if len(at):
        values, codes = coded(own[at])
        new[at[first_per_code(scope[at], codes, len(values))]] = True
    counted = np.cumsum(new)
    begins = np.append(True, scope[1:] != scope[:-1])[: len(own)]
    before = (counted - new)[begins][np.cumsum(begins) - 1]  # counted in earlier scopes
    return listed(own[new], before, counted, np.maximum(counted - before, 1))


def listed(values: Ints, first: Ints, end: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Lists that are runs of some values: of each event those from `first` to before `end`, and 0 where its list is longer.

    Shapes: values int64[n], first, end, sizes int64[events] -> offsets int64[events + 1], values int64[offsets[-1]].
    """
    offsets = np.append(0, np.cumsum(sizes))
    found = np.zeros(offsets[-1], np.int64)
    _listed(values, first, end, offsets, found)
    return offsets, found


@numba.njit(cache=True, nogil=True)
def _listed(values, first, end, offsets, found):
    for i in range(len(end)):
        for k in range(end[i] - first[i]):
            found[offsets[i] + k] = values[first[i] + k]
