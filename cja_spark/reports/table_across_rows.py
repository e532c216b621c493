"""The rows of a table with a dimension on its columns: one per row and column, rows first (rules T3, T4)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.reports.additive import additive
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.controls import Places, beside, controls_in
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import measures, rounded_counts, shown
from cja_spark.reports.ranked import texts_of
from cja_spark.reports.table_across import across_asks
from cja_spark.reports.table_cells import Laid, differ, games_of, laid
from cja_spark.reports.table_sums import per_key
from cja_spark.view.calendar import Granularity, edges, floor_day, local_day
from cja_spark.view.formula.uses import Measure
from cja_spark.view.standard import TIMES, id_of, number_of

if TYPE_CHECKING:
    from cja_spark.reports.table import Table

KIND = "column_kind"


@dataclass(frozen=True)
class Columns:
    """The values on the columns.

    Attributes:
        ids: all of them, int64[values].
        amounts: per measure the total of each, float64[values].
        kept: the places of those that are shown, in their order.
        texts: what those are called.
    """

    ids: Ints
    amounts: Mapping[Measure, Floats]
    kept: list[int]
    texts: list[str]


@dataclass(frozen=True)
class Grid:
    """All cells of rows beside columns.

    Attributes:
        row: the shown row that each is in, -1 for the rest, int64[cells].
        column: the same of columns.
        at: the cell of each shown row and column, int64[rows, columns].
        amounts: per measure its sum on each, float64[cells].
        controls: the cell that each is compared with.
    """

    row: Ints
    column: Ints
    at: Ints
    amounts: Mapping[Measure, Floats]
    controls: Places


def rows_across(sums: Sums, ask: Ask[Table], names: Names) -> pa.Table:
    """Each row of the table once in total, once per value on the columns, and once for the rest of these.

    Columns: row_kind string (total, grand_total, item, other), one string per dimension, column_kind string (total, item,
        other), one string of the value on the columns, one double per metric.
    Ties:    T4, rows and columns alike; times on the columns in their order.
    Source:  T2: *other* is a sum where cells add up, else null. Decision: functions over rows run over the rows of one
        column; formulas read the grand total of the report.
    """
    report, across = ask.report, str(ask.report.across)
    whole, both, alone = across_asks(ask)
    rows = laid(sums.of_part(0), whole, names)
    columns = _columns(sums.of_part(2), alone, names, rows.grand)
    grid = _grid(sums.of_part(1), both, names, rows, columns)
    some_rows, some_columns = bool(rows.rest().any()), len(columns.kept) < len(columns.ids)
    kinds = np.array(["total", "grand_total", *["item"] * len(rows.kept), *["other"] * some_rows])
    heads = [("total", None), *(("item", text) for text in columns.texts), *[("other", None)] * some_columns]
    found: list[dict[str, Floats]] = []
    for at, (head, _) in enumerate(heads):
        per_row, places = _column(head, at - 1, rows, columns, grid, (whole, both, alone))
        against = beside(rows.controls if at == 0 else grid.controls, places, rows.amounts if at == 0 else grid.amounts)
        told = shown(report.metrics, ask.view, per_row, rows.grand, kinds == "item", against)
        found.append(rounded_counts(told, ask.view) if report.round_counts else told)
        if at == 0:
            apart = any(differ(told[name]) for name in report.metrics)
    texts = [(None,) * len(report.dimensions)] * 2 + [*rows.texts] + [(None,) * len(report.dimensions)] * some_rows
    lines = [(row, column) for row in range(len(kinds)) for column in range(len(heads)) if kinds[row] != "grand_total" or (column == 0 and apart)]
    return pa.table(
        {
            "row_kind": pa.array([kinds[row] for row, _ in lines], pa.string()),
            **{name: pa.array([texts[row][place] for row, _ in lines], pa.string()) for place, name in enumerate(report.dimensions)},
            KIND: pa.array([heads[column][0] for _, column in lines], pa.string()),
            across: pa.array([heads[column][1] for _, column in lines], pa.string()),
            **{name: pa.array([found[column][name][row] for row, column in lines], pa.float64(), from_pandas=True) for name in report.metrics},
        }
    )


def _columns(sums: Sums, ask: Ask[Table], names: Names, grand: Mapping[Measure, float]) -> Columns:
    """The values on the columns: ranked as rows are; times in their order, buckets of the calendar also without events.

    Source: T4, R. Decision: of more times than may be shown the last ones are.
    """
    across, count = ask.report.dimensions[0], ask.report.rows
    if across not in TIMES:
        told = laid(sums, ask, names, grand)
        return Columns(np.array([key[0] for key in told.keys], np.int64), told.amounts, told.kept, [text[0] for text in told.texts])
    found = measures(ask.report.metrics_used(), ask.view)
    keys, amounts = per_key(sums, found, games_of(sums, found, ask), 1)
    known = {key[0]: at for at, key in enumerate(keys)}
    ids = np.array(sorted({*known, *_buckets(ask, across)}), np.int64)
    places = np.array([known.get(int(one), -1) for one in ids], np.int64)
    every = {one: np.append(own, 0.0)[places] for one, own in amounts.items()}
    kept = [*range(max(len(ids) - count, 0), len(ids))]
    return Columns(ids, every, kept, [text for (text,) in texts_of([(int(ids[at]),) for at in kept], ask, names)])


def _buckets(ask: Ask[Table], name: str) -> list[int]:
    """The ids of all hours or buckets of days in the range; none of other times, of which those that events have are columns."""
    view, window = ask.view, ask.window
    size = next((one for one in get_args(Granularity) if one == name != "minute"), None)
    if size is None:
        return []
    starts = edges(window.start, window.end, size, view.time_zone, view.calendar)
    if size == "hour":
        return [id_of(one // 1000) for one in starts]
    return [id_of(number_of(floor_day(local_day(one, view.time_zone), size, view.calendar))) for one in starts]


def _grid(sums: Sums, ask: Ask[Table], names: Names, rows: Laid, columns: Columns) -> Grid:
    """All cells; shown rows and columns without a common event have a cell of nothing."""
    found = measures(ask.report.metrics_used(), ask.view)
    keys, amounts = per_key(sums, found, games_of(sums, found, ask), len(ask.report.dimensions))
    row_of = {rows.keys[place]: at for at, place in enumerate(rows.kept)}
    column_of = {int(columns.ids[place]): at for at, place in enumerate(columns.kept)}
    known = {*keys}
    keys = [*keys, *(key for row in row_of for column in column_of if (key := (*row, column)) not in known)]
    row = np.array([row_of.get(key[:-1], -1) for key in keys], np.int64)
    column = np.array([column_of.get(key[-1], -1) for key in keys], np.int64)
    at = np.zeros((len(row_of), len(column_of)), np.int64)
    here = np.flatnonzero((row >= 0) & (column >= 0))
    at[row[here], column[here]] = here
    every = {one: np.append(own, np.zeros(len(keys) - len(own))) for one, own in amounts.items()}
    return Grid(row, column, at, every, controls_in(keys, ask, names))


def _column(
    head: str, place: int, rows: Laid, columns: Columns, grid: Grid, asks: Sequence[Ask[Table]]
) -> tuple[dict[Measure, Floats], list[int]]:
    """Per measure its total, its grand total, its items and what is left of one column; and the places of these among all cells."""
    whole, both, alone = asks
    rest = rows.rest()
    if head == "total":
        per_row = {one: [rows.totals[one], rows.grand[one], *own[rows.kept], *_sum(own, rest, one, whole)] for one, own in rows.amounts.items()}
        places = [-1, -1, *rows.kept, *[-1] * bool(rest.any())]
    elif head == "item":
        here, own_cells = grid.at[:, place], (grid.column == place) & (grid.row < 0)
        per_row = {
            one: [columns.amounts[one][columns.kept[place]], rows.grand[one], *own[here], *_left(own, own_cells, one, both, rest)]
            for one, own in grid.amounts.items()
        }
        places = [-1, -1, *here.tolist(), *[-1] * bool(rest.any())]
    else:
        others, left = np.ones(len(columns.ids), bool), grid.column < 0
        others[columns.kept] = False
        per_row = {
            one: [*_sum(columns.amounts[one], others, one, alone), rows.grand[one], *_of_rows(own, left, grid.row, len(rows.kept), one, both), *_left(own, left & (grid.row < 0), one, both, rest)]
            for one, own in grid.amounts.items()
        }
        places = [-1] * (2 + len(rows.kept) + bool(rest.any()))
    return {one: np.array(own, np.float64) for one, own in per_row.items()}, places


def _sum(amounts: Floats, some: Bools, measure: Measure, ask: Ask[Table]) -> list[float]:
    """The sum of those that are left, if there are any; null where they cannot be added (T2)."""
    if not some.any():
        return []
    return [float(amounts[some].sum()) if additive(measure, ask.report, ask) else math.nan]


def _left(amounts: Floats, some: Bools, measure: Measure, ask: Ask[Table], rest: Bools) -> list[float]:
    """The same of the cells of rows that are left."""
    if not rest.any():
        return []
    return [float(amounts[some].sum()) if additive(measure, ask.report, ask) else math.nan]


def _of_rows(amounts: Floats, some: Bools, row: Ints, count: int, measure: Measure, ask: Ask[Table]) -> Floats:
    """The same of each shown row: float64[rows]."""
    if not additive(measure, ask.report, ask):
        return np.full(count, np.nan)
    here = some & (row >= 0)
    return np.bincount(row[here], amounts[here], minlength=count).astype(np.float64)
