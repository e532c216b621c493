"""Figures about too few people leave a page before it is written: they are not in the file at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cja_spark.page.content import Cell, ColumnSpec


class Below(NamedTuple):
    """Stands for a figure that is hidden because it is about fewer than `fewest` people."""

    fewest: int


SafeCell = Cell | Below
_FIGURES = {"count", "people", "number", "percent", "points", "money", "seconds"}


def _few(cell: Cell, fewest: int) -> bool:
    return isinstance(cell, int) and 0 < cell < fewest


def _counting(columns: tuple[ColumnSpec, ...]) -> list[str]:
    """Names of the columns that tell how many people a row is about."""
    return [column.name for column in columns if column.format == "people"]


def hide_few(row: Mapping[str, Cell], columns: tuple[ColumnSpec, ...], fewest: int) -> dict[str, SafeCell]:
    """Give the row with its figures hidden where they are about 1 to `fewest` - 1 people.

    A row with a people column loses every figure when its smallest people figure is that small (the first people
    column decides for the row, a later one for itself). A row without one loses each count that is that small.

    Source: spec publishing, S4 (counts < 10 hidden). Decision: 0 is shown, it is about nobody.
    """
    people = _counting(columns)
    if people and _few(row.get(people[0]), fewest):
        return {name: Below(fewest) if name in figures(columns) else cell for name, cell in row.items()}
    alone = set(people[1:]) if people else {column.name for column in columns if column.format == "count"}
    return {name: Below(fewest) if name in alone and _few(cell, fewest) else cell for name, cell in row.items()}


def figures(columns: tuple[ColumnSpec, ...]) -> set[str]:
    """Names of the columns that hold figures, not dimensions."""
    return {column.name for column in columns if column.format in _FIGURES}
