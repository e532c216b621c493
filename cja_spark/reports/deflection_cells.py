"""Call deflection in a task: journeys to cells (rule K)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints, Items
from cja_spark.kernels.counting import coded, first_per_code, units_per_code
from cja_spark.kernels.deflection import (
    AFTER_CALL,
    CALLED,
    DEFLECTED,
    OPEN,
    classes,
    next_of_code,
    opens_trial,
    within_after,
    within_before,
)
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.meets import meets, meets_anywhere
from cja_spark.reports.table_rows import Codes

if TYPE_CHECKING:
    from cja_spark.reports.deflection import Deflection

CLASSES = ("after_call_trials", "open_trials", "called_trials", "deflected_trials")
EVENTS, PEOPLE = len(CLASSES), len(CLASSES) + 1  # measures after those of the classes
PEOPLE_OF = PEOPLE + 1  # from here on how many people the trials of each class are of, and the closed ones
OF_CLASSES = ((AFTER_CALL,), (OPEN,), (CALLED,), (DEFLECTED,), (CALLED, DEFLECTED))
TOTAL, CONTROL, NO_TOPIC, COST = 100, 200, 300, 400  # measures from here on


class Told(NamedTuple):
    """Events with one topic each; an event of several topics stands there as often.

    Attributes:
        at: positions of the events, int64[n] ascending.
        codes: number of the topic, int32[n].
    """

    at: Ints
    codes: Codes

    def only(self, some: Bools) -> Told:
        """Some of them."""
        return Told(self.at[some], self.codes[some])


def kernel(seen: Seen[Deflection]) -> Cells:
    """Count the trials of each class per topic, their people, the control's trials, and what calls cost.

    Source: K.
    """
    cells, report = Cells(), seen.ask.report
    masked = seen.masked()
    calls = meets_anywhere(seen, report.call)
    _add_costs(cells, seen, calls)
    if not masked.any():
        return cells
    served = masked & meets(seen, report.self_service)
    at, topics = _topics(seen, served)
    ids, codes = coded(topics)
    told = Told(at, codes)
    same = _calls_of_topics(seen, calls, ids) if report.match == "same_topic" else None
    _add_topics(cells, seen, told, ids, np.flatnonzero(calls), same)
    _add_without(cells, seen, served, told)
    if control := report.control():
        alone = _alone(seen, masked & meets(seen, control))
        _add_control(cells, seen, alone, calls)
    return cells


def _topics(seen: Seen[Deflection], events: Bools) -> tuple[Ints, Ints]:
    """The distinct topics of some events, as a table would show them.

    Shapes: events bool[events] -> int64[n] positions ascending, int64[n] value ids, none 0.
    """
    name = seen.ask.report.topic
    if not seen.journeys.is_list(f"d_{name}"):
        at = np.flatnonzero(events)
        ids = seen.journeys.ids(name)[at]
        return at[ids != 0], ids[ids != 0]
    items: Items = seen.journeys.items(name).kept(events)
    at = np.repeat(np.flatnonzero(events), np.diff(items.offsets))
    at, ids = at[items.values != 0], items.values[items.values != 0]
    values, codes = coded(ids)
    once = first_per_code(at, codes, len(values))
    return at[once], ids[once]


def _calls_of_topics(seen: Seen[Deflection], calls: Bools, ids: Ints) -> Told:
    """Calls with each topic that they are about, of some topics."""
    at, topics = _topics(seen, calls)
    order = np.argsort(ids)
    place = np.searchsorted(ids, topics, sorter=order)
    if len(ids) == 0:
        return Told(at[:0], _one_topic(0))
    codes = order[np.minimum(place, len(ids) - 1)].astype(np.int32)
    known = ids[codes] == topics
    return Told(at[known], codes[known])


def _one_topic(size: int) -> Codes:
    """Codes where topics do not matter."""
    return np.zeros(size, np.int32)


def _classes(seen: Seen[Deflection], trials: Told, calls: Ints, same: Told | None, size: int) -> Ints:
    """The class of each trial; `same` are the calls of each topic where only these count.

    Shapes: calls int64[calls] positions ascending -> int64[trials].
    """
    report, people, t = seen.ask.report, seen.journeys.person_of_event(), seen.journeys.t
    if same is None:
        later = next_of_code(trials.at, _one_topic(len(trials.at)), calls, _one_topic(len(calls)), 1)
    else:
        later = next_of_code(trials.at, trials.codes, same.at, same.codes, size)
    return classes(
        within_before(trials.at, calls, people, t, report.pre_call_ms()),
        np.asarray(t[trials.at] + report.window_ms() > seen.ask.window.complete, bool),
        within_after(trials.at, later, people, t, report.window_ms()),
    )


def _trials(seen: Seen[Deflection], told: Told, size: int) -> Told:
    people, t = np.asarray(seen.journeys.person_of_event(), np.int64)[told.at], seen.journeys.t[told.at]
    return told.only(opens_trial(people, t, told.codes, size, seen.ask.report.window_ms()))


def _add_topics(cells: Cells, seen: Seen[Deflection], told: Told, ids: Ints, calls: Ints, same: Told | None) -> None:
    """Add the figures of each topic, and of all trials."""
    size = len(ids)
    trials = _trials(seen, told, size)
    found = _classes(seen, trials, calls, same, size)
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[trials.at]
    for number in range(len(CLASSES)):
        cells.add(number, np.bincount(trials.codes[found == number], minlength=size), ids)
    for number, some in enumerate(OF_CLASSES):
        mine = np.isin(found, some)
        cells.add(PEOPLE_OF + number, units_per_code(trials.codes[mine], people[mine], size), ids)
    cells.add(EVENTS, np.bincount(told.codes, minlength=size), ids)
    cells.add(PEOPLE, units_per_code(trials.codes, people, size), ids)
    cells.add(TOTAL + EVENTS, float(_runs(told.at)))
    _add_all(cells, TOTAL, found, people)


def _add_all(cells: Cells, first: int, found: Ints, people: Ints) -> None:
    """Add the figures of all trials.

    Shapes: found int64[trials] (classes), people int64[trials] ascending.
    """
    for number in range(len(CLASSES)):
        cells.add(first + number, float(np.count_nonzero(found == number)))
    for number, some in enumerate(OF_CLASSES):
        cells.add(first + PEOPLE_OF + number, float(_runs(people[np.isin(found, some)])))
    cells.add(first + PEOPLE, float(_runs(people)))


def _add_without(cells: Cells, seen: Seen[Deflection], served: Bools, told: Told) -> None:
    """Add the events of self-service without a topic."""
    without = served.copy()
    without[told.at] = False
    at = np.flatnonzero(without)
    cells.add(NO_TOPIC + EVENTS, float(len(at)))
    cells.add(NO_TOPIC + PEOPLE, float(_runs(np.asarray(seen.journeys.person_of_event(), np.int64)[at])))


def _alone(seen: Seen[Deflection], events: Bools) -> Bools:
    """Those of some events with no self-service of the person within the window around them, whatever segments hide.

    Shapes: events bool[events] -> bool[events].
    """
    people, t, span = seen.journeys.person_of_event(), seen.journeys.t, seen.ask.report.window_ms()
    helped = meets_anywhere(seen, seen.ask.report.self_service)
    at, others = np.flatnonzero(events & ~helped), np.flatnonzero(helped)
    later = next_of_code(at, _one_topic(len(at)), others, _one_topic(len(others)), 1)
    near = within_before(at, others, people, t, span) | within_after(at, later, people, t, span)
    alone = np.zeros(len(events), bool)
    alone[at[~near]] = True
    return alone


def _add_control(cells: Cells, seen: Seen[Deflection], alone: Bools, calls: Bools) -> None:
    """Add the control's trials: of a person, or of a person and a topic where only calls of the same topic count."""
    ids, told, same = np.zeros(1, np.int64), Told(np.flatnonzero(alone), _one_topic(int(alone.sum()))), None
    if seen.ask.report.match == "same_topic":
        at, topics = _topics(seen, alone)
        ids, codes = coded(topics)
        told, same = Told(at, codes), _calls_of_topics(seen, calls, ids)
    trials = _trials(seen, told, len(ids))
    found = _classes(seen, trials, np.flatnonzero(calls), same, len(ids))
    _add_all(cells, CONTROL, found, np.asarray(seen.journeys.person_of_event(), np.int64)[trials.at])


def _add_costs(cells: Cells, seen: Seen[Deflection], calls: Bools) -> None:
    """Add what the calls of the range cost, how many say so, and of how many people these are."""
    if not (metric := seen.ask.report.cost_metric()):
        return
    costs: Floats = seen.amounts(metric)
    known = np.flatnonzero(calls & seen.in_range & ~np.isnan(costs))
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[known]
    for number, amount in enumerate((costs[known].sum(), len(known), _runs(people))):
        cells.add(COST + number, float(amount))


def _runs(values: Ints) -> int:
    """How many distinct ones there are.

    Shapes: values int64[n] ascending.
    """
    return int(np.count_nonzero(values[1:] != values[:-1])) + min(len(values), 1)
