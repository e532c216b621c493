"""Cohorts are told period by period: what tells how many few are back, or are not, is hidden with them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
PEOPLE, BASE, AFTER = "people", "base_people", "periods_after"
TOTAL, INCLUDED, CHURNED, FROM_THEN_ON = "total", "included", "churned", "_on_or_after"
AVERAGES = ("mean_of_rates", "pooled")


def cohorts_are_told(columns: Columns) -> bool:
    """Whether the rows are cells of cohorts."""
    return {PEOPLE, BASE, "cohort_rate"} <= {column.name for column in columns}


def hide_few_of_cohorts(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    Each row loses what `hide_few` hides. Besides, a cell is withheld when 1 to `fewest` - 1 of those that it is of are the others; where
    cells count from a period on, also when so few lie between it and the last cell of the cohort that is shown. A rolling cell that
    is of those of a hidden one does not say how many these are. The averages of a column go with each cell of it; the
    total goes where those included add up to it and the hidden ones are few together.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    gone = {at: figures(columns) for at in _cells_gone(rows, fewest)}
    gone |= {at: {BASE, "cohort_rate"} for at in _chained(rows, gone, fewest) - {*gone}}
    columns_gone = {row.get(AFTER) for at, row in enumerate(rows) if _is_cell(row) and (at in gone or few(row.get(PEOPLE), fewest))}
    for at, row in enumerate(rows):
        if (row.get("row_kind") in AVERAGES and row.get(AFTER) in columns_gone) or (row.get("row_kind") == TOTAL and _total_tells(rows, fewest)):
            gone[at] = figures(columns)
    for at, row in enumerate(rows):
        safe = hide_few(row, columns, fewest)
        marks = (int, float, Decimal) if _is_cell(row) else (int, float, Decimal, Below)  # that a sum is of few tells of its parts
        yield {name: Withheld(fewest) if name in gone.get(at, ()) and isinstance(cell, marks) else cell for name, cell in safe.items()}


def _is_cell(row: Row) -> bool:
    return row.get("row_kind") not in (TOTAL, INCLUDED, *AVERAGES)


def _of_cohorts(rows: Sequence[Row]) -> Iterator[list[int]]:
    """The places of each cohort's cells, in their order; one cohort's rows stand together."""
    places = [at for at, row in enumerate(rows) if _is_cell(row)]
    for _, some in groupby(places, lambda at: (rows[at].get("bucket"), rows[at].get("label"))):
        yield [*some]


def _cells_gone(rows: Sequence[Row], fewest: int) -> set[int]:
    """The cells that are too near to a count which is shown."""
    gone: set[int] = set()
    for places in _of_cohorts(rows):
        shown: float | None = None
        for at in places:
            row, back = rows[at], _back(rows[at])
            if back is None:
                continue
            near = few(_number(row.get(BASE)) - _number(row.get(PEOPLE)), fewest)
            if str(row.get("row_kind")).endswith(FROM_THEN_ON):
                near = near or (shown is not None and few(shown - back, fewest))
            if near:
                gone.add(at)
            elif not few(row.get(PEOPLE), fewest):
                shown = back
    return gone


def _chained(rows: Sequence[Row], gone: Mapping[int, set[str]], fewest: int) -> set[int]:
    """Cells that are of as many people as a cell of their cohort that is hidden has."""
    found: set[int] = set()
    for places in _of_cohorts(rows):
        hidden = {_back(rows[at]) for at in places if at in gone or few(rows[at].get(PEOPLE), fewest)} - {None}
        found |= {at for at in places if rows[at].get(BASE) in hidden}
    return found


def _back(row: Row) -> float | None:
    """How many of a cell are back, whichever it counts."""
    if row.get(PEOPLE) is None or row.get(BASE) is None:
        return None
    people = _number(row.get(PEOPLE))
    return _number(row.get(BASE)) - people if str(row.get("row_kind")).startswith(CHURNED) else people


def _total_tells(rows: Sequence[Row], fewest: int) -> bool:
    """Whether the total less the cohorts that are shown is few people."""
    included = [_number(row.get(PEOPLE)) for row in rows if row.get("row_kind") == INCLUDED]
    total = math.fsum(_number(row.get(PEOPLE)) for row in rows if row.get("row_kind") == TOTAL)
    return total == math.fsum(included) and few(math.fsum(people for people in included if few(people, fewest)), fewest)


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
