"""Rows of a timeline: all that is kept, then each person with its events; at last whom nothing is shown of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cja_spark.journeys.hashing import person_key
from cja_spark.kernels.timeline import sample_order
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import PEOPLE_BY_KEY, Names
from cja_spark.reports.limits import left_out_of
from cja_spark.reports.timeline_cells import (
    AMOUNTS,
    EVENTS,
    MORE,
    OF_EVENT,
    OF_PERSON,
    PEOPLE,
    SESSION,
    SESSIONS,
    TIME,
    VALUES,
)
from cja_spark.view.calendar import local

if TYPE_CHECKING:
    from cja_spark.reports.timeline import Timeline

PLACES = {"timeline_person": pa.string(), "timeline_session": pa.int64(), "timeline_event": pa.int64(), "timeline_time": pa.timestamp("us", "UTC"), "label": pa.string()}
COUNTS = ("people", "shown_people", "sessions", "events", "shown_events", "left_out_events")
SPENT = "time_spent_seconds"
OWN_COLUMNS = (*PLACES, *COUNTS, SPENT)
BETWEEN = " | "
MS = 1000.0  # in a second
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = Mapping[str, Any]


def finish(sums: Sums, ask: Ask[Timeline], names: Names) -> pa.Table:
    """All that the segments keep in one row, then each person that is shown, followed by its events; at last whom nothing is shown of.

    Persons come in the order of the draw, or as they are named.

    Columns: row_kind string (total, person, event; of persons that are named no_events, left_out: above `max_events`, not_found),
        timeline_person string, its id; timeline_session and timeline_event int, numbers among those of the person that segments keep, from 1;
        timeline_time timestamp (UTC) and label string, the same in the view's zone; each dimension a string, several values joined by ` | `, null
        where none is set; then doubles: people (of the total), shown_people, sessions, events, shown_events, left_out_events (of the persons that
        are shown), time_spent_seconds: to the next range event of the session, null of its last one; and per metric its amount, null
        where the event has none. Of the total and of a person they are sums of all that is kept, shown or not.
    """
    report = ask.report
    there = sums.by_key(OF_PERSON + EVENTS)
    ids = {person_key(one): one for one in report.persons} or _drawn([key for (key,) in there], report, names)
    of_each = _persons(sums, report, [key for key in ids if (key,) in there])
    events = _events(sums, ask, names, [*of_each])
    rows: list[Row] = []
    for key, own in of_each.items():
        whose = {"timeline_person": ids[key]}
        shown = {"shown_events": float(len(events[key])), "left_out_events": own["events"] - len(events[key])}
        rows += [{"row_kind": "person", **whose, **own, **shown}, *({"row_kind": "event", **whose, **one} for one in events[key])]
    told = [row for row in rows if row["row_kind"] == "person"]
    shown = {name: float(sum(row[name] for row in told)) for name in ("shown_events", "left_out_events")}
    of_all = {name: sums.total(measure) / unit for name, (measure, unit) in _summed(report).items()}
    total = {"row_kind": "total", "people": sums.total(PEOPLE), "shown_people": float(len(told)), **shown, **of_all}
    return _table([total, *rows, *_without(sums, names, {key: text for key, text in ids.items() if key not in of_each})], report)


def _drawn(keys: list[int], report: Timeline, names: Names) -> dict[int, str]:
    """The keys and the ids of the persons that come first in the draw, of those that tasks told."""
    all_ = np.array(keys, np.int64)
    first = all_[np.argsort(sample_order(all_, report.sample))][: report.people]
    known = names(PEOPLE_BY_KEY, first)
    return {key: known.get(key, str(key)) for key in first.tolist()}


def _summed(report: Timeline) -> dict[str, tuple[int, float]]:
    """Per column of sums the measure that it is of, and how many of its units are one of the column's."""
    metrics = {name: (AMOUNTS + number, 1.0) for number, name in enumerate(report.metrics, 1)}
    return {"sessions": (SESSIONS, 1.0), "events": (EVENTS, 1.0), SPENT: (AMOUNTS, MS), **metrics}


def _persons(sums: Sums, report: Timeline, people: list[int]) -> dict[int, Row]:
    """The sums of some persons, by their keys."""
    found = {name: (sums.by_key(OF_PERSON + measure), unit) for name, (measure, unit) in _summed(report).items()}
    return {key: {name: amounts[key,] / unit for name, (amounts, unit) in found.items()} for key in people}


def _events(sums: Sums, ask: Ask[Timeline], names: Names, people: list[int]) -> Mapping[int, list[Row]]:
    """The events of some persons, by their keys, in their order."""
    report, wanted = ask.report, frozenset(people)
    sessions, amounts = sums.by_key(SESSION, 2), {name: (sums.by_key(OF_EVENT + number, 2), MS if name == SPENT else 1.0) for number, name in enumerate((SPENT, *report.metrics))}
    texts = {name: _texts(sums, number, name, names, people) for number, name in enumerate(report.dimensions)}
    found: dict[int, list[Row]] = defaultdict(list)
    for (person, number), t in sorted(sums.by_key(TIME, 2).items()):
        if person in wanted:
            at = (person, number)
            found[person].append({
                "timeline_session": int(sessions[at]), "timeline_event": number, "timeline_time": EPOCH + timedelta(milliseconds=int(t)),
                "label": local(int(t), ask.view.time_zone).isoformat(timespec="milliseconds"), **{name: own.get(at) for name, own in texts.items()},
                **{name: own[at] / unit for name, (own, unit) in amounts.items() if at in own},
            })  # fmt: skip
    return found


def _texts(sums: Sums, number: int, name: str, names: Names, people: list[int]) -> dict[tuple[int, ...], str]:
    """What the events of some persons have of a dimension, by person and event; of very many values the first ones."""
    (person, event, place, value), _ = sums.measure(VALUES + number, 4)
    mine = np.flatnonzero(np.isin(person, people))
    mine = mine[np.argsort(place[mine], kind="stable")]
    known = names(name, np.unique(value[mine]))
    parts: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for at in mine.tolist():
        parts[int(person[at]), int(event[at])].append(known.get(int(value[at]), str(value[at])))
    for at_event, more in sums.by_key(MORE + number, 2).items():
        if at_event in parts:
            parts[at_event].append(f"… {more:.0f} more")
    return {at_event: BETWEEN.join(texts) for at_event, texts in parts.items()}


def _without(sums: Sums, names: Names, left: Mapping[int, str]) -> Iterator[Row]:
    """Why nothing is shown of some persons that are named."""
    if not left:
        return
    too_long, known = left_out_of(sums), names(PEOPLE_BY_KEY, np.array([*left], np.int64))
    for key, person in left.items():
        if key in too_long:
            yield {"row_kind": "left_out", "timeline_person": person, "events": float(too_long[key])}
        else:
            yield {"row_kind": "no_events", "timeline_person": person, "events": 0.0} if key in known else {"row_kind": "not_found", "timeline_person": person}


def _table(rows: Sequence[Row], report: Timeline) -> pa.Table:
    texts, figures = dict.fromkeys(report.dimensions, pa.string()), dict.fromkeys((*COUNTS, SPENT, *report.metrics), pa.float64())
    kinds = {"row_kind": pa.string(), **PLACES, **texts, **figures}
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})
