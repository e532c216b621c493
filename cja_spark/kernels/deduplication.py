"""Metric deduplication over the events of a person (rule M4)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.kernels.counting import coded, first_per_code

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def repeated(carried: Bools, scope: Ints, ids: Ints | None, *, last: bool, t: Ints | None = None, within: int = 0) -> Bools:
    """Events whose value of a metric does not count, because another one of their scope does.

    Args:
        carried: events that carry the metric.
        scope: the scope of each event, ascending.
        ids: what tells values apart, 0 for none: such an event is no repetition; None where a scope has one value.
        last: whether the last event counts, not the first.
        t: ms, where one that lies further than `within` from the last that counts does so too.
        within: ms.

    Shapes: carried bool[events], scope, ids and t int64[events] -> bool[events].
    Source: M4. Decision: of a span, docs/decisions/optimizer.md.
    """
    at = np.flatnonzero(carried if ids is None else carried & (ids != 0))
    found = np.zeros(len(carried), bool)
    if len(at) == 0:
        return found
    owners = scope[at]
    codes = np.zeros(len(at), np.int32) if ids is None else coded(ids[at])[1]
    if last:  # backwards, with scopes that ascend again
        at, owners, codes = at[::-1], owners[-1] - owners[::-1], np.ascontiguousarray(codes[::-1])
    if t is None:
        counting = first_per_code(owners, codes, int(codes.max()) + 1)
    else:
        counting = _first_per_span(owners, codes, -t[at] if last else t[at], within)
    found[at] = True
    found[at[counting]] = False
    return found


def _first_per_span(owners: Ints, codes: npt.NDArray[np.int32], t: Ints, within: int) -> Ints:
    """Events that count: of one owner and code the first, and each that lies further than a span from the one counted before it."""
    order = np.lexsort((codes, owners))  # stable: in the order of time within both
    counts = np.empty(len(order), np.bool_)
    _count_spans(owners[order], codes[order], t[order], within, counts)
    return order[counts]


@numba.njit(cache=True, nogil=True)
def _count_spans(owners, codes, t, within, counts):
    counted = t[0]
    for i in range(len(owners)):
        new = i == 0 or owners[i] != owners[i - 1] or codes[i] != codes[i - 1]
        counts[i] = new or t[i] - counted > within
        if counts[i]:
            counted = t[i]
