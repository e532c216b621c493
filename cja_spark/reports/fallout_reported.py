"""Reported chains of a fallout: the period that each begins in, and how long its steps take (rules F12, F13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.counting import slots_of
from cja_spark.kernels.time_to_event import cells_of_times, middles_of_cells, nearest_ranks
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Cells, Sums
from cja_spark.view.calendar import edges, label

if TYPE_CHECKING:
    from cja_spark.reports.fallout import Fallout

Row = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BY_BUCKET, SUM_MS, SPANS = 10, 20, 30  # measures; those of times have one for the step before and one for the first step
FROM_PREVIOUS, FROM_FIRST = range(2)
TIMES = ("mean_seconds_from_previous", "median_seconds_from_previous", "mean_seconds_from_first", "median_seconds_from_first")
BUCKETS = (("bucket", pa.timestamp("us", "UTC")), ("label", pa.string()))
RATES = ("percent_of_previous", "percent_of_total")


def _edges(ask: Ask[Fallout]) -> list[int]:
    return edges(ask.window.start, ask.window.end, ask.report.trend or "day", ask.view.time_zone, ask.view.calendar)


def add_buckets(cells: Cells, ask: Ask[Fallout], levels: npt.NDArray[np.int8], begun: Ints) -> None:
    """Add how many reach each level by the period that their chain begins in.

    Shapes: levels int8[counted], begun int64[counted] (ms, any where no step is reached).
    Source: F13.
    """
    some = np.flatnonzero(levels > 0)
    starts, steps = np.array(_edges(ask), np.int64), len(ask.report.steps) + 1
    keys, counts = np.unique(slots_of(begun[some], starts).astype(np.int64) * steps + levels[some], return_counts=True)
    cells.add(BY_BUCKET, counts, keys // steps, keys % steps)


def add_times(cells: Cells, levels: npt.NDArray[np.int8], events: Ints, t: Ints) -> None:
    """Add how long each step is after the one before it and after the first one.

    Shapes: levels int8[counted], events int64[counted, steps] (positions, -1 where a step was not reached), t int64[events] (ms).
    Source: F12. Decision: a step that comes before the one it follows (grace) takes no time.
    """
    for step in range(1, events.shape[1]):
        reached = events[levels > step]
        for side, before in ((FROM_PREVIOUS, step - 1), (FROM_FIRST, 0)):
            took = np.maximum(t[reached[:, step]] - t[reached[:, before]], 0)
            lengths, counts = np.unique(cells_of_times(took), return_counts=True)
            cells.add(SPANS + side, counts, np.full(len(lengths), step + 1), lengths)
            cells.add(SUM_MS + side, [float(took.sum())], [step + 1])


def with_times(sums: Sums, rows: Sequence[Row]) -> list[Row]:
    """The rows of all steps with how long they take; of the first one, and of values, nothing is told."""
    return [row | (_times(sums, row["step"]) if row["breakdown"] is None else {}) for row in rows]


def _times(sums: Sums, step: int) -> Row:
    """Mean and median after the step before and after the first one, seconds; null where nobody reaches the step."""
    found: list[float | None] = []
    for side in (FROM_PREVIOUS, FROM_FIRST):
        [steps, lengths], counts = sums.measure(SPANS + side, 2)
        own = np.flatnonzero(steps == step)
        own = own[np.argsort(lengths[own])]
        if len(own) == 0:
            found += [None, None]
            continue
        mean = sums.by_key(SUM_MS + side)[(step,)] / counts[own].sum() / 1000
        middle = middles_of_cells(lengths[own][nearest_ranks(counts[own], np.array([50.0]))])[0] / 1000
        found += [float(mean), float(middle)]
    return dict(zip(TIMES, found, strict=True))


def rows_over_time(sums: Sums, ask: Ask[Fallout], rows_of: Callable[[list[float]], list[Row]]) -> list[Row]:
    """The steps of each period, then the means of their rates, which are not the rates of all.

    Args:
        sums: the report's sums.
        ask: the report.
        rows_of: makes rows of how many reach each step.

    Source: F13.
    """
    found, steps, view = sums.by_key(BY_BUCKET, 2), len(ask.report.steps), ask.view
    rows: list[Row] = []
    for at, edge in enumerate(_edges(ask)):
        levels = np.array([found.get((at, level), 0.0) for level in range(1, steps + 1)])
        reached = np.cumsum(levels[::-1])[::-1].tolist()
        moment = {"bucket": EPOCH + timedelta(milliseconds=edge), "label": label(edge, ask.report.trend or "day", view.time_zone, view.calendar)}
        rows += [{"row_kind": "step_over_time", **row, **moment} for row in rows_of(reached)]
    return [*rows, *(_means(row, rows) for row in rows_of([0.0] * steps))]


def _means(step: Row, rows: Sequence[Row]) -> Row:
    """The mean of each rate of a step over the periods that have it."""
    own = [row for row in rows if row["step"] == step["step"]]
    means: Row = {}
    for name in RATES:
        rates = [row[name] for row in own if row[name] is not None]
        means[name] = float(np.mean(rates)) if rates else None
    return {"row_kind": "mean_of_rates", "step": step["step"], "step_name": step["step_name"], **means}
