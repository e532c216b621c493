"""Trace: the events of one person as a report sees them, with every value that lasts, session, segment and credit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from pydantic import Field

from cja_spark.journeys.batch import Floats, Ints, Items
from cja_spark.reports.ask import Seen
from cja_spark.reports.credited import Way, attribution_of
from cja_spark.reports.kind import Names
from cja_spark.reports.spec import Report
from cja_spark.spec import AsTuple, Name
from cja_spark.view.formula.uses import Measure
from cja_spark.view.spec import SESSION_METRICS

MILLISECONDS = "time_spent_seconds"  # ms on events, seconds where it is shown
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Traced(Report):
    """What a trace shows: the values of dimensions and metrics on each event, which segments keep it, who gets credit.

    Attributes:
        dimensions: dimensions.
        metrics: metrics of events, no calculated ones.
        marks: segments; which events each keeps.
        credit: the dimension whose values metrics with attribution are credited to.
    """

    report: Literal["trace"] = "trace"
    dimensions: Annotated[tuple[Name, ...], AsTuple] = ()
    metrics: Annotated[tuple[Name, ...], AsTuple] = ()
    marks: Annotated[tuple[Name, ...], AsTuple] = Field(default=())
    credit: Name | None = None

    def metrics_used(self) -> tuple[str, ...]:
        """Columns of amounts."""
        return self.metrics

    def dimensions_used(self) -> tuple[str, ...]:
        """Columns of values, and the one that is credited."""
        return tuple(dict.fromkeys((*self.dimensions, *((self.credit,) if self.credit else ()))))

    def credited_dimensions(self) -> tuple[str, ...]:
        """The one that `credit` names."""
        return (self.credit,) if self.credit else ()

    def segments_used(self) -> tuple[str, ...]:
        """Segments whose events are marked."""
        return self.marks


def traced_events(seen: Seen[Traced], texts: Names) -> pa.Table:
    """The events that the report reads of its persons, in their order.

    Columns: event int (its number, from 1), time string (the view's zone), in_range bool, session int (its number, from
        1); per dimension its value, of items joined by `|`, and `NAME_set` the own one where values last; per metric its
        amount; per segment whether it keeps the event, bool; kept bool: whether the view's and the report's segments do.
    """
    journeys, report = seen.journeys, seen.ask.report
    zone = ZoneInfo(seen.ask.view.time_zone)
    times = [_EPOCH + timedelta(milliseconds=t) for t in journeys.t.tolist()]
    columns: dict[str, pa.Array] = {
        "event": pa.array(np.arange(1, journeys.events + 1)),
        "time": pa.array([time.astimezone(zone).isoformat(timespec="milliseconds") for time in times], pa.string()),
        "in_range": pa.array(seen.in_range),
        "session": pa.array(np.cumsum(np.diff(seen.sessions, prepend=-1) != 0)),
    }
    for name in report.dimensions:
        values = journeys.items(name) if journeys.is_list(f"d_{name}") else journeys.ids(name)
        columns[name] = _spoken(values, name, texts)
        if f"o_{name}" in journeys.columns:
            columns[f"{name}_set"] = _spoken(journeys.own_values(name), name, texts)
    for name in report.metrics:
        columns[name] = pa.array(_amounts(seen, name), from_pandas=True)
    for name in report.marks:
        columns[name] = pa.array(seen.matches(seen.ask.segment(name)))
    return pa.table({**columns, "kept": pa.array(seen.masked())})


def traced_credits(seen: Seen[Traced], texts: Names) -> pa.Table:
    """What each conversion gives to the values that were set before it.

    Rows:    one per conversion and touch that gets some of it; one with null where there is no touch. What a rate game
        gives depends on all persons: its credit is null.
    Columns: metric string, event int (the conversion), amount double, touch int (the event that set the value), value
        string, credit double.
    """
    rows: list[dict[str, object]] = []
    for metric in seen.ask.report.metrics if seen.ask.report.credit else ():
        how = attribution_of(Measure(metric), seen.ask.report, seen.ask.view)
        if how is None or seen.ask.report.credit is None:
            continue
        at = np.flatnonzero(seen.masked() & seen.journeys.carries(metric))
        way, amounts = Way.of(seen, (seen.ask.report.credit,), how, at), seen.amounts(metric)[at]
        said = _texts(way.ids[0][way.codes], seen.ask.report.credit, texts)
        for number, (event, amount) in enumerate(zip(at.tolist(), amounts.tolist(), strict=True)):
            own = {"metric": metric, "event": event + 1, "amount": amount}
            if not way.touched[number]:
                rows.append({**own, "touch": None, "value": None, "credit": amount})
                continue
            credit = way.credit(how, np.where(np.arange(len(at)) == number, amounts, 0.0))
            rows += [
                {**own, "touch": int(way.touches.at[way.touch[one]]) + 1, "value": said[one], "credit": None if how.game == "rate_game" else float(credit[one])}
                for one in np.flatnonzero(credit).tolist()
            ]
    kinds = [("metric", pa.string()), ("event", pa.int64()), ("amount", pa.float64()), ("touch", pa.int64()), ("value", pa.string()), ("credit", pa.float64())]
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def _amounts(seen: Seen[Traced], metric: str) -> Floats:
    amounts = seen.amounts(metric)
    return amounts / 1000 if metric == MILLISECONDS and metric in SESSION_METRICS else amounts


def _spoken(values: Ints | Items, name: str, texts: Names) -> pa.Array:
    if not isinstance(values, Items):
        return pa.array(_texts(values, name, texts), pa.string())
    each = _texts(values.values, name, texts)
    runs = zip(values.offsets[:-1].tolist(), values.offsets[1:].tolist(), strict=True)
    return pa.array(["|".join(one or "" for one in each[begin:end]) if end > begin else None for begin, end in runs], pa.string())


def _texts(ids: Ints, name: str, texts: Names) -> list[str | None]:
    wanted = np.unique(ids[ids != 0])
    known = texts(name, wanted) if len(wanted) else {}
    return [known.get(one, str(one)) if one else None for one in ids.tolist()]
