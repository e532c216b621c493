"""A dimension on the columns of a table: three tables in one, of its rows, of its cells, and of the columns in total (rules T, M6)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Bools
from cja_spark.kernels.counting import coded, first_per_code
from cja_spark.reports.additive import additive
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.measures import kept, measures
from cja_spark.reports.row_filter import row_filter
from cja_spark.reports.squares import on_events, on_rows
from cja_spark.reports.table_cells import kernel
from cja_spark.reports.table_rows import Rows, combined, table_rows
from cja_spark.view.formula.uses import Measure
from cja_spark.view.standard import TIMES

if TYPE_CHECKING:
    from cja_spark.reports.table import Table

MOST_COLUMNS, USUAL_COLUMNS = 100, 5


def columns_shown(report: Table) -> int:
    """How many values are columns: 5 without a word, of times all that a table may have."""
    return report.columns_shown or (MOST_COLUMNS if report.across in TIMES else USUAL_COLUMNS)


def across_asks(ask: Ask[Table]) -> Iterator[Ask[Table]]:
    """The table of the rows alone, that of rows beside columns, and that of the columns alone.

    Source: Decision: what has no value on the columns is a column; what hides rows hides none of these.
    """
    report = ask.report
    across, hidden = str(report.across), row_filter(ask).hidden
    alone = {"across": None, "sort": report.sorted_by()}
    shown = (*(name for name in report.dimensions if name not in hidden), across)
    for own in (
        {"include_no_value": tuple(name for name in report.dimensions if name not in hidden) or not hidden},
        {"dimensions": (*report.dimensions, across), "include_no_value": shown},
        {"dimensions": (across,), "include_no_value": True, "filter": (), "rows": columns_shown(report)},
    ):
        yield replace(ask, report=report.model_copy(update={**alone, **own}))


def cells_across(seen: Seen[Table]) -> Cells:
    """The cells of the three tables, each a part of its own; the masks are shared by all reports."""
    cells = Cells()
    rows, both, tops = across_asks(seen.ask)
    for part, ask in enumerate((rows, both, tops)):
        own = copy.copy(seen)
        own.ask = ask
        cells.take(_of_some_rows(seen, both) if ask is tops and row_filter(both) else kernel(own), part)
    return cells


def _of_some_rows(seen: Seen[Table], ask: Ask[Table]) -> Cells:
    """Each measure per column, of the rows that there are.

    Source: T3: a column is the table of what has its value, so its total is that of the rows in it.
    """
    cells, mask = Cells(), seen.masked()
    rows = table_rows(seen, ask.report.dimensions, mask, row_filter(ask))
    if len(rows.at) == 0:
        return cells
    values, _ = coded(rows.keys[-1])
    for number, measure in enumerate(measures(ask.report.metrics_used(), ask.view)):
        own = kept(seen, measure, mask)
        if measure.distinct:
            _add_values(cells, seen, number, ask, measure.distinct, own)
            cells.add(number, np.zeros(len(values)), values, 0)
        else:
            cells.add(number, np.zeros(len(values)), values)
            _add_column(cells, seen, number, measure, ask, rows.chosen(own[rows.at]))
    return cells


def _add_column(cells: Cells, seen: Seen[Table], number: int, measure: Measure, ask: Ask[Table], rows: Rows) -> None:
    if len(rows.at) == 0:
        return
    values, codes = coded(rows.keys[-1])
    if rows.items and additive(replace(measure, squared_per=""), ask.report, ask):
        cells.add(number, on_rows(seen, measure, rows, codes, len(values)), values)
        return
    once = first_per_code(rows.at, codes, len(values))  # an event counts once in each of its columns
    cells.add(number, on_events(seen, measure, rows.at[once], codes[once], len(values)), values)


def _add_values(cells: Cells, seen: Seen[Table], number: int, ask: Ask[Table], counted: str, mask: Bools) -> None:
    """A cell per column and value that some row in it has."""
    dimensions = ask.report.dimensions
    found = table_rows(seen, (*dimensions, counted), mask)
    some = (found.keys[-1] != 0) & row_filter(ask).passes(dict(zip(dimensions, found.keys, strict=False)), len(found.at))
    if some.any():
        pairs, _ = combined((found.keys[-2][some], found.keys[-1][some]))
        cells.add(number, np.ones(len(pairs[0])), *pairs)
