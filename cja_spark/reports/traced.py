"""Trace: the events of one person as a report sees them, with every value that lasts, session and segment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from pydantic import Field

from cja_spark.journeys.batch import Bools, Floats, Ints, Items
from cja_spark.reports.ask import Seen
from cja_spark.reports.dictionary import is_changed
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import IN_MS
from cja_spark.reports.spec import Report
from cja_spark.spec import AsTuple, Name
from cja_spark.view.components import Metric
from cja_spark.view.standard import SESSION_TYPES

COUNTED = ("events", "people", "sessions", *SESSION_TYPES)  # what events are counted as, without an amount of their own
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Traced(Report):
    """What a trace shows: the values of dimensions and metrics on each event, which segments keep it, who gets credit.

    Attributes:
        dimensions: dimensions.
        metrics: metrics with an amount per event, no calculated ones.
        marks: segments; which events each keeps.
        asked: metrics whose sums are shown, also calculated ones.
        credit: dimensions, or combinations of them, whose values metrics with attribution are credited to.
        rows: the dimensions of the table whose rows the person gives something to.
    """

    report: Literal["trace"] = "trace"
    dimensions: Annotated[tuple[Name, ...], AsTuple] = ()
    metrics: Annotated[tuple[Name, ...], AsTuple] = ()
    marks: Annotated[tuple[Name, ...], AsTuple] = Field(default=())
    asked: Annotated[tuple[Name, ...], AsTuple] = ()
    credit: tuple[tuple[Name, ...], ...] = ()
    rows: tuple[Name, ...] = ()

    def metrics_used(self) -> tuple[str, ...]:
        """Columns of amounts, and what is summed."""
        return tuple(dict.fromkeys((*self.metrics, *self.asked)))

    def dimensions_used(self) -> tuple[str, ...]:
        """Columns of values, what is credited, and what rows are of."""
        return tuple(dict.fromkeys((*self.dimensions, *self.credited_dimensions(), *self.rows)))

    def credited_dimensions(self) -> tuple[str, ...]:
        """Those that `credit` names."""
        return tuple(dict.fromkeys(name for names in self.credit for name in names))

    def segments_used(self) -> tuple[str, ...]:
        """Segments whose events are marked."""
        return self.marks


def traced_events(seen: Seen[Traced], texts: Names, stored: Names) -> pa.Table:
    """The events that the report reads of its persons, in their order.

    Args:
        seen: the journey of one person.
        texts: texts of shown values.
        stored: texts of values as journeys have them.

    Columns: event int (its number, from 1), time string (the view's zone), in_range bool, session int (its number, from
        1); per dimension its value, of items joined by `|`, `NAME_stored` what journeys have where the report makes
        another value of it, and `NAME_set` the own one where values last; per metric its amount, `NAME_items` those of the
        items that it sums, joined by `|`, and `NAME_stored` the amount before settings, deduplication and derived fields of
        other events; per segment whether it keeps the event,
        bool; kept bool: whether the view's and the report's segments do.
    """
    journeys, report = seen.journeys, seen.ask.report
    columns: dict[str, pa.Array] = {
        "event": pa.array(np.arange(1, journeys.events + 1)),
        "time": local_times(journeys.t, seen.ask.view.time_zone),
        "in_range": pa.array(seen.in_range),
        "session": pa.array(np.cumsum(np.diff(seen.sessions, prepend=-1) != 0)),
    }
    for name in report.dimensions:
        values = journeys.items(name) if journeys.is_list(f"d_{name}") else journeys.ids(name)
        columns[name] = _spoken(values, name, texts)
        if f"o_{name}" in journeys.columns:
            columns[f"{name}_set"] = _spoken(journeys.own_values(name), name, texts)
        columns.update(_stored_value(seen, name, stored))
    for name in report.metrics:
        columns[name] = pa.array(_amounts(seen, name), from_pandas=True)
        if journeys.is_list(f"m_{name}"):
            columns[f"{name}_items"] = _each_of(journeys.item_amounts(name))
        if _is_made(seen, name) and f"m_{name}" in seen.stored.columns:
            columns[f"{name}_stored"] = _numbers_of(seen.stored.columns[f"m_{name}"])
    for name in report.marks:
        columns[name] = pa.array(seen.matches(seen.ask.segment(name)))
    return pa.table({**columns, "kept": pa.array(seen.masked())})


def local_times(t: Ints, zone: str) -> pa.Array:
    """Instants, ms UTC, as ISO 8601 texts of a time zone."""
    local = ZoneInfo(zone)
    times = [(_EPOCH + timedelta(milliseconds=one)).astimezone(local) for one in t.tolist()]
    return pa.array([time.isoformat(timespec="milliseconds") for time in times], pa.string())


def _stored_value(seen: Seen[Traced], name: str, stored: Names) -> dict[str, pa.Array]:
    """The column of what journeys have of a dimension whose values a report makes; none of any other."""
    view, journeys = seen.ask.view, seen.stored
    how = view.dimensions.get(name)
    if how is None or not (is_changed(name, view) or view.neighbour_of(how)):
        return {}
    if f"m_{name}" in journeys.columns:  # a derived field of numbers or instants
        held = dict(view.held_of(name))[f"m_{name}"]
        numbers = journeys.numbers(f"m_{name}")
        return {f"{name}_stored": _instants(numbers, view.time_zone) if held.kind == "instant" else pa.array(numbers, from_pandas=True)}
    if f"d_{name}" not in journeys.columns and f"p_{name}" not in journeys.people:
        return {}
    return {f"{name}_stored": _spoken(journeys.items(name) if journeys.is_list(f"d_{name}") else journeys.ids(name), name, stored)}


def _instants(microseconds: Floats, zone: str) -> pa.Array:
    """Microseconds since 1970 as times of a zone."""
    known = ~np.isnan(microseconds)
    found = local_times(np.where(known, microseconds, 0).astype(np.int64) // 1000, zone).to_pylist()
    return pa.array([text if there else None for text, there in zip(found, known.tolist(), strict=True)], pa.string())


def _is_made(seen: Seen[Traced], name: str) -> bool:
    """Whether a report makes a metric's amounts of what is stored."""
    metric = seen.ask.view.metrics.get(name)
    if not isinstance(metric, Metric):
        return False
    return bool(metric.changes_amounts or metric.deduplication or seen.ask.view.neighbour_of(metric))


