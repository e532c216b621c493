"""Cells of a table with a dimension on its columns add up to their row and to their column: none of few people can be computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, counting, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
KIND, UNKNOWN = "column_kind", float("inf")


def cells_are_crossed(columns: Columns) -> bool:
    """Whether rows are cells of rows and columns."""
    return any(column.name == KIND for column in columns)


def hide_few_of_across(
    rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[Mapping[str, float | None]]
) -> Iterator[dict[str, SafeCell]]:
    """Give the cells with what is about 1 to `fewest` - 1 people hidden, and with it what tells of it.

    As long as the hidden cells of a row, or of a column, are one alone or about fewer than `fewest` people together, the one
    of the fewest people that is left is withheld; where none is left that is not empty, the total is.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    safe = [_hidden(row, columns, fewest, counts) for row, counts in zip(rows, behind, strict=True)]
    gone = {at for at, row in enumerate(safe) if any(isinstance(cell, Below) for cell in row.values())}
    sizes, lines = [_size(row, columns) for row in rows], [*_lines(rows, columns)]
    while more := {at for whole, parts in lines if (at := _next(whole, parts, gone, sizes, fewest)) is not None}:
        gone |= more
    names = figures(columns)
    for at, row in enumerate(safe):
        yield {name: Withheld(fewest) if at in gone and name in names and isinstance(cell, int | float | Decimal) else cell for name, cell in row.items()}


def _hidden(row: Row, columns: Columns, fewest: int, behind: Mapping[str, float | None]) -> dict[str, SafeCell]:
    """The cell with its own figures hidden; where nobody knows how many people it is about, by its counts."""
    people = counting(columns)
    if not people or row.get(people[0]) is not None:
        return hide_few(row, columns, fewest, behind)
    return hide_few(row, tuple(column for column in columns if column.format != "people"), fewest, behind)


def _size(row: Row, columns: Columns) -> float:
    """How many people a cell is about; without a word of people the smallest of its counts."""
    for names in (counting(columns)[:1], [column.name for column in columns if column.format == "count"]):
        known = [float(cell) for name in names if isinstance(cell := row.get(name), int | float | Decimal)]
        if known:
            return min((one for one in known if one > 0), default=0.0)
    return UNKNOWN


def _lines(rows: Sequence[Row], columns: Columns) -> Iterator[tuple[int, list[int]]]:
    """The place of each total, and those of the cells that add up to it: by rows and by columns."""
    head = [column.name for column in columns].index(KIND)
    of_row, of_column = columns[:head], columns[head : head + 2]
    for own, across in ((of_row, of_column), (of_column, of_row)):
        parts: dict[tuple[Cell, ...], list[int]] = {}
        wholes: dict[tuple[Cell, ...], int] = {}
        for at, row in enumerate(rows):
            key, kind = tuple(row.get(column.name) for column in own), row.get(across[0].name)
            if kind == "total":
                wholes[key] = at
            elif kind != "grand_total":
                parts.setdefault(key, []).append(at)
        yield from ((whole, parts[key]) for key, whole in wholes.items() if key in parts)


def _next(whole: int, parts: Sequence[int], gone: set[int], sizes: Sequence[float], fewest: int) -> int | None:
    """The cell that has to go next so that those that are gone are not told, if any has to."""
    own = [at for at in parts if at in gone]
    if not own or whole in gone or (len(own) > 1 and sum(sizes[at] for at in own) >= fewest):
        return None
    left = [at for at in parts if at not in gone and sizes[at] > 0]
    return min(left, key=lambda at: (sizes[at], at)) if left else whole
