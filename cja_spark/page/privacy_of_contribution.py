"""Changes of the values of a dimension add up to that of all: what gives a hidden one away goes with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
PEOPLE = ("people_before", "people_after")


def contributions_are_told(columns: Columns) -> bool:
    """Whether the rows are of a contribution."""
    return {"contributor", "share_of_change", *PEOPLE} <= {column.name for column in columns}


def hide_few_of_contribution(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people, before or after, hidden, and what could be computed from the rest.

    A row of so few people on either side loses all its figures: what is left would tell them. A segment that leaves out so few of all is
    withheld. Where the values of a dimension add up and one of them is hidden, or the total is, *other* is withheld too, or without it the
    value of the fewest people that is left.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    names = figures(columns)
    below = {at for at, row in enumerate(rows) if any(few(row.get(name), fewest) for name in PEOPLE)}
    withheld = {at for at, row in enumerate(rows) if row.get("row_kind") == "segment" and _leaves_out_few(rows[0], row, fewest)}
    for dimension in dict.fromkeys(row.get("contributor_dimension") for row in rows if row.get("rows_add_up")):
        own = [at for at, row in enumerate(rows) if row.get("contributor_dimension") == dimension]
        if below & {0, *own}:
            withheld |= _given_away(rows, own, below)
    for at, row in enumerate(rows):
        hidden: SafeCell = Below(fewest) if at in below else Withheld(fewest)
        yield {name: hidden if name in names and cell is not None else cell for name, cell in row.items()} if at in below | withheld else dict(row)


def _given_away(rows: Sequence[Row], own: Sequence[int], below: set[int]) -> set[int]:
    """The row of a dimension that would tell those of few people."""
    other = {at for at in own if rows[at].get("row_kind") == "other"}
    left = sorted(set(own) - below, key=lambda at: (_people(rows[at]), at))
    return other or {*left[:1]}


def _people(row: Row) -> float:
    return min((float(cell) for name in PEOPLE if isinstance(cell := row.get(name), int | float) and cell > 0), default=0.0)


def _leaves_out_few(all_: Row, row: Row, fewest: int) -> bool:
    """Whether a segment keeps nearly all people, before or after."""
    pairs = ((all_.get(name), row.get(name)) for name in PEOPLE)
    return any(few(float(whole) - float(part), fewest) for whole, part in pairs if isinstance(whole, int | float) and isinstance(part, int | float))
