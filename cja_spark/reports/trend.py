"""Trend: metrics per hour, day, week, month, quarter or year of the view's calendar, with a total (rules R, T2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from cja_spark.kernels.counting import places, slots_of
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.distinct import add_values_over_time, values_in_total, values_per_key
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.measures import kept, measures, shown
from cja_spark.reports.own_columns import WithColumns
from cja_spark.reports.squares import of_all, on_events
from cja_spark.spec import AsTuple, EachOnce, Name
from cja_spark.view.calendar import Granularity, edges, label

TOTAL = 1_000_000  # measures from here on are totals of the measure below
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Trend(WithColumns):
    """Metrics over time; every bucket of the range is a row, also one without events.

    Attributes:
        report: metrics over time.
        granularity: what a row is.
        metrics: the columns.
    """

    report: Literal["trend"] = "trend"
    granularity: Granularity = "day"
    metrics: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=("events", "people", "sessions"), min_length=1)

    def metrics_used(self) -> tuple[str, ...]:
        """The lines."""
        return self.metrics


def edges_of(ask: Ask[Trend]) -> list[int]:
    """The first instants of the buckets of a trend, ms UTC."""
    report = ask.report
    return edges(ask.window.start, ask.window.end, report.granularity, ask.view.time_zone, ask.view.calendar)


def kernel(seen: Seen[Trend]) -> Cells:
    """Sum each base metric per bucket and over the range; a person counts once in each bucket and once in the total.

    Source: R, S3, T1, T2.
    """
    cells = Cells()
    starts = np.array(edges_of(seen.ask), np.int64)
    mask = seen.masked()
    if not mask.any():
        return cells
    at = places(mask)
    # Events of a person ascend in time, so a bucket's events of one unit stand together.
    codes = slots_of(seen.journeys.t[at], starts)
    report = seen.ask.report
    buckets = np.arange(len(starts))
    for number, measure in enumerate(measures(report.metrics, seen.ask.view)):
        own = kept(seen, measure, mask)
        if measure.distinct:
            values = add_values_over_time(cells, seen, number, measure.distinct, own, starts)
            cells.add(TOTAL + number, np.ones(len(values)), values)
            continue
        here = places(own) if measure.segments else at
        of_own = codes[own[at]] if measure.segments else codes
        cells.add(number, on_events(seen, measure, here, of_own, len(starts)), buckets)
        cells.add(TOTAL + number, of_all(seen, measure, own))
    return cells


def finish(sums: Sums, ask: Ask[Trend], names: Names) -> pa.Table:
    """The total, then one row per bucket.

    Columns: row_kind string (total, bucket), bucket timestamp (UTC, its first instant; null in the total), label string,
        one double per metric.
    """
    report = ask.report
    found = measures(report.metrics, ask.view)
    totals = {
        measure: values_in_total(sums, TOTAL + number) if measure.distinct else sums.total(TOTAL + number)
        for number, measure in enumerate(found)
    }
    starts = edges_of(ask)
    per_row = {}
    for number, measure in enumerate(found):
        amounts = values_per_key(sums, number, 1) if measure.distinct else sums.by_key(number)
        per_row[measure] = np.array([totals[measure], *(amounts.get((at,), 0.0) for at in range(len(starts)))])
    rows = np.arange(1 + len(starts)) > 0
    columns = shown(report.metrics, ask.view, per_row, totals, rows)
    moments = [None, *(EPOCH + timedelta(milliseconds=edge) for edge in starts)]
    names_of = [None, *(label(edge, report.granularity, ask.view.time_zone, ask.view.calendar) for edge in starts)]
    return pa.table(
        {
            "row_kind": pa.array(["total", *["bucket"] * len(starts)], pa.string()),
            "bucket": pa.array(moments, pa.timestamp("us", "UTC")),
            "label": pa.array(names_of, pa.string()),
            **{name: pa.array(columns[name], pa.float64(), from_pandas=True) for name in report.metrics},
        }
    )


REPORTS.register("trend")(Kind(Trend, kernel, finish))
