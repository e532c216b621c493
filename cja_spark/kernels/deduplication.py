"""Metric deduplication over the events of a person (rule M4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cja_spark.kernels.counting import coded, first_per_code

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def repeated(carried: Bools, scope: Ints, ids: Ints | None, *, last: bool) -> Bools:
    """Events whose value of a metric does not count, because another one of their scope does.

    Args:
        carried: events that carry the metric.
        scope: the scope of each event, ascending.
        ids: what tells values apart, 0 for none: such an event is no repetition; None where a scope has one value.
        last: whether the last event counts, not the first.

    Shapes: carried bool[events], scope and ids int64[events] -> bool[events].
    Source: M4.
    """
    at = np.flatnonzero(carried if ids is None else carried & (ids != 0))
    found = np.zeros(len(carried), bool)
    if len(at) == 0:
        return found
    owners = scope[at]
    codes = np.zeros(len(at), np.int32) if ids is None else coded(ids[at])[1]
    if last:  # backwards, with scopes that ascend again
        at, owners, codes = at[::-1], owners[-1] - owners[::-1], np.ascontiguousarray(codes[::-1])
    counting = first_per_code(owners, codes, int(codes.max()) + 1)
    found[at] = True
    found[at[counting]] = False
    return found
