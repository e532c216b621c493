"""Intervals before and after a day 0: what tells of few who do something in one, or of few who do not, is hidden, and what could be computed from the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
PEOPLE, BASE, CHANGE, INTERVAL = "people", "base_people", "change_rate", "interval"


def changes_are_told(columns: Columns) -> bool:
    """Whether the rows are intervals around a day 0."""
    return {INTERVAL, BASE, CHANGE} <= {column.name for column in columns}


def hide_few_of_impact(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    A row is hidden where few do the thing, or where few of those that it is of do not. The times of the intervals before day 0 add up to those of the
    row `before`, and so after it: as long as the hidden ones are one alone, or may be of fewer than `fewest` people together, the one of the fewest
    people that is left is withheld too. The change goes with either side.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    gone = {at for at, row in enumerate(rows) if _of_few(row, fewest)}
    sides: dict[tuple[Cell, str], list[int]] = {}
    for at, row in enumerate(rows):
        if row.get("row_kind") == INTERVAL:
            sides.setdefault((row.get("step_name"), "before" if _number(row.get(INTERVAL)) < 0 else "after"), []).append(at)
    for own in sides.values():
        gone |= _beside({at: _number(rows[at].get(PEOPLE)) for at in own}, gone, fewest)
    changed = {rows[at].get("step_name") for at in gone if rows[at].get("row_kind") in ("before", "after")}
    names = figures(columns)
    for at, row in enumerate(rows):
        safe, withheld = hide_few(row, columns, fewest), names if at in gone else {CHANGE} if row.get("step_name") in changed else set()
        yield {name: _withheld(cell, fewest) if name in withheld else cell for name, cell in safe.items()}


def _of_few(row: Row, fewest: int) -> bool:
    """Whether few do it, or few of those that the row is of do not."""
    return few(row.get(PEOPLE), fewest) or (row.get(BASE) is not None and few(_number(row.get(BASE)) - _number(row.get(PEOPLE)), fewest))


def _beside(people: Mapping[int, float], gone: set[int], fewest: int) -> set[int]:
    """The intervals of a side that are withheld for the sake of others."""
    hidden = [at for at in people if at in gone]
    left = sorted((many, at) for at, many in people.items() if many > 0 and at not in gone)
    more: set[int] = set()
    while hidden and left and (len(hidden) + len(more) < 2 or max(people[at] for at in (*hidden, *more)) < fewest):
        more.add(left.pop(0)[1])
    return more


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0


def _withheld(cell: SafeCell, fewest: int) -> SafeCell:
    """What is few stays so; what is no figure is none."""
    return cell if cell is None or isinstance(cell, Below) else Withheld(fewest)
