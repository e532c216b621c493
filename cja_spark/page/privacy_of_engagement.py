"""Things that some of those active do: what tells of few who do one, or of few who do not, goes with the medians that place them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
PEOPLE, PERSON_PERIODS, QUADRANT = "people", "person_periods", "quadrant"
TOTAL, MEDIAN = "total", "median"


def medians_are_told(columns: Columns) -> bool:
    """Whether the rows are things with a place beside medians."""
    return {QUADRANT, PERSON_PERIODS} <= {column.name for column in columns}


def hide_few_of_engagement(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    A thing that few do is hidden, and so is one that few of those active do not do at all, or in some of their periods: the total less the thing
    would tell of these. Where a thing is hidden the medians, which may be its own figures, and all quadrants are withheld.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    total = next((row for row in rows if row.get("row_kind") == TOTAL), {})
    things = [at for at, row in enumerate(rows) if row.get("row_kind") not in (TOTAL, MEDIAN)]
    gone = {at for at in things if any(_of_few(rows[at].get(name), total.get(name), fewest) for name in (PEOPLE, PERSON_PERIODS))}
    names = figures(columns)
    for at, row in enumerate(rows):
        safe = hide_few(row, columns, fewest)
        if at in gone or (gone and row.get("row_kind") == MEDIAN):
            safe = {name: _withheld(cell, fewest) if name in names else cell for name, cell in safe.items()}
        if gone and at in things:
            safe[QUADRANT] = Below(fewest) if few(row.get(PEOPLE), fewest) else Withheld(fewest)
        yield safe


def _of_few(cell: Cell, all_: Cell, fewest: int) -> bool:
    """Whether so many, or all the others, are few."""
    return few(cell, fewest) or few(_number(all_) - _number(cell), fewest)


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0


def _withheld(cell: SafeCell, fewest: int) -> SafeCell:
    """What is few stays so; what is no figure is none."""
    return cell if cell is None or isinstance(cell, Below) else Withheld(fewest)
