"""Summary data in reports: rows without a person join the sums of events by equal value, on the driver (cja.md 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints, Journeys
from cja_spark.journeys.summary_rows import Summaries, Summary
from cja_spark.kernels.counting import slots_of
from cja_spark.kernels.values import ValueMap
from cja_spark.reports import table, table_cells, trend
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import measures
from cja_spark.reports.row_filter import row_filter
from cja_spark.reports.standard import with_standard
from cja_spark.reports.summary_segments import kept_rows
from cja_spark.reports.summary_values import nothing_of
from cja_spark.reports.table_by_segments import within
from cja_spark.view.arrays import of_objects
from cja_spark.view.formula.uses import Measure
from cja_spark.view.spec import View
from cja_spark.view.standard import CLOCK_MS, CLOCK_PARTS, DAY_BUCKETS, DAY_PARTS
from cja_spark.view.summary_sources import datasets_of, source_of_metric

OF_DAYS = (*DAY_BUCKETS, *DAY_PARTS)
OF_HOURS = ("hour", "hour_of_day", "am_pm", *OF_DAYS)
OF_TIME = (*CLOCK_MS, *CLOCK_PARTS, *OF_DAYS)


def of_time(granularity: str) -> tuple[str, ...]:
    """The standard dimensions that an hour or a day has one value of."""
    return OF_HOURS if granularity == "hour" else OF_DAYS


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one dataset as a report sees them.

    Attributes:
        rows: those of the report's range that its segments keep, with shown values.
        measures: the numbers of the measures that the dataset has, and for each which rows its own segments keep.
    """

    rows: Journeys
    measures: Mapping[int, tuple[Measure, Bools]]

    def amounts(self, number: int) -> Floats:
        """A measure on each row, 0 where it is not set or its own segments hide it: float64[rows]."""
        measure, own = self.measures[number]
        return np.where(own, np.nan_to_num(self.rows.amounts(measure.metric)), 0.0)


def with_summaries(sums: Sums, ask: Ask[Any], summaries: Summaries) -> Sums:
    """A report's sums with those of summary rows.

    Args:
        sums: those of events.
        ask: the report.
        summaries: the rows.
    """
    cells = Cells()
    for part, own in enumerate(within(ask) if isinstance(ask.report, table.Table) else (ask,)):
        of_part = Cells()
        for rows in _seen(own, summaries):
            CELLS[ask.report.report](of_part, own, rows)
        cells.take(of_part, part)
    return sums.plus(cells)


def datasets_read(metrics: tuple[str, ...], view: View) -> tuple[str, ...]:
    """The summary datasets whose rows some columns need."""
    return datasets_of(view, (one.metric for one in measures(metrics, view)))


def _seen(ask: Ask, summaries: Summaries) -> Iterator[Rows]:
    found = measures(ask.report.metrics_used(), ask.view)
    for dataset in datasets_read(ask.report.metrics_used(), ask.view):
        if dataset in summaries.datasets:
            own = {at: one for at, one in enumerate(found) if (source_of_metric(ask.view, one.metric) or ("",))[0] == dataset}
            yield _rows_of(ask, summaries.datasets[dataset], own)


def _rows_of(ask: Ask, summary: Summary, own: Mapping[int, Measure]) -> Rows:
    window, view = ask.window, ask.view
    rows = _alone(summary.rows, (summary.rows.t >= window.start) & (summary.rows.t < window.end))
    rows = rows.with_columns({name: _shown(ask, name, column) for name, column in rows.columns.items()})
    rows = with_standard(rows, view, window, np.arange(rows.events), of_time(summary.granularity))
    known = frozenset(name[2:] for name in rows.columns if name.startswith("d_"))
    rows = _alone(rows, kept_rows(rows, ask, (*view.view_segments, *ask.report.segments), known))
    return Rows(rows, {number: (one, kept_rows(rows, ask, one.segments, known)) for number, one in own.items()})


def _alone(rows: Journeys, some: Bools) -> Journeys:
    """Some rows, each a person of its own."""
    kept = rows.only(some)
    return Journeys(np.arange(kept.events + 1), kept.t, kept.columns)


def _shown(ask: Ask, column: str, stored: Any) -> Any:  # noqa: ANN401
    """A column with what the settings of its dimension make of its values."""
    how = ask.values.get(column[2:]) if column.startswith("d_") else None
    return how.of(stored) if isinstance(how, ValueMap) else stored


def _table_cells(cells: Cells, ask: Ask[table.Table], found: Rows) -> None:
    """Add rows to the rows of a table with the same values; what a row has no value of is *no value*.

    Source: T1-T3, O8, M6.
    """
    dimensions, only = ask.report.dimensions, row_filter(ask)
    keys = {name: _key(ask, name, found.rows) for name in dimensions}
    is_row = np.full(found.rows.events, _has_items(ask, found.rows))
    on_row = is_row & only.passes(keys, found.rows.events)
    for number in found.measures:
        amounts = found.amounts(number)
        if dimensions and on_row.any():
            cells.add(number, amounts[on_row], *(key[on_row] for key in keys.values()))
        cells.add(table_cells.TOTAL + number, float(amounts[on_row if only else slice(None)].sum()))
        if only:
            cells.add(table_cells.GRAND_TOTAL + number, float(amounts.sum()))


def _key(ask: Ask, dimension: str, rows: Journeys) -> Ints:
    """The values of a dimension on each row: int64[rows]."""
    if f"d_{dimension}" in rows.columns:
        return rows.ids(dimension)
    return np.full(rows.events, nothing_of(ask.view, dimension), np.int64)


def _has_items(ask: Ask[table.Table], rows: Journeys) -> bool:
    """Whether rows have an item of each array that a dimension of the table lies in: one of theirs is of it.

    Source: O8 (no items, no row). Decision: an item is there where the table has a dimension of it that rows have.
    """
    arrays = {name: of_objects(ask.arrays_of_dimension(name)) for name in ask.report.dimensions}
    there = {array for name, own in arrays.items() if f"d_{name}" in rows.columns for array in own}
    return all(own[0] in there for own in arrays.values() if own)


def _trend_cells(cells: Cells, ask: Ask[trend.Trend], found: Rows) -> None:
    """Add rows to the buckets that they begin in (R)."""
    starts = np.array(trend.edges_of(ask), np.int64)
    codes = slots_of(found.rows.t, starts).astype(np.int64)
    for number in found.measures:
        amounts = found.amounts(number)
        cells.add(number, amounts, codes)
        cells.add(trend.TOTAL + number, float(amounts.sum()))


CELLS: Mapping[str, Callable[[Cells, Ask[Any], Rows], None]] = {"table": _table_cells, "trend": _trend_cells}


def names_with(names: Names, summaries: Summaries) -> Names:
    """A way to texts of stored ids that also knows the values of summary rows.

    Args:
        names: the way to the dictionary.
        summaries: the rows.
    """
    if not summaries.datasets:
        return names
    texts: dict[str, dict[int, str]] = {}
    for row in summaries.texts().to_pylist():
        texts.setdefault(row["dimension"], {})[row["id"]] = row["value"]

    def known(dimension: str, ids: Ints) -> Mapping[int, str]:
        own = texts.get(dimension, {})
        found = {one: own[one] for one in ids.tolist() if one in own}
        rest = np.array([one for one in ids.tolist() if one not in found], np.int64)
        return {**names(dimension, rest), **found} if len(rest) else found

    return known
