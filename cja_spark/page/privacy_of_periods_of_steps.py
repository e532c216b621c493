"""Periods of a fallout add up to all of it: a period that hides a figure leaves with what would give it away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, counting, few, figures
from cja_spark.page.privacy_of_steps import hide_few_of_steps

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
OVER_TIME, MEANS = "step_over_time", "mean_of_rates"


def steps_have_periods(columns: Columns) -> bool:
    """Whether the rows are steps of all, then the same steps of periods."""
    return {"row_kind", "step", "bucket"} <= {column.name for column in columns} and bool(counting(columns))


def hide_few_of_periods_of_steps(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of a fallout over time with what is about 1 to `fewest` - 1 hidden, and what could be computed from the rest.

    Each row loses what `hide_few_of_steps` hides. A period that loses a figure loses all; while the periods that are hidden are one
    alone, or hold 1 to `fewest` - 1 together at some step, the one of the fewest people that is left leaves too. Means of rates are
    withheld where a period is hidden.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    whole = [row for row in rows if row["row_kind"] not in (OVER_TIME, MEANS)]
    yield from hide_few_of_steps(whole, columns, fewest)
    periods = [list(some) for _, some in groupby((row for row in rows if row["row_kind"] == OVER_TIME), key=lambda row: row["bucket"])]
    safe = [list(hide_few_of_steps(some, columns, fewest)) for some in periods]
    counted, names = counting(columns)[0], figures(columns)
    gone = _gone([[row.get(counted) for row in some] for some in periods], {at for at, some in enumerate(safe) if _loses(some)}, fewest)
    for at, some in enumerate(safe):
        yield from ({name: _hidden(cell, fewest) if at in gone and name in names else cell for name, cell in row.items()} for row in some)
    for row in rows:
        if row["row_kind"] == MEANS:
            yield {name: _hidden(cell, fewest) if gone and name in names else cell for name, cell in row.items()}


def _loses(rows: Sequence[Mapping[str, SafeCell]]) -> bool:
    return any(isinstance(cell, Below | Withheld) for row in rows for cell in row.values())


def _gone(counts: Sequence[Sequence[Cell]], hidden: set[int], fewest: int) -> set[int]:
    """The periods that are hidden, with those that have to leave with them.

    Args:
        counts: of each period how many reach each step.
        hidden: the periods that lose a figure.
        fewest: fewer are few.
    """
    gone = set(hidden)
    left = sorted((at for at in range(len(counts)) if at not in gone and _number(counts[at][0])), key=lambda at: _number(counts[at][0]))
    while gone and left and (len(gone) == 1 or any(few(sum(_number(counts[at][step]) for at in gone), fewest) for step in range(len(counts[0])))):
        gone.add(left.pop(0))
    return gone


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def _hidden(cell: SafeCell, fewest: int) -> SafeCell:
    return Withheld(fewest) if isinstance(cell, int | float | Decimal | Below) else cell
