"""Steps that follow one another say each other's figures: what gives a hidden one away is hidden with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, counting, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]


class _Names(NamedTuple):
    """The columns that depend on one another: `reached` of a step is `reached` of the one before it less `left` there."""

    reached: str
    left: str
    waiting: str


def steps_follow(columns: Columns) -> bool:
    """Whether the rows are steps, each of which counts some of those that the step before it counts."""
    return any(column.name == "step" for column in columns) and bool(counting(columns))


def hide_few_of_steps(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of a fallout with what is about 1 to `fewest` - 1 hidden, and what could be computed from the rest.

    Each row loses what `hide_few` hides. Besides, in each run of steps,

    1. a step is withheld, every figure of it, when 1 to `fewest` - 1 lie between its count and the last one shown;
    2. around a step without its count, those that left before and after it, those that wait and the next step's share
       of it are withheld: one count and one difference are the other count.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md, also what is not ruled out.
    """
    for steps in _runs(rows):
        yield from _hidden(steps, columns, fewest)


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows cut where another value of the breakdown begins."""
    steps: list[Row] = []
    for row in rows:
        if steps and (row.get("breakdown") != steps[-1].get("breakdown") or _step(row) <= _step(steps[-1])):
            yield steps
            steps = []
        steps.append(row)
    if steps:
        yield steps


def _step(row: Row) -> int:
    step = row.get("step")
    return step if isinstance(step, int) else 0


def _hidden(steps: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    reached = counting(columns)[0]
    names = _Names(reached, f"fallout_{reached}", f"open_{reached}")
    without = _without_count(steps, reached, fewest)
    for at, row in enumerate(steps):
        safe = hide_few(row, columns, fewest)
        about_few = few(row.get(reached), fewest)
        given_away = set() if about_few else _giving_away(at, without, names, figures(columns))
        yield {name: _withheld(cell, fewest) if name in given_away else cell for name, cell in safe.items()}


def _without_count(steps: Sequence[Row], reached: str, fewest: int) -> list[bool]:
    """Per step, whether its count is not on the page: it is small, or too near to the last one that is."""
    found: list[bool] = []
    last: Cell = None
    for row in steps:
        count = row.get(reached)
        found.append(few(count, fewest) or few(_between(last, count), fewest))
        last = last if found[-1] else count
    return found


def _between(one: Cell, other: Cell) -> float | None:
    return abs(one - other) if isinstance(one, int | float) and isinstance(other, int | float) else None


def _giving_away(at: int, without: Sequence[bool], names: _Names, all_figures: set[str]) -> set[str]:
    """The figures of a step that a count which is not on the page, its own or one beside it, could be computed from."""
    if without[at]:
        return all_figures
    before, after = without[at - 1] if at else False, without[at + 1] if at + 1 < len(without) else False
    return ({names.left, names.waiting} if after else set()) | ({"percent_of_previous"} if before else set())


def _withheld(cell: SafeCell, fewest: int) -> SafeCell:
    """A figure is withheld, also a small one: where two are known to be below 10 and their sum is 18, both are 9."""
    return Withheld(fewest) if isinstance(cell, int | float | Decimal | Below) else cell
