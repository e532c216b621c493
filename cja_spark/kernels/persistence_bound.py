"""Persistence of several or of scopes' known values, per value of another dimension (rules P1, P2 under P5)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cja_spark.kernels.counting import coded
from cja_spark.kernels.persistence import known, listed, union

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def known_bound(own: Ints, by: Ints, scope: Ints, among: Bools, *, last: bool) -> Ints:
    """The first (or last) value that a scope sets with an event's value of another dimension; without one its own.

    Args:
        own: values that events, or items, set themselves, 0 for none.
        by: values of the other dimension, 0 for none.
        scope: the scope of each, ascending.
        among: whose values count.
        last: whether the last one is asked for.

    Shapes: own, by, scope int64[n], among bool[n] -> int64[n].
    Source: P2, P5.
    """
    order, part = _parts(by, scope)
    found = own.copy()
    found[order] = known(own[order], part, among[order], last=last)
    return found


def union_bound(own: Ints, by: Ints, scope: Ints, t: Ints, since: int) -> tuple[Ints, Ints]:
    """All values that a scope has set so far with an event's value of another dimension; without one its own value.

    Args:
        own: values that events set themselves, 0 for none.
        by: values of the other dimension, 0 for none.
        scope: the scope of each event, ascending.
        t: ms.
        since: what was set before does not exist, ms.

    Shapes: own, by, scope, t int64[events] -> offsets int64[events + 1], values int64[offsets[-1]]; one 0 where there is none.
    Source: P1, P5.
    """
    order, part = _parts(by, scope)
    offsets, values = union(own[order], part, t[order], since)
    rest = np.flatnonzero(by == 0)
    pool = np.append(values, own[rest])
    first, end = np.zeros((2, len(own)), np.int64)
    first[order], end[order] = offsets[:-1], offsets[1:]
    first[rest] = len(values) + np.arange(len(rest))
    end[rest] = first[rest] + 1
    return listed(pool, first, end, end - first)


def _parts(by: Ints, scope: Ints) -> tuple[Ints, Ints]:
    """What has a value of the other dimension, by scope and then by that value; and a number for each such pair, ascending."""
    some = np.flatnonzero(by != 0)
    values, codes = coded(by[some])
    part = scope[some] * max(len(values), 1) + codes
    order = np.argsort(part, kind="stable")
    return some[order], part[order]
