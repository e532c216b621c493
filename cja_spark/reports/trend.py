"""Trend: metrics per minute, hour, day, week, month, quarter or year of the view's calendar, with a total (rules R, T2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self

import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Floats
from cja_spark.kernels.counting import places, slots_of
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.compared import CompareRange, before_of, days_before
from cja_spark.reports.distinct import add_values_over_time, values_in_total, values_per_key
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.measures import kept, measures, shown
from cja_spark.reports.own_columns import WithColumns
from cja_spark.reports.squares import of_all, on_events
from cja_spark.reports.whole_periods import refuse_too_many_buckets
from cja_spark.reports.window import days_of
from cja_spark.spec import AsTuple, EachOnce, Name
from cja_spark.view.calendar import Granularity, edges, label
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.ranges import Days

AFTER, BEFORE = range(2)  # parts of the cells: the range, and the one that it is compared with
TOTAL = 1_000_000  # measures from here on are totals of the measure below
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Trend(WithColumns):
    """Metrics over time; every bucket of the range is a row, also one without events.

    Attributes:
        report: metrics over time.
        granularity: what a row is; of a range of 50,000 minutes or hours at most.
        metrics: the columns.
        compare: a range that stands beside it, first bucket by first bucket: `previous_period`, as many days right before the
            range; `year_ago`, the same days of the calendar a year before; or a range.
        moving_average: of how many buckets a mean is told too, each bucket's own and those before it.
    """

    report: Literal["trend"] = "trend"
    granularity: Granularity = "day"
    metrics: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=("events", "people", "sessions"), min_length=1)
    compare: CompareRange | None = None
    moving_average: int | None = Field(default=None, ge=2, le=366)

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        compared = () if self.compare is None or isinstance(self.compare, str) else (self.compare,)
        for days in (self.range, *compared):
            refuse_too_many_buckets(days, self.granularity)
        return self

    def days_compared(self, today: date, calendar: Calendar) -> tuple[Days, ...]:
        """The days before, then those of the range; none where nothing is compared."""
        if self.compare is None:
            return ()
        own = days_of(self, today, calendar)
        return days_before(self.compare, own, today, calendar), own

    def metrics_used(self) -> tuple[str, ...]:
        """The lines."""
        return self.metrics


def edges_of(ask: Ask[Trend]) -> list[int]:
    """The first instants of the buckets of a trend, ms UTC."""
    report = ask.report
    return edges(ask.window.start, ask.window.end, report.granularity, ask.view.time_zone, ask.view.calendar)


def kernel(seen: Seen[Trend]) -> Cells:
    """The cells of the range, and of the one that it is compared with.

    Source: R; Decision: the time before is seen as a report of that time would see it (docs/trend.md).
    """
    cells = _cells(seen)
    if seen.ask.report.compare is not None:
        cells.take(_cells(seen.at(before_of(seen.ask))), BEFORE)
    return cells


def _cells(seen: Seen[Trend]) -> Cells:
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
    """The total, then one row per bucket; then moving averages, and the same of the range that it is compared with.

    Columns: row_kind string (total, bucket, moving_average, total_before, bucket_before), bucket timestamp (UTC, its first instant;
        null in a total), label string, one double per metric.
    """
    own = _rows(sums.of_part(AFTER), ask)
    parts = [own]
    if ask.report.moving_average is not None:
        parts.append(_moving_averages(own, ask.report.moving_average))
    if ask.report.compare is not None:
        parts.append(_rows(sums.of_part(BEFORE), replace(ask, window=before_of(ask)), "_before"))
    return pa.concat_tables(parts)


def _rows(sums: Sums, ask: Ask[Trend], side: str = "") -> pa.Table:
    """The total of a range and its buckets, their kinds named by their side."""
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
            "row_kind": pa.array([f"total{side}", *[f"bucket{side}"] * len(starts)], pa.string()),
            "bucket": pa.array(moments, pa.timestamp("us", "UTC")),
            "label": pa.array(names_of, pa.string()),
            **{name: pa.array(columns[name], pa.float64(), from_pandas=True) for name in report.metrics},
        }
    )


def _moving_averages(own: pa.Table, size: int) -> pa.Table:
    """The mean of each bucket and the ones before it, `size` in all, where there are so many; null where one of them is null."""
    buckets = own.slice(1)
    last = buckets.slice(size - 1)
    means = {name: pa.array(_means(buckets[name].to_numpy(), size), pa.float64(), from_pandas=True) for name in buckets.column_names[3:]}
    kinds = pa.array(["moving_average"] * len(last), pa.string())
    return pa.table({"row_kind": kinds, "bucket": last["bucket"], "label": last["label"], **means}, own.schema)


def _means(amounts: Floats, size: int) -> Floats:
    """Shapes: float64[buckets] -> float64[buckets - size + 1], or none."""
    if len(amounts) < size:
        return np.empty(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(amounts, size).mean(axis=1))


REPORTS.register("trend")(Kind(Trend, kernel, finish))
