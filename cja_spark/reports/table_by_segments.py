"""Tables whose rows are segments: each is the same table of what one more segment keeps (O10: stacked and ANDed)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import measures, rounded_counts, shown
from cja_spark.reports.ranked import near
from cja_spark.reports.row_segments import row_text
from cja_spark.reports.spec import SegmentUse
from cja_spark.reports.table_across import across_asks, cells_across
from cja_spark.reports.table_across_rows import rows_across
from cja_spark.reports.table_cells import TOTAL, finish, grand_of, kernel
from cja_spark.reports.table_sums import totals_of

if TYPE_CHECKING:
    from cja_spark.reports.table import Table

SEGMENT, COLUMN = "segment", "in_segment"


def within(ask: Ask[Table]) -> Iterator[Ask[Table]]:
    """The table that a table with rows of segments is in all, then that of each of its segments; or the three of one with columns."""
    if ask.report.across:
        yield from across_asks(ask)
        return
    yield _as_part(ask)
    for use in ask.report.by_segments:
        yield _as_part(ask, use)


def _as_part(ask: Ask[Table], *uses: SegmentUse) -> Ask[Table]:
    """The same ask without rows of segments; what is read stays that of the whole report (O7)."""
    return replace(ask, report=ask.report.model_copy(update={"by_segments": (), "segments": (*ask.report.segments, *uses)}))


def cells_of(seen: Seen[Table]) -> Cells:
    """The cells of the table in all, and of each segment as a part of its own; the masks are shared by all reports.

    Source: O10: attribution comes before segments; T2: a person of two segments counts in both.
    """
    if seen.ask.report.across:
        return cells_across(seen)
    if not seen.ask.report.by_segments:
        return kernel(seen)
    cells = Cells()
    for part, ask in enumerate(within(seen.ask)):
        own = copy.copy(seen)
        own.ask = ask
        cells.take(kernel(own), part)
    return cells


def rows_of(sums: Sums, ask: Ask[Table], names: Names) -> pa.Table:
    """The rows of the table; with rows of segments the total, then each segment in its order (T3).

    Columns: row_kind string (total, grand_total, segment, item, other), in_segment string where segments are rows, one string
        per dimension, one double per metric.
    Ties:    in the order that they are written in.
    Source:  Decision: formulas read the grand total of the report, also in the row of a segment; functions over rows run
        over the segments, or with dimensions over the rows of one segment.
    """
    if ask.report.across:
        return rows_across(sums, ask, names)
    if not ask.report.by_segments:
        return finish(sums, ask, names)
    whole, *parts = within(ask)
    of_parts = [sums.of_part(at + 1) for at in range(len(parts))]
    order = _order(sums.of_part(0), of_parts, ask)
    if not ask.report.dimensions:
        return _of_totals(sums.of_part(0), [of_parts[at] for at in order], ask, order)
    grand = grand_of(sums.of_part(0), whole, measures(ask.report.metrics_used(), ask.view))
    total = finish(sums.of_part(0), whole, names)
    kinds = total["row_kind"].to_pylist()
    tables = [_said(total.filter(pa.array([kind in ("total", "grand_total") for kind in kinds])), None)]
    for at in order:
        own = finish(of_parts[at], parts[at], names, grand)
        kept = own.filter(pa.array([kind != "grand_total" for kind in own["row_kind"].to_pylist()]))
        tables.append(_said(kept, row_text(ask.report.by_segments[at])))
    return pa.concat_tables(tables)


def _said(rows: pa.Table, segment: str | None) -> pa.Table:
    """The rows with the segment that they are of, whose total is its row."""
    kinds = [SEGMENT if segment is not None and kind == "total" else kind for kind in rows["row_kind"].to_pylist()]
    told = rows.set_column(0, "row_kind", pa.array(kinds, pa.string()))
    return told.add_column(1, COLUMN, pa.array([segment] * len(rows), pa.string()))


def _order(sums: Sums, parts: list[Sums], ask: Ask[Table]) -> list[int]:
    """The places of segments: as they are written, or by the metric that the report sorts by, descending."""
    sort = ask.report.sort
    if sort is None:
        return list(range(len(parts)))
    found = measures(ask.report.metrics_used(), ask.view)
    totals = [totals_of(one, found, TOTAL) for one in parts]
    amounts = {one: np.array([total[one] for total in totals], np.float64) for one in found}
    grand = grand_of(sums, next(within(ask)), found)
    by = shown([sort], ask.view, amounts, grand, np.ones(len(parts), bool), {})[sort]
    return [int(at) for at in np.argsort(-near(by), kind="stable")]


def _of_totals(sums: Sums, parts: list[Sums], ask: Ask[Table], order: list[int]) -> pa.Table:
    """The total, and the total of each segment as an item."""
    report, found = ask.report, measures(ask.report.metrics_used(), ask.view)
    totals = [totals_of(one, found, TOTAL) for one in (sums, *parts)]
    amounts = {one: np.array([total[one] for total in totals], np.float64) for one in found}
    columns = shown(report.metrics, ask.view, amounts, totals[0], np.arange(len(totals)) > 0, {})
    said = rounded_counts(columns, ask.view) if report.round_counts else columns
    return pa.table(
        {
            "row_kind": pa.array(["total", *["item"] * len(parts)], pa.string()),
            COLUMN: pa.array([None, *(row_text(report.by_segments[at]) for at in order)], pa.string()),
            **{name: pa.array(said[name], pa.float64(), from_pandas=True) for name in report.metrics},
        }
    )
