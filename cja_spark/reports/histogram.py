"""Histogram: how many persons, sessions or events have how much of a metric (rule H)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.counting import coded
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.bucketed import ALL_PEOPLE, PEOPLE, UNITS, add_units
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.measures import IN_MS, per_code
from cja_spark.reports.spec import Report
from cja_spark.spec import Name

Count = Literal["people", "sessions", "events"]
DECIMALS = 9  # of edges and amounts: ten times 0.1 is 1
MOST = 1e12


class Histogram(Report):
    """How many persons, sessions or events have how much of a metric.

    Who has nothing of it is counted with 0; an event is counted when it has some.

    Attributes:
        report: how a metric is distributed.
        metric: the metric that each of them has some of.
        count: what is counted.
        start: where the first bucket begins.
        size: how wide a bucket is.
        buckets: how many there are, besides what lies below and above them.
    """

    report: Literal["histogram"] = "histogram"
    metric: Name
    count: Count = "people"
    start: Annotated[float, Field(ge=0, le=MOST)] = 1
    size: Annotated[float, Field(ge=10**-DECIMALS, le=MOST)] = 1
    buckets: int = Field(default=10, ge=1, le=50)

    def metrics_used(self) -> tuple[str, ...]:
        """What is distributed."""
        return (self.metric,)

    def metrics_of_events(self) -> tuple[str, ...]:
        """A person, a session and an event have some of it."""
        return (self.metric,)

    def edges(self) -> list[float]:
        """Where the buckets begin, and where the last one ends."""
        return [round(self.start + self.size * at, DECIMALS) for at in range(self.buckets + 1)]


def kernel(seen: Seen[Histogram]) -> Cells:
    """Count units per bucket of what each has.

    Source: H.
    """
    cells = Cells()
    amounts, people = _amounts(seen)
    if len(amounts) == 0:
        return cells
    add_units(cells, amounts, people, seen.ask.report.edges(), are_people=seen.ask.report.count == "people")
    return cells


def _amounts(seen: Seen[Histogram]) -> tuple[Floats, Ints]:
    """What each unit with a masked range event has, in the unit that the metric is shown in, and whose it is.

    Shapes: -> float64[units], int64[units].
    """
    report, mask = seen.ask.report, seen.masked()
    if report.count == "events":
        mask = mask & seen.step(report.metric)
    at = np.flatnonzero(mask)
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[at]
    units = {"people": people, "sessions": np.asarray(seen.sessions, np.int64)[at], "events": np.arange(len(at))}[report.count]
    values, codes = coded(units)
    amounts = per_code(seen, report.metric, at, codes, len(values))
    whose = np.zeros(len(values), np.int64)
    whose[codes] = people
    with np.errstate(over="ignore"):  # what has no decimals any more is above or below all buckets
        return np.round(amounts / 1000 if report.metric == IN_MS else amounts, DECIMALS), whose


def finish(sums: Sums, ask: Ask[Histogram], names: Names) -> pa.Table:
    """The total, then what lies below the buckets, each bucket, and what lies above; always all of them.

    Columns: row_kind string (total, below, bucket, above), amount_range string, at_least and less_than double (null where a row is open),
        the units counted, people where those are no people (not additive), percent_of_total, doubles.
    """
    report, edges = ask.report, ask.report.edges()
    places = range(report.buckets + 2)  # below, the buckets, above
    counts, people = sums.by_key(UNITS), sums.by_key(PEOPLE)
    parts = [counts.get((place,), 0.0) for place in places]
    total = sum(parts)
    amounts = [total, *parts]
    others = {} if report.count == "people" else {"people": [sums.total(ALL_PEOPLE), *(people.get((place,), 0.0) for place in places)]}
    lows, highs = [None, None, *edges], [None, edges[0], *edges[1:], None]
    labels = [None, f"< {_plain(edges[0])}", *(_label(low, report.size) for low in edges[:-1]), f">= {_plain(edges[-1])}"]
    return pa.table(
        {
            "row_kind": pa.array(["total", "below", *["bucket"] * report.buckets, "above"], pa.string()),
            "amount_range": pa.array(labels, pa.string()),
            "at_least": pa.array(lows, pa.float64()),
            "less_than": pa.array(highs, pa.float64()),
            report.count: pa.array(amounts, pa.float64()),
            **{name: pa.array(column, pa.float64()) for name, column in others.items()},
            "percent_of_total": pa.array([amount / total if total else None for amount in amounts], pa.float64()),
        }
    )


def _label(low: float, size: float) -> str:
    """`1-2` where only whole numbers have to fit in, else both ends."""
    if not (low.is_integer() and float(size).is_integer()):
        return f"{_plain(low)} to < {_plain(low + size)}"
    return _plain(low) if size == 1 else f"{_plain(low)}-{_plain(low + size - 1)}"


def _plain(number: float) -> str:
    return f"{number:.12g}"


REPORTS.register("histogram")(Kind(Histogram, kernel, finish))
