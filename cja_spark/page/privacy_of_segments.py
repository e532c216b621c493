"""Rows of segments stand beside the total: one that leaves out a few people tells what these did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import SafeCell, Withheld, counting, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
WHOLE = ("segment", "item")  # kinds of rows that a whole segment is


def rows_are_segments(columns: Columns) -> bool:
    """Whether the rows are of segments, and how many people each keeps is known."""
    return any(column.name == "in_segment" for column in columns) and bool(counting(columns))


def hide_few_of_segments(
    rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[Mapping[str, float | None]]
) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and a segment withheld that leaves out so few of all.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    people, names = counting(columns)[0], figures(columns)
    all_ = next((row.get(people) for row in rows if row.get("row_kind") == "total"), None)
    parted = any(row.get("row_kind") == "segment" for row in rows)
    for row, counts in zip(rows, behind, strict=True):
        safe = hide_few(row, columns, fewest, counts)
        whole = row.get("row_kind") == WHOLE[0 if parted else 1]
        if whole and few(_less(all_, row.get(people)), fewest):
            safe = {name: Withheld(fewest) if name in names and isinstance(cell, int | float | Decimal) else cell for name, cell in safe.items()}
        yield safe


def _less(one: Cell, other: Cell) -> float | None:
    return float(one) - float(other) if isinstance(one, int | float) and isinstance(other, int | float) else None
