"""Rows of growth: everybody who is active in the range, then each period with its classes and its net growth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from cja_spark.kernels.growth import CLASSES, DORMANT, NEW, RETURN
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Names
from cja_spark.reports.whole_periods import edges_of, known_of
from cja_spark.view.calendar import label

if TYPE_CHECKING:
    from cja_spark.reports.growth import Growth

TOTAL, CLASS = range(2)  # what cells count: CLASS by class and period
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIGURES = ("people", "new_people", "repeat_people", "return_people", "dormant_people", "net_growth")


def finish(sums: Sums, ask: Ask[Growth], names: Names) -> pa.Table:
    """Everybody who is active in a period of the range that is over, then its periods.

    Columns: row_kind string (total, period), bucket timestamp (UTC, the first instant of the period) and label string (both null of the
        total), then doubles: people (not additive), those active; new_people, repeat_people and return_people, which add up to them;
        dormant_people, active in the period before and not in this one; net_growth, (new + return) / dormant, null where nobody is dormant.
        The total has people alone; a period that is not over when the data ends has none of them.
    """
    report, view, starts, known = ask.report, ask.view, edges_of(ask), known_of(ask)
    counts = sums.by_key(CLASS, 2)
    figures = [_figures([counts.get((one, at), 0.0) for one in range(CLASSES)]) if at < known else (None,) * len(FIGURES) for at in range(len(starts))]
    rows = [(sums.total(TOTAL), *(None,) * (len(FIGURES) - 1)), *figures]
    return pa.table(
        {
            "row_kind": pa.array(["total", *["period"] * len(starts)], pa.string()),
            "bucket": pa.array([None, *(EPOCH + timedelta(milliseconds=start) for start in starts)], pa.timestamp("us", "UTC")),
            "label": pa.array([None, *(label(start, report.granularity, view.time_zone, view.calendar) for start in starts)], pa.string()),
            **{name: pa.array(column, pa.float64()) for name, column in zip(FIGURES, zip(*rows, strict=True), strict=True)},
        }
    )


def _figures(counts: list[float]) -> tuple[float | None, ...]:
    """Who is active, by class, and the net growth."""
    come, gone = counts[NEW] + counts[RETURN], counts[DORMANT]
    return sum(counts[:DORMANT]), *counts, come / gone if gone else None
