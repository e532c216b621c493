"""Periods count some of the same persons: what tells how many few are between two counts is hidden with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, counting, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
TOTAL, ON, ON_OR_AFTER = "total", "on", "on_or_after"


def periods_follow(columns: Columns) -> bool:
    """Whether the rows are periods, each of which counts some of those that the total counts."""
    return any(column.name == "retention_rate" for column in columns) and bool(counting(columns))


def hide_few_of_periods(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of a retention with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    Each row loses what `hide_few` hides. Besides, a period is withheld when 1 to `fewest` - 1 lie between its count and the total's:
    those that did not come back; where periods count those that are back at some time from then on, also between it and the last one
    shown: those that came back between them for the last time.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    gone, names = _withheld(rows, counting(columns)[0], fewest), figures(columns)
    for at, row in enumerate(rows):
        safe = hide_few(row, columns, fewest)
        yield {name: _hidden(cell, fewest) if at in gone and name in names else cell for name, cell in safe.items()}


def _withheld(rows: Sequence[Row], people: str, fewest: int) -> set[int]:
    """The periods that are too near to a count which is shown."""
    gone: set[int] = set()
    shown: Cell = None
    for at, row in enumerate(rows):
        kind, count = row.get("row_kind"), row.get(people)
        if kind in (ON, ON_OR_AFTER) and not few(count, fewest) and few(_less(shown, count), fewest):
            gone.add(at)
        elif kind in (TOTAL, ON_OR_AFTER) and not few(count, fewest):
            shown = count
    return gone


def _less(one: Cell, other: Cell) -> float | None:
    return float(one) - float(other) if isinstance(one, int | float) and isinstance(other, int | float) else None


def _hidden(cell: SafeCell, fewest: int) -> SafeCell:
    return Withheld(fewest) if isinstance(cell, int | float | Decimal | Below) else cell
