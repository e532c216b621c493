"""Touches of conversions in their own times: rows of values beside days, hours, months (A7).

A value's credit in one bucket of time is that of the conversions in it. So the touches of a person stand once per bucket that
the person converts in, as if each bucket were a person of its own: the kernels stay what they are, and the work is that of
each model times the buckets of a person's conversions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.attribution import Touches
from cja_spark.reports.table_rows import combined
from cja_spark.reports.touched import Way, some_touches

MOST_TOUCHES = 2_000_000  # that stand side by side at once


def by_time(way: Way, amounts: Floats, units: Ints, times: Sequence[Ints], places: Sequence[int]) -> Iterator[tuple[Way, Floats]]:
    """The same touches, once per person and bucket of time that conversions of the person lie in, some persons at a time.

    Args:
        way: the touches of the conversions.
        amounts: of conversions.
        units: the person of each conversion, ascending.
        times: per dimension of time the bucket of each conversion.
        places: where these dimensions stand among all.

    Shapes: amounts float64[conversions], units and times int64[conversions].
    """
    touched = np.flatnonzero(way.touched)
    if len(touched) == 0:
        return
    buckets, numbers = combined(tuple(key[touched] for key in times))
    order = np.lexsort((numbers, units[touched]))  # stable: conversions of one bucket keep their order
    touched, bucket = touched[order], numbers[order].astype(np.int64)
    begins = np.flatnonzero(np.append(True, (np.diff(units[touched]) != 0) | (np.diff(bucket) != 0)))
    ends = np.append(begins[1:], len(touched))
    low, high = way.first[touched][begins], way.last[touched][ends - 1]  # both ends ascend with the conversions
    sizes = high - low + 1
    for some in _chunks(sizes):
        own = touched[begins[some.start] : ends[some.stop - 1]]
        group = np.repeat(np.arange(some.stop - some.start), (ends - begins)[some])
        yield _copied(way, own, group, low[some], sizes[some], bucket[begins[some]], buckets, places), amounts[own]


def _chunks(sizes: Ints) -> Iterator[slice]:
    """Groups in a row that hold so many touches together, or one alone that holds more."""
    begin = 0
    while begin < len(sizes):
        within = int(np.searchsorted(np.cumsum(sizes[begin:]), MOST_TOUCHES, side="right"))
        yield slice(begin, begin := begin + max(within, 1))


def _copied(
    way: Way, own: Ints, group: Ints, low: Ints, sizes: Ints, bucket: Ints, buckets: Sequence[Ints], places: Sequence[int]
) -> Way:
    """The touches of each group in a row of their own, each value with its group's bucket beside it."""
    base = np.cumsum(sizes) - sizes
    of_group = np.repeat(np.arange(len(sizes)), sizes)
    at = np.arange(len(of_group)) - base[of_group] + low[of_group]
    touches = Touches(way.touches.at[at], way.touches.t[at], of_group, way.touches.session[at])
    starts = np.searchsorted(way.touch, np.arange(len(way.touches.at) + 1))
    counts = np.diff(starts)[at]
    touch = np.repeat(np.arange(len(at)), counts)
    value = np.arange(len(touch)) - np.repeat(np.cumsum(counts) - counts, counts) + starts[at][touch]
    beside = bucket[of_group[touch]]
    keys = [key[way.codes[value]] for key in way.ids]
    for place, key in zip(places, buckets, strict=True):
        keys.insert(place, key[beside])
    ids, codes = combined(tuple(keys))
    shift = (base - low)[group]
    began = way.began and some_touches(way.began, own)
    return Way(touches, ids, codes, touch, way.first[own] + shift, way.last[own] + shift, began)
