"""What happens between steps and after them parts those who go on, or do not: what gives a hidden figure away is hidden with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import SafeCell, Withheld, counting, few, figures
from cja_spark.page.privacy_of_periods_of_steps import hide_few_of_periods_of_steps, steps_have_periods
from cja_spark.page.privacy_of_steps import hide_few_of_steps

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
BETWEEN, AFTER = "between", "after"


def steps_have_items(columns: Columns) -> bool:
    """Whether the rows are steps, then what happens between them or after them."""
    return {"row_kind", "step", "step_item"} <= {column.name for column in columns} and bool(counting(columns))


def hide_few_around_steps(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of a fallout with what is about 1 to `fewest` - 1 hidden, and what could be computed from the rest.

    Steps and their periods lose what they lose by themselves. Of what happens between two steps, or after one, nothing is shown where
    the page does not say how many go on there, or do not. Else a row is withheld where so few have it, or all but so few. Where the rows
    add up, so that each has one of the values, and what is withheld is one row or fewer than `fewest` together, the row of the fewest
    that is left is withheld too.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    own = [row for row in rows if row["row_kind"] not in (BETWEEN, AFTER)]
    hide = hide_few_of_periods_of_steps if steps_have_periods(columns) else hide_few_of_steps
    safe = list(hide(own, columns, fewest))
    yield from safe
    names, counted = figures(columns), counting(columns)[0]
    around = [row for row in rows if row["row_kind"] in (BETWEEN, AFTER)]
    for (kind, step), group in groupby(around, key=lambda row: (row["row_kind"], row["step"])):
        some = list(group)
        gone = _gone([row.get(counted) for row in some], _those(safe, counted, str(kind), step), fewest)
        for at, row in enumerate(some):
            yield {name: Withheld(fewest) if at in gone and name in names and _is_figure(cell) else cell for name, cell in row.items()}


def _those(steps: Sequence[Mapping[str, SafeCell]], counted: str, kind: str, step: Cell) -> SafeCell:
    """How many go on from a step, or do not, as far as the page says it."""
    place, name = (1, counted) if kind == BETWEEN else (0, f"fallout_{counted}")
    own = (row for row in steps if row["row_kind"] == "step" and row.get("breakdown") is None)
    return next((row.get(name) for row in own if isinstance(step, int) and row["step"] == step + place), None)


def _gone(counts: Sequence[Cell], whole: SafeCell, fewest: int) -> set[int]:
    """The rows that are withheld.

    Args:
        counts: how many each row is about; null where that is not known.
        whole: how many all are, if the page says it.
        fewest: fewer are few.
    """
    if not _is_figure(whole):
        return {*range(len(counts))}
    sizes, all_of_them = [_number(count) for count in counts], _number(whole)
    gone = {at for at, count in enumerate(counts) if _is_figure(count) and (few(count, fewest) or few(all_of_them - sizes[at], fewest))}
    if sum(sizes) != all_of_them:
        return gone
    left = sorted((at for at, size in enumerate(sizes) if size and at not in gone), key=lambda at: sizes[at])
    while gone and left and (len(gone) == 1 or sum(sizes[at] for at in gone) < fewest):
        gone.add(left.pop(0))
    return gone


def _is_figure(cell: SafeCell) -> bool:
    return isinstance(cell, int | float | Decimal)


def _number(cell: SafeCell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
