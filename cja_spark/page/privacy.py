"""Figures about too few people leave a page before it is written: they are not in the file at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from cja_spark.page.content import Cell, ColumnSpec


@dataclass(frozen=True)
class Below:
    """Stands for a figure that is hidden because it is about fewer than `fewest` people."""

    fewest: int


@dataclass(frozen=True)
class Withheld:
    """Stands for a figure that is hidden because one about fewer than `fewest` people could be computed from it."""

    fewest: int


SafeCell = Cell | Below | Withheld
NOTHING: Mapping[str, float | None] = MappingProxyType({})
_FIGURES = {"count", "people", "number", "percent", "points", "money", "seconds"}


def few(cell: Cell, fewest: int) -> bool:
    """Whether a figure is one of 1 to `fewest` - 1; reports give counts as doubles."""
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) and 0 < cell < fewest


def counting(columns: tuple[ColumnSpec, ...]) -> list[str]:
    """Names of the columns that tell how many people a row is about."""
    return [column.name for column in columns if column.format == "people"]


def hide_few(
    row: Mapping[str, Cell], columns: tuple[ColumnSpec, ...], fewest: int, behind: Mapping[str, float | None] = NOTHING
) -> dict[str, SafeCell]:
    """Give the row with its figures hidden where they are about 1 to `fewest` - 1 people.

    A row with a people column loses every figure when its first people figure is that small; a later people
    figure decides for itself alone. A row without one loses each count that is that small, and
    then also its figures that are no counts, because they may be about those few. A figure that is made of a count of
    people which is that small, shown or not (`behind`), is hidden too.

    Source: spec publishing, S4 (counts < 10 hidden). Decision: 0 is shown, it is about nobody.
    """
    hidden = _hidden(row, columns, fewest) | _few_of(behind, behind, fewest)
    return {name: Below(fewest) if name in hidden else cell for name, cell in row.items()}


def _hidden(row: Mapping[str, Cell], columns: tuple[ColumnSpec, ...], fewest: int) -> set[str]:
    """Names of the row's figures that are hidden."""
    people = counting(columns)
    if people:
        first, *later = people
        return figures(columns) if few(row.get(first), fewest) else _few_of(row, later, fewest)
    counts = {column.name for column in columns if column.format == "count"}
    small = _few_of(row, counts, fewest)
    return small | (figures(columns) - counts) if small else set()


def _few_of(row: Mapping[str, Cell], names: Iterable[str], fewest: int) -> set[str]:
    return {name for name in names if few(row.get(name), fewest)}


def figures(columns: tuple[ColumnSpec, ...]) -> set[str]:
    """Names of the columns that hold figures, not dimensions."""
    return {column.name for column in columns if column.format in _FIGURES}
