"""Timeline in a task: journeys to cells of the persons that may be shown, at most as many as a report shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.journeys.hashing import person_key
from cja_spark.kernels.timeline import (
    Lived,
    events_of_each,
    first_of,
    lived,
    places_within,
    sample_order,
    shown,
)
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.measures import IN_MS

if TYPE_CHECKING:
    from cja_spark.reports.timeline import Timeline

PEOPLE, SESSIONS, EVENTS, AMOUNTS = 0, 1, 2, 10  # of all events; amounts are time spent, then each metric
OF_PERSON = 100  # measures of a person: the same, but PEOPLE
SESSION, TIME, OF_EVENT = 200, 201, 210  # of an event: the number of its session, when it was, its amounts
VALUES, MORE = 300, 400  # the values that an event has of each dimension, and how many more than are shown
MOST_VALUES = 20


def kernel(seen: Seen[Timeline]) -> Cells:
    """Add up all that segments keep, and tell the events of the persons that come first in the sample, or are named.

    No batch tells more persons than the report shows, so what leaves a task is bounded; which of them are shown is known when all have come.

    Source: CJA, guided analysis, timeline; S5, T1.
    """
    cells, mask = Cells(), seen.masked()
    if not mask.any():
        return cells
    amounts = _amounts(seen)
    counts = events_of_each(mask, seen.journeys.offsets)
    cells.add(PEOPLE, float(np.count_nonzero(counts)))
    cells.add(SESSIONS, float(_heads(np.asarray(seen.sessions, np.int64)[mask])))
    cells.add(EVENTS, float(counts.sum()))
    for number, own in enumerate(amounts):
        cells.add(AMOUNTS + number, float(np.nansum(own[mask])))
    chosen = _chosen(seen.ask.report, _keys(seen), counts)
    if len(chosen):
        _add_persons(cells, seen, lived(mask, seen.sessions, seen.journeys.offsets, chosen), chosen, amounts)
    return cells


def _amounts(seen: Seen[Timeline]) -> list[Floats]:
    """Time spent, ms, and the metrics of each event: float64[events] each, NaN where an event has none."""
    return [seen.amounts(name) for name in (IN_MS, *seen.ask.report.metrics)]


def _keys(seen: Seen[Timeline]) -> Ints:
    keys = seen.journeys.person_ids
    assert keys is not None, "a batch of a report knows its persons' keys"
    return np.asarray(keys, np.int64)


def _heads(units: Ints) -> int:
    """How many units there are: int64[n] ascending, some."""
    return 1 + int(np.count_nonzero(units[1:] != units[:-1]))


def _chosen(report: Timeline, keys: Ints, counts: Ints) -> Ints:
    """Places of the persons of a batch that may be shown, ascending."""
    if report.persons:
        return np.flatnonzero(np.isin(keys, [person_key(one) for one in report.persons]) & (counts > 0))
    return first_of(sample_order(keys, report.sample), counts > 0, report.people)


def _add_persons(cells: Cells, seen: Seen[Timeline], own: Lived, chosen: Ints, amounts: list[Floats]) -> None:
    """Add the sums of each person, and the events that are shown of it."""
    report, keys, size = seen.ask.report, _keys(seen)[chosen], len(chosen)
    counts = np.bincount(own.whose, minlength=size)
    sessions = np.zeros(size, np.int64)
    sessions[own.whose] = own.sessions  # the last one's number
    cells.add(OF_PERSON + SESSIONS, sessions, keys)
    cells.add(OF_PERSON + EVENTS, counts, keys)
    for number, amount in enumerate(amounts):
        cells.add(OF_PERSON + AMOUNTS + number, np.bincount(own.whose, np.nan_to_num(amount[own.at]), size), keys)
    some = shown(own.numbers, own.whose, counts, report.most_events, last=report.keep == "last")
    _add_events(cells, seen, Lived(*(column[some] for column in own)), keys, amounts)


def _add_events(cells: Cells, seen: Seen[Timeline], own: Lived, keys: Ints, amounts: list[Floats]) -> None:
    whose = keys[own.whose]
    cells.add(SESSION, own.sessions, whose, own.numbers)
    cells.add(TIME, seen.journeys.t[own.at], whose, own.numbers)
    for number, amount in enumerate(amounts):
        there = amount[own.at]
        known = ~np.isnan(there)
        cells.add(OF_EVENT + number, there[known], whose[known], own.numbers[known])
    for number, name in enumerate(seen.ask.report.dimensions):
        places, values = _values(seen, name, own.at)
        order = places_within(places)
        few = order < MOST_VALUES
        cells.add(VALUES + number, np.ones(int(few.sum())), whose[places[few]], own.numbers[places[few]], order[few], values[few])
        rest = places[~few]
        cells.add(MORE + number, np.ones(len(rest)), whose[rest], own.numbers[rest])


def _values(seen: Seen[Timeline], name: str, at: Ints) -> tuple[Ints, Ints]:
    """The set values of some events: which of them each is of, from 0, and its id.

    Shapes: at int64[n] ascending -> int64[values] ascending, int64[values].
    """
    if not seen.journeys.is_list(f"d_{name}"):
        ids = seen.journeys.ids(name)[at]
        return np.flatnonzero(ids), ids[ids != 0]
    some: Bools = np.zeros(seen.journeys.events, bool)
    some[at] = True
    items = seen.journeys.items(name).kept(some)
    places = np.repeat(np.arange(len(at)), np.diff(items.offsets))
    return places[items.values != 0], items.values[items.values != 0]