def _each_of(amounts: Items) -> pa.Array:
    """Amounts of items joined by `|`, in the order of the values of dimensions of the same array."""
    each = ["-" if np.isnan(one) else f"{one:.10g}" for one in amounts.values.tolist()]
    runs = zip(amounts.offsets[:-1].tolist(), amounts.offsets[1:].tolist(), strict=True)
    return pa.array(["|".join(each[begin:end]) if end > begin else None for begin, end in runs], pa.string())


def _numbers_of(column: Floats | Items) -> pa.Array:
    if not isinstance(column, Items):
        return pa.array(column, from_pandas=True)
    return pa.array(column.summed(0), from_pandas=True)


def _amounts(seen: Seen[Traced], metric: str) -> Floats:
    """A metric per event; what is counted once is 1 on the first kept event of its person or session."""
    if metric not in COUNTED:
        amounts = seen.amounts(metric)
        return amounts / 1000 if metric == IN_MS else amounts
    mask = seen.masked()
    if metric in SESSION_TYPES:
        mask = mask & (seen.journeys.ids("session_type") == SESSION_TYPES[metric])
    units = seen.journeys.person_of_event() if metric == "people" else seen.sessions
    return np.where(mask if metric == "events" else _first_of_each(units, mask), 1.0, np.nan)


def _first_of_each(units: Ints, mask: Bools) -> Bools:
    """The first marked event of each unit: bool[events]."""
    at = np.flatnonzero(mask)
    found = np.zeros(len(mask), bool)
    found[at[np.flatnonzero(np.diff(units[at], prepend=-1))]] = True
    return found


def _spoken(values: Ints | Items, name: str, texts: Names) -> pa.Array:
    if not isinstance(values, Items):
        return pa.array(texts_of(values, name, texts), pa.string())
    each = texts_of(values.values, name, texts)
    runs = zip(values.offsets[:-1].tolist(), values.offsets[1:].tolist(), strict=True)
    return pa.array(["|".join(one or "" for one in each[begin:end]) if end > begin else None for begin, end in runs], pa.string())


def texts_of(ids: Ints, name: str, texts: Names) -> list[str | None]:
    """The texts of some ids of a dimension; None where it is not set."""
    wanted = np.unique(ids[ids != 0])
    known = texts(name, wanted) if len(wanted) else {}
    return [known.get(one, str(one)) if one else None for one in ids.tolist()]
