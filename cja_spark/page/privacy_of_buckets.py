"""Buckets that add up to their total say each other's figures: what gives a hidden one away is hidden with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, counting, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
TOTAL = "total"


def buckets_add_up(columns: Columns) -> bool:
    """Whether the rows are buckets of amounts, all of which the total counts, each unit in one of them."""
    return any(column.format == "bound" for column in columns) and bool(counting(columns))


def hide_few_of_buckets(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of a histogram with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    Each row loses what `hide_few` hides. The total less the other rows is what the hidden ones hold together: so as long as
    that is one row, or about fewer than `fewest` people, the bucket of the fewest people that is left is withheld too.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    people = counting(columns)[0]
    gone, names = _withheld(rows, people, fewest), figures(columns)
    for at, row in enumerate(rows):
        safe = hide_few(row, columns, fewest)
        yield {name: _hidden(cell, fewest) if at in gone and name in names else cell for name, cell in safe.items()}


def _withheld(rows: Sequence[Row], people: str, fewest: int) -> set[int]:
    """The rows that are withheld for the sake of others."""
    counts = {at: _count(row.get(people)) for at, row in enumerate(rows) if row.get("row_kind") != TOTAL}
    hidden = {at for at, count in counts.items() if few(count, fewest)}
    left = sorted((count, at) for at, count in counts.items() if count > 0 and at not in hidden)
    gone: set[int] = set()
    while hidden and left and (len(hidden) + len(gone) < 2 or sum(counts[at] for at in hidden | gone) < fewest):
        gone.add(left.pop(0)[1])
    return gone


def _count(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0


def _hidden(cell: SafeCell, fewest: int) -> SafeCell:
    return Withheld(fewest) if isinstance(cell, int | float | Decimal | Below) else cell
