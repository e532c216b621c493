"""Trend: metrics per hour, day, week, month, quarter or year of the view's calendar, with a total (rules R, T2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from cja_spark.kernels.counting import slots_of
from cja_spark.reports.ask import REPORTS, Ask, Kind, Names, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.measures import base_metrics, in_total, per_code, shown
from cja_spark.reports.spec import Report
from cja_spark.spec import AsTuple, EachOnce, Name
from cja_spark.view.calendar import Granularity, edges, label

TOTAL = 1_000_000  # measures from here on are totals of the measure below
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Trend(Report):
    """Metrics over time; every bucket of the range is a row, also one without events."""

    report: Literal["trend"] = "trend"
    granularity: Granularity = "day"
    metrics: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=("events", "people", "sessions"), min_length=1)

    def metrics_used(self) -> tuple[str, ...]:
        """The lines."""
        return self.metrics


def _edges(ask: Ask[Trend]) -> list[int]:
    report = ask.report
    return edges(ask.window.start, ask.window.end, report.granularity, ask.view.time_zone, ask.view.calendar)


def kernel(seen: Seen[Trend]) -> Cells:
    """Sum each base metric per bucket and over the range; a person counts once in each bucket and once in the total.

    Source: R, S3, T1, T2.
    """
    cells = Cells()
    starts = np.array(_edges(seen.ask), np.int64)
    mask = seen.masked()
    at = np.flatnonzero(mask)
    if len(at) == 0:
        return cells
    # Events of a person ascend in time, so a bucket's events of one unit stand together.
    codes = slots_of(seen.journeys.t[at], starts)
    report = seen.ask.report
    buckets = np.arange(len(starts))
    for measure, metric in enumerate(base_metrics(report.metrics, seen.ask.view)):
        cells.add(measure, per_code(seen, metric, at, codes, len(starts)), buckets)
        cells.add(TOTAL + measure, in_total(seen, metric, mask))
    return cells


def finish(sums: Sums, ask: Ask[Trend], names: Names) -> pa.Table:
    """The total, then one row per bucket.

    Columns: row_kind string (total, bucket), bucket timestamp (UTC, its first instant; null in the total), label string,
        one double per metric.
    """
    report = ask.report
    metrics = base_metrics(report.metrics, ask.view)
    sums_of = {metric: sums.by_key(measure) for measure, metric in enumerate(metrics)}
    totals = {metric: sums.total(TOTAL + measure) for measure, metric in enumerate(metrics)}
    rows: list[dict[str, object]] = [{"row_kind": "total", "bucket": None, "label": None, **_columns(ask, totals)}]
    for at, edge in enumerate(_edges(ask)):
        amounts = {metric: sums_of[metric].get((at,), 0.0) for metric in metrics}
        moment = EPOCH + timedelta(milliseconds=edge)
        name = label(edge, report.granularity, ask.view.time_zone, ask.view.calendar)
        rows.append({"row_kind": "bucket", "bucket": moment, "label": name, **_columns(ask, amounts)})
    fields = [("row_kind", pa.string()), ("bucket", pa.timestamp("us", "UTC")), ("label", pa.string())]
    return pa.Table.from_pylist(rows, pa.schema([*fields, *((name, pa.float64()) for name in report.metrics)]))


def _columns(ask: Ask, amounts: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: shown(name, ask.view, amounts) for name in ask.report.metrics_used()}


REPORTS.register("trend")(Kind(Trend, kernel, finish))
