"""Time to event in a task: journeys to cells (rule E)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded, sums_per_code, units_per_code
from cja_spark.kernels.sessions import run_starts
from cja_spark.kernels.time_to_event import cells_of_times, ends_of
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.fallout_cells import values_of_events
from cja_spark.reports.meets import meets

if TYPE_CHECKING:
    from cja_spark.reports.time_to_event import TimeToEvent

STARTED, OPEN, SUM_MS, TIMES, BUCKETS = range(5)  # measures
PEOPLE = 10  # from here on people behind: of those who started, reached, are censored, are open; then of each bucket
BY_VALUE = 100  # the same per value of the breakdown, from here on
KINDS = ("started", "reached", "censored", "open")


class _Waits(NamedTuple):
    """Units that started, each of one person, in the order of people.

    Attributes:
        at: position of the event that time is counted from, int64[n].
        took: how long it took, ms, -1 where nothing came, int64[n].
        open: whether the event may still come, bool[n].
        people: the person of each, int64[n] ascending.
    """

    at: Ints
    took: Ints
    open: Bools
    people: Ints

    def taken(self, some: Ints) -> _Waits:
        """Some of them, also more than once."""
        return _Waits(self.at[some], self.took[some], self.open[some], self.people[some])


def kernel(seen: Seen[TimeToEvent]) -> Cells:
    """Count units that start, how long each takes, and what is still open, in all and per value at the start.

    Source: E.
    """
    cells, report = Cells(), seen.ask.report
    waits = _waits(seen)
    if waits is None:
        return cells
    everything = np.zeros(len(waits.at), np.int64)
    _add(cells, seen, 0, waits, everything)
    _add_buckets(cells, seen, waits)
    if report.breakdown:
        rows, ids = values_of_events(seen, report.breakdown, waits.at)
        _add(cells, seen, BY_VALUE, waits.taken(rows), ids)
    return cells


def _waits(seen: Seen[TimeToEvent]) -> _Waits | None:
    """All units with a start in range, if there are any."""
    report, window = seen.ask.report, seen.ask.window
    kept = np.flatnonzero(seen.masked_tail(window.until))
    if len(kept) == 0:
        return None
    some = slice(None) if len(kept) == seen.journeys.events else kept  # of all events nothing is copied
    people, t = seen.journeys.person_of_event()[some], seen.journeys.t[some]
    offsets = np.append(run_starts(people if report.container == "person" else seen.sessions[some]), len(kept))
    starts, events = (meets(seen, step)[some] for step in (report.start, report.event))
    tail = report.tail_ms()
    begun, ended = ends_of(offsets, starts, events, seen.in_range[some], t, tail=tail, last=report.start_event == "last")
    units = np.flatnonzero(begun >= 0)
    if len(units) == 0:
        return None
    at, end = begun[units], ended[units]
    waiting = np.zeros(len(units), bool) if tail is None else (end < 0) & (t[at] + tail > window.complete)
    return _Waits(kept[at], np.where(end < 0, -1, t[end] - t[at]), waiting, np.asarray(people[at], np.int64))


def _add(cells: Cells, seen: Seen[TimeToEvent], first: int, waits: _Waits, ids: Ints) -> None:
    """Add the figures of each value: how many start, wait and how long the others take.

    Shapes: ids int64[n].
    """
    values, codes = coded(ids)
    size, came = len(values), waits.took >= 0
    cells.add(first + STARTED, np.bincount(codes, minlength=size), values)
    cells.add(first + OPEN, np.bincount(codes[waits.open], minlength=size), values)
    cells.add(first + SUM_MS, sums_per_code(codes[came], waits.took[came].astype(float), size), values)
    lengths = cells_of_times(waits.took[came]) + 1  # from 0
    keys, counts = np.unique(codes[came].astype(np.int64) * _CELLS + lengths, return_counts=True)
    cells.add(first + TIMES, counts, values[keys // _CELLS], keys % _CELLS - 1)
    if seen.ask.report.container == "session":
        for number, these in enumerate((np.ones(len(came), bool), came, ~came, waits.open)):
            cells.add(first + PEOPLE + number, units_per_code(codes[these], waits.people[these], size), values)


_CELLS = 1 << 20  # more than any length of time has


def _add_buckets(cells: Cells, seen: Seen[TimeToEvent], waits: _Waits) -> None:
    """Add how many take how long, in lengths that people can read."""
    came, edges = waits.took >= 0, seen.ask.report.ends()
    places = np.searchsorted(edges, waits.took[came]).astype(np.int32)
    size = len(edges) + 1
    cells.add(BUCKETS, np.bincount(places, minlength=size), np.arange(size))
    if seen.ask.report.container == "session":
        cells.add(PEOPLE + len(KINDS), units_per_code(places, waits.people[came], size), np.arange(size))
