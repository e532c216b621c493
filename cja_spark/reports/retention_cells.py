"""Retention in a task: who starts, who of them is back in which period, in all and per value at the start (rule C5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded, within_runs
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.fallout_cells import values_of_events
from cja_spark.reports.meets import meets

if TYPE_CHECKING:
    from cja_spark.reports.retention import Retention

STARTED, BACK, RESERVED = range(3)  # what cells count; BACK by period and return, of those back from then on by their last period
BY_VALUE = 10  # the same per value at the start, from here on


class _Values(NamedTuple):
    """The values at the starts of some people; of several values each counts.

    Attributes:
        people: the person of each, int64[n] ascending.
        codes: which value it is, int64[n].
        ids: the values, int64[values].
    """

    people: Ints
    codes: Ints
    ids: Ints


def kernel(seen: Seen[Retention]) -> Cells:
    """Count who starts, who of them is back per return and period, and who starts too late.

    Source: C5.
    """
    cells = Cells()
    report, mask = seen.ask.report, seen.masked()
    people, t = seen.journeys.person_of_event(), seen.journeys.t
    starts = np.flatnonzero(mask & meets(seen, report.start))
    if len(starts) == 0:
        return cells
    starts = starts[run_starts(people[starts])]
    in_time = t[starts] + (report.buckets + 1) * report.size_ms() <= seen.ask.window.end
    cells.add(STARTED, float(np.count_nonzero(in_time)))
    cells.add(RESERVED, float(np.count_nonzero(~in_time)))
    starts = starts[in_time]
    first = np.full(seen.journeys.persons, seen.journeys.events, np.int64)  # nothing is later than the last event
    first[people[starts]] = starts
    values = _values(seen, report.breakdown, starts) if report.breakdown else None
    if values:
        cells.add(BY_VALUE + STARTED, np.bincount(values.codes, minlength=len(values.ids)), values.ids)
    for number, step in enumerate(report.returning()):
        back, periods = _back(seen, first, mask & meets(seen, step))
        cells.add(BACK, np.bincount(periods, minlength=report.buckets + 1), np.arange(report.buckets + 1), number)
        if values:
            _add_values(cells, values, back, periods, number, report.buckets + 1)
    return cells


def _values(seen: Seen[Retention], dimension: str, starts: Ints) -> _Values:
    rows, found = values_of_events(seen, dimension, starts)
    ids, codes = coded(found)
    return _Values(np.asarray(seen.journeys.person_of_event()[starts][rows], np.int64), np.asarray(codes, np.int64), ids)


def _back(seen: Seen[Retention], first: Ints, returns: Bools) -> tuple[Ints, Ints]:
    """Who is back and when: once per period, or in the last one alone where all before it count.

    Shapes: first int64[persons] (position of the start, the number of events for nobody who counts), returns bool[events]
        -> int64[n], persons ascending, and int64[n], periods.
    """
    report, t = seen.ask.report, seen.journeys.t
    at = np.flatnonzero(returns)
    people = seen.journeys.person_of_event()[at]
    later = at > first[people]
    at, people = at[later], people[later]
    periods, size = (t[at] - t[first[people]]) // report.size_ms(), report.buckets + 1
    if report.mode == "on_or_after":  # a person's last return is later than all others
        ends = np.append(run_starts(people)[1:], len(people))[: len(people)] - 1
        return people[ends], np.minimum(periods[ends], report.buckets)
    on = periods < size
    people, periods = people[on].astype(np.int64), periods[on]
    once = run_starts(people * size + periods)  # a person's returns ascend in time
    return people[once], periods[once]


def _add_values(cells: Cells, values: _Values, back: Ints, periods: Ints, number: int, size: int) -> None:
    """Add how many of each value are back by a return.

    Shapes: back int64[n], persons ascending, each with a value, periods int64[n].
    """
    low, high = (np.searchsorted(values.people, back, side) for side in ("left", "right"))
    many = high - low
    codes = values.codes[np.repeat(low, many) + within_runs(many)]
    keys, counts = np.unique(codes * size + np.repeat(periods, many), return_counts=True)
    cells.add(BY_VALUE + BACK, counts, values.ids[keys // size], keys % size, number)
