"""Touches of conversions in their own times: rows of values beside days, hours, minutes (A7).

A value's credit in one bucket of time is that of the conversions in it. So the touches of a person stand once per bucket that
the person converts in, as if each bucket were a person of its own; those between the ends of a bucket's conversions once per
value (`touch_groups`). What a conversion gives is known before, of all of its touches. So the work is that of the touches
and of the rows that there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.attribution import Touches
from cja_spark.kernels.counting import coded
from cja_spark.kernels.touch_groups import Groups, Values, most_standing, standing, standing_sizes
from cja_spark.kernels.touch_shares import Shares
from cja_spark.reports.table_rows import combined
from cja_spark.reports.touched import Way, half_life_of, some_shares
from cja_spark.view.attribution import Attribution

MOST_TOUCHES = 2_000_000  # that stand side by side at once


def by_time(
    way: Way, how: Attribution, shares: Shares, units: Ints, times: Sequence[Ints], places: Sequence[int]
) -> Iterator[tuple[Way, Shares]]:
    """The same touches, once per person and bucket of time that conversions of the person lie in, some persons at a time.

    Args:
        way: the touches of the conversions.
        how: the attribution.
        shares: what each conversion gives.
        units: the person of each conversion, ascending; a touch came before each.
        times: per dimension of time the bucket of each conversion.
        places: where these dimensions stand among all.

    Shapes: units and times int64[conversions].
    """
    if len(units) == 0:
        return
    buckets, numbers = combined(tuple(times))
    order = np.lexsort((numbers, units))  # stable: conversions of one bucket keep their order
    bucket = numbers[order].astype(np.int64)
    begins = np.flatnonzero(np.append(True, (np.diff(units[order]) != 0) | (np.diff(bucket) != 0)))
    ends = np.append(begins[1:], len(order))
    oldest, newest = order[begins], order[ends - 1]  # both ends of windows ascend with the conversions
    groups = Groups(way.first[oldest], way.first[newest], way.last[oldest], way.last[newest])
    starts = np.append(0, np.cumsum(np.bincount(way.touch, minlength=len(way.touches.at))))
    values = Values(starts, way.codes, way.touches.t, len(way.ids[0]))
    most = most_standing(groups, values)
    if most[0].sum() > MOST_TOUCHES:
        most = standing_sizes(groups, values)
    for some in _chunks(most[0]):
        own = order[begins[some.start] : ends[some.stop - 1]]
        group = np.repeat(np.arange(some.stop - some.start), (ends - begins)[some])
        these = Groups(*(part[some] for part in groups))
        one, sizes = _standing(way, how, these, values, (most[0][some], most[1][some]))
        first, last = _ends(way, own, group, these, sizes)
        yield _with_times(replace(one, first=first, last=last), bucket[begins[some]], buckets, places), some_shares(shares, own)


def _chunks(sizes: Ints) -> Iterator[slice]:
    """Groups in a row that hold so many touches together, or one alone that holds more."""
    begin = 0
    while begin < len(sizes):
        within = int(np.searchsorted(np.cumsum(sizes[begin:]), MOST_TOUCHES, side="right"))
        yield slice(begin, begin := begin + max(within, 1))


def _standing(way: Way, how: Attribution, groups: Groups, values: Values, most: tuple[Ints, Ints]) -> tuple[Way, Ints]:
    """The touches of groups, each group a unit of its own, and how many each has; conversions are those of the way still."""
    found, sizes = standing(groups, values, most, half_life_of(how) if how.model == "time_decay" else np.inf)
    unit = np.repeat(np.arange(len(groups.low)), sizes)
    touches = Touches(way.touches.at[found.at], way.touches.t[found.at], unit, way.touches.session[found.at])
    return Way(touches, way.ids, found.codes, found.touch, way.first, way.last, weight=found.weight), sizes


def _ends(way: Way, own: Ints, group: Ints, groups: Groups, sizes: Ints) -> tuple[Ints, Ints]:
    """The first and the last of the standing touches of each conversion: from the ends of its group, where all stand."""
    past = np.cumsum(sizes)
    return way.first[own] + (past - sizes - groups.low)[group], way.last[own] + (past - 1 - groups.high)[group]


def _with_times(way: Way, bucket: Ints, buckets: Sequence[Ints], places: Sequence[int]) -> Way:
    """The same touches, each value with its group's bucket beside it.

    Shapes: bucket int64[groups], numbers of buckets.
    """
    count = len(buckets[0])
    pairs, codes = coded(way.codes * np.int64(count) + bucket[way.touches.unit[way.touch]])
    keys = [key[pairs // count] for key in way.ids]
    for place, key in zip(places, buckets, strict=True):
        keys.insert(place, key[pairs % count])
    return replace(way, ids=keys, codes=codes)
