"""Answers of the kinds of report that follow people through steps and periods."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cja_spark.kernels.growth import DORMANT, NEW
from cja_spark.kernels.time_to_event import cells_of_times
from cja_spark.plan import Answer
from cja_spark.reports import canvas_cells as of_canvas
from cja_spark.reports.cells import Cells
from cja_spark.reports.cohort_rows import BACK as BACK_IN_COHORTS
from cja_spark.reports.cohort_rows import INCLUDED
from cja_spark.reports.cohort_rows import TOTAL as TOTAL_OF_COHORTS
from cja_spark.reports.deflection_cells import CONTROL, COST, EVENTS, NO_TOPIC
from cja_spark.reports.deflection_cells import TOTAL as TOTAL_OF_CALLS
from cja_spark.reports.deflection_rows import COUNTED, PEOPLE_OF
from cja_spark.reports.engagement_rows import OF_PERIODS
from cja_spark.reports.engagement_rows import PEOPLE as PEOPLE_OF_THINGS
from cja_spark.reports.engagement_rows import TIMES as TIMES_OF_THINGS
from cja_spark.reports.growth_rows import CLASS
from cja_spark.reports.growth_rows import TOTAL as TOTAL_OF_GROWTH
from cja_spark.reports.histogram import UNITS
from cja_spark.reports.impact_rows import PEOPLE as PEOPLE_OF_INTERVALS
from cja_spark.reports.impact_rows import SIDES
from cja_spark.reports.impact_rows import TIMES as TIMES_OF_INTERVALS
from cja_spark.reports.impact_rows import TOTAL as TOTAL_OF_IMPACT
from cja_spark.reports.indicators_rows import PEOPLE as PEOPLE_OF_INDICATORS
from cja_spark.reports.indicators_rows import TOTAL as TOTAL_OF_INDICATORS
from cja_spark.reports.indicators_rows import TOTAL_PEOPLE
from cja_spark.reports.indicators_rows import UNITS as UNITS_OF_INDICATORS
from cja_spark.reports.overlap import ALL_PEOPLE as PEOPLE_OF_ALL
from cja_spark.reports.overlap import PEOPLE as PEOPLE_OF_SETS
from cja_spark.reports.overlap import UNITS as SETS
from cja_spark.reports.retention_cells import BACK, RESERVED, STARTED
from cja_spark.reports.retention_cells import BY_VALUE as BY_VALUE_AT_START
from cja_spark.reports.time_to_event_cells import BUCKETS, BY_VALUE, SUM_MS, TIMES
from cja_spark.reports.time_to_event_cells import KINDS as KINDS_OF_STARTS
from cja_spark.reports.time_to_event_cells import OPEN as OPEN_STARTS
from cja_spark.reports.time_to_event_cells import PEOPLE as PEOPLE_OF_STARTS
from cja_spark.reports.time_to_event_cells import STARTED as STARTS
from tests.unit.page.answers import answer


def retention(started: float, *back: float, reserved: float = 0, mode: str = "on") -> Answer:
    """Persons who start, and those back on each day."""
    cells = Cells()
    _add_retained(cells, 0, started, back, mode)
    cells.add(RESERVED, reserved)
    return answer(cells, report="retention", name="back", start="orders", buckets=len(back) - 1, mode=mode)


def retention_of_values(*values: tuple[float, ...], mode: str = "on", **given: object) -> Answer:
    """Values at the start: of each who starts, and who is back on each day; the total is all of them."""
    cells = Cells()
    _add_retained(cells, 0, *_started(map(sum, zip(*values, strict=True))), mode)
    for number, own in enumerate(values):
        _add_retained(cells, BY_VALUE_AT_START, *_started(own), mode, number + 1)
    return answer(cells, **{"report": "retention", "name": "back", "start": "orders", "breakdown": "page", "buckets": len(values[0]) - 2, "mode": mode, **given})


def _started(counts: Iterable[float]) -> tuple[float, tuple[float, ...]]:
    first, *back = counts
    return first, tuple(back)


def _add_retained(cells: Cells, first: int, started: float, back: tuple[float, ...], mode: str, *value: int) -> None:
    """Who starts, and who is back; from then on by the last day of each."""
    last = [one - other for one, other in zip(back, (*back[1:], 0.0), strict=True)]
    cells.add(first + STARTED, started, *value)
    cells.add(first + BACK, last if mode == "on_or_after" else back, *value, range(len(back)))


def cohort(first: float, second: float, back: float = 20, total: float = 0, values: tuple[int, int] = (0, 1), **given: object) -> Answer:
    """Cohorts of two days, or of two values, and those of the first one who are back on the second."""
    cells = Cells()
    cells.add(INCLUDED, [first, second], values, [0, 1])
    cells.add(BACK_IN_COHORTS, back, values[0], 1)
    cells.add(TOTAL_OF_COHORTS, total or first + second)
    return answer(cells, **{"report": "cohort", "name": "days", "inclusion": "orders", "granularity": "day", **given})
def deflection(*topics: float | tuple[float, float], control: tuple[float, float] | None = None, without: float = 0, cost: object = None, payers: float = 0) -> Answer:
    """Topics of so many people, each with one trial that is deflected; or of so many who call and so many who do not."""
    cells = Cells()
    counts = [topic if isinstance(topic, tuple) else (0.0, topic) for topic in topics]
    for number, (called, deflected) in enumerate(counts):
        _add_calls(cells, 0, called, deflected, number + 1)
    _add_calls(cells, TOTAL_OF_CALLS, sum(one for one, _ in counts), sum(other for _, other in counts))
    if control:
        _add_calls(cells, CONTROL, *control)
    cells.add(NO_TOPIC + EVENTS, 3 * without)
    cells.add(NO_TOPIC + COUNTED.index("people"), without)
    for number, amount in enumerate((6 * payers, payers, payers)):
        cells.add(COST + number, amount)
    baseline = {"control": "orders"} if control else 0.5
    prices = {} if cost is None else {"cost_per_call": cost}
    return answer(cells, report="deflection", name="calls", topic="page", self_service="orders", call="orders", baseline=baseline, **prices)


def _add_calls(cells: Cells, first: int, called: float, deflected: float, *topic: int) -> None:
    of = {"called_trials": called, "deflected_trials": deflected, "closed_trials": called + deflected}
    of |= {PEOPLE_OF[name]: count for name, count in of.items()} | dict.fromkeys(("people", "self_service_events"), called + deflected)
    for number, name in enumerate(COUNTED):
        cells.add(first + number, of.get(name, 0), *topic)


def time_to_event(*values: float | tuple[float, ...], open_: tuple[float, ...] = (), per_person: float = 1, **given: object) -> Answer:
    """Values at the start: how many take 1, 2, … seconds, the last one never; or so many that take one. Sessions are so many of each person."""
    cells, counts = Cells(), [value if isinstance(value, tuple) else (value, 0.0) for value in values]
    for number, own in enumerate([*counts, tuple(map(sum, zip(*counts, strict=True)))]):
        first, value = (BY_VALUE, number + 1) if number < len(counts) else (0, 0)
        waiting = open_[number] if number < len(open_) else 0.0
        lengths = [1000 * (place + 1) for place in range(len(own) - 1)]
        cells.add(first + STARTS, sum(own), value)
        cells.add(first + OPEN_STARTS, waiting if first else sum(open_), value)
        cells.add(first + SUM_MS, sum(count * length for count, length in zip(own, lengths, strict=False)), value)
        came = np.flatnonzero(own[:-1])
        cells.add(first + TIMES, np.array(own)[came], value, cells_of_times(np.array(lengths)[came]))
        for kind, count in enumerate((sum(own), sum(own[:-1]), own[-1], waiting if first else sum(open_))):
            cells.add(first + PEOPLE_OF_STARTS + kind, count / per_person, value)
        if not first:
            cells.add(BUCKETS, own[:-1], range(len(lengths)))
            cells.add(PEOPLE_OF_STARTS + len(KINDS_OF_STARTS), np.array(own[:-1]) / per_person, range(len(lengths)))
    ends = [f"{place + 1} seconds" for place in range(max(map(len, counts)) - 1)]
    return answer(cells, **{"report": "time_to_event", "name": "to_order", "start": "events", "event": "orders", "breakdown": "page", "buckets": ends, "tail": ends[-1], **given})


def indicators_of_segments(first: float, second: float, **given: object) -> Answer:
    """The same where behaviours are two segments."""
    return indicators(first, second, keys=(0, 1), **given)


def indicators(home: float, cart: float, outcomes: tuple[float, float] | None = None, others: float = 0, keys: tuple[int, int] = (1, 2), **given: object) -> Answer:
    """Persons who see home or the cart before they order, each once, half of them or as many as are said; and others who see neither and do not."""
    cells, (of_home, of_cart) = Cells(), outcomes or (home / 2, cart / 2)
    with_it, without = np.array([of_home, of_cart]), np.array([home - of_home, cart - of_cart])
    for has, amounts in enumerate((without, with_it)):
        cells.add(UNITS_OF_INDICATORS + has, amounts, keys, 0)
        cells.add(TOTAL_OF_INDICATORS + has, amounts.sum() + (0 if has else others), 0)
    for number, amounts in enumerate((with_it + without, with_it, without) * 2):
        cells.add(PEOPLE_OF_INDICATORS + number, amounts, keys)
    for number, amounts in enumerate((with_it + without, with_it, without)):
        cells.add(TOTAL_PEOPLE + number, amounts.sum() + (0 if number == 1 else others))
    return answer(cells, **{"report": "indicators", "name": "before_orders", "dimension": "page", "outcome": "orders", "min_support": 1, **given})


def frequency(*people: float) -> Answer:
    """So many who order once, twice and so on; the last ones that often or more often."""
    cells = Cells()
    cells.add(UNITS, people, range(1, len(people) + 1))
    return answer(cells, report="frequency", name="how_often", events=["orders"], buckets={"count": len(people)})


def engagement(*people: float) -> Answer:
    """One day on which so many do the first thing, so many the second one and so on, each once, and a hundred more do nothing of it."""
    cells, names = Cells(), [f"page {number}" for number in range(len(people))]
    for part, many in enumerate((sum(people) + 100, *people)):
        own = Cells()
        own.add(PEOPLE_OF_THINGS, many)
        own.add(OF_PERIODS, many, 0)
        own.add(TIMES_OF_THINGS, many)
        cells.take(own, part)
    return answer(cells, report="engagement", name="used", events=[{"dimension": "page", "equals": name, "label": name} for name in names], granularity="day")


def canvas(first: float, second: float) -> Answer:
    """A journey that so many enter, one run each, of whom so many reach its second node and wait there; the others end before."""
    cells, ended = Cells(), first - second
    nodes = [(1, first, first, ended, 0), *([(2, second, 0, 0, second)] if second else [])]
    rows = [(of_canvas.TOTAL, (), first + second, first, ended, second), (of_canvas.JOURNEY, (1,), first + second, first, ended, second)]
    rows += [(of_canvas.NODE, (1, node), visits, starts, ends, waits) for node, visits, starts, ends, waits in nodes]
    rows += [(of_canvas.BRANCH, (1, 1, 2), second, 0, 0, 0)] if second else []
    for scope, keys, visits, starts, ends, waits in rows:
        people = min(first, visits)
        for measure, amount in ((of_canvas.RUNS, people), (of_canvas.VISITS, visits), (of_canvas.STARTS, starts), (of_canvas.ENDED, ends), (of_canvas.WAITING, waits), (of_canvas.EXITS, ends), (of_canvas.ERRORS, 0)):
            cells.add(scope + measure, amount, *keys)
            cells.add(scope + of_canvas.PEOPLE_OF + measure, min(amount, people), *keys)
        cells.add(scope + of_canvas.PEOPLE, people, *keys)
    if second:
        cells.add(of_canvas.BRANCH + of_canvas.SUM_MS, 5_000 * second, 1, 1, 2)
        cells.add(of_canvas.BRANCH + of_canvas.TIMES, second, 1, 1, 2, 430)
    return answer(cells, report="canvas", name="journeys", journey="journey", node="page", run="run", exits="orders", errors="orders")


def impact(before: float, after: float) -> Answer:
    """So many of a hundred more than both who do it once on the day before their first use, and so many on the day of it."""
    cells, own = Cells(), Cells()
    cells.add(TOTAL_OF_IMPACT, before + after + 100)
    for measure in (PEOPLE_OF_INTERVALS, TIMES_OF_INTERVALS, SIDES):
        own.add(measure, [before, after], [0, 1])
    cells.take(own, 1)
    return answer(cells, report="impact", name="around", indicators=["orders"], first_use="events", intervals=1)


def growth(first: float, second: float) -> Answer:
    """Those who are active on the first day alone, and those who are on the second one alone."""
    cells = Cells()
    cells.add(CLASS, [first, second, first], [NEW, NEW, DORMANT], [0, 1, 1])
    cells.add(TOTAL_OF_GROWTH, first + second)
    return answer(cells, report="growth", name="days", active="orders", granularity="day")


def overlap(*people: float | tuple[float, float], count: str = "people", people_in_all: float = 0) -> Answer:
    """Two sets: those in none, in the first, in the second, in both; of sessions people and sessions of each."""
    cells, found = Cells(), np.array([*people])
    if count == "people":
        cells.add(SETS, found, range(len(found)))
    else:
        cells.add(SETS, found[:, 1], range(len(found)))
        cells.add(PEOPLE_OF_SETS, found[:, 0], range(len(found)))
        cells.add(PEOPLE_OF_ALL, people_in_all or found[:, 0].sum())
    return answer(cells, report="overlap", name="buyers_and_callers", sets=["orders", "events"], count=count)


def fallout(first: float, second: float, **given: object) -> Answer:
    """Two steps, in all and for home."""
    cells = Cells()
    cells.add(0, [first, second], [1, 2])
    cells.add(2, [first, second], [1, 2], [1, 1])
    cells.add(3, first)
    return answer(cells, **{"report": "fallout", "name": "buy", "steps": ["orders", "orders"], "breakdown": "page", **given})
