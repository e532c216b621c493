"""Buckets that add up to their total say each other's figures: what gives a hidden one away is hidden with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    that is one row, or may be about fewer than `fewest` people, the bucket of the fewest people that is left is withheld too. Of
    sessions and events a person has some in several rows, so the hidden ones may be of no more people than the largest of them;
    and how many people there are is withheld where it tells that few have nothing in a row that is shown.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    people, names = counting(columns)[0], figures(columns)
    counts = {at: _count(row.get(people)) for at, row in enumerate(rows) if row.get("row_kind") != TOTAL}
    overlap = any(column.format == "count" for column in columns)
    gone = _withheld(counts, fewest, max if overlap else sum)
    hidden = gone | {at for at, count in counts.items() if few(count, fewest)}
    for at, row in enumerate(rows):
        safe = hide_few(row, columns, fewest)
        withheld = names if at in gone else set()
        if at not in counts and overlap and hidden:
            withheld = {people} if any(few(_count(row.get(people)) - counts[one], fewest) for one in counts if one not in hidden) else set()
        yield {name: _hidden(cell, fewest) if name in withheld else cell for name, cell in safe.items()}


def _withheld(counts: Mapping[int, float], fewest: int, together: Callable[[Iterable[float]], float]) -> set[int]:
    """The rows that are withheld for the sake of others; `together` says of how many people hidden rows are at least."""
    hidden = {at for at, count in counts.items() if few(count, fewest)}
    left = sorted((count, at) for at, count in counts.items() if count > 0 and at not in hidden)
    gone: set[int] = set()
    while hidden and left and (len(hidden) + len(gone) < 2 or together(counts[at] for at in hidden | gone) < fewest):
        gone.add(left.pop(0)[1])
    return gone


def _count(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0


def _hidden(cell: SafeCell, fewest: int) -> SafeCell:
    return Withheld(fewest) if isinstance(cell, int | float | Decimal | Below) else cell
