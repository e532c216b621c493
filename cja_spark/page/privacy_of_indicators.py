"""Behaviours before an outcome: each splits all units, so what few people are on one side of is told by the other side too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures
from cja_spark.reports.indicators_rows import EXPOSED, LISTS, UNEXPOSED

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
People = Mapping[str, float | None]
BEHAVIOURS = (*LISTS, "other")
OUTCOMES = ("outcome_units", "outcome_rate", "unexposed_outcomes", "unexposed_rate", "crude_ratio", "adjusted_ratio", "ratio_lower", "ratio_upper")
ALL: tuple[str, ...] = ()
# What a count of people that is small hides in its row: none with the outcome are all of them less those without.
HIDES: Mapping[str, tuple[str, ...]] = {
    EXPOSED[0]: ALL, UNEXPOSED[0]: ALL, **dict.fromkeys((*EXPOSED[1:], *UNEXPOSED[1:]), OUTCOMES),
}  # fmt: skip
# How many units a count of people is of at most, as columns that are added or taken away.
COUNTS: Mapping[str, tuple[str, str | None]] = {
    EXPOSED[0]: ("counted_units", None), EXPOSED[1]: ("outcome_units", None), EXPOSED[2]: ("counted_units", "outcome_units"),
    UNEXPOSED[0]: ("unexposed_units", None), UNEXPOSED[1]: ("unexposed_outcomes", None), UNEXPOSED[2]: ("unexposed_units", "unexposed_outcomes"),
}  # fmt: skip


def indicators_are_told(columns: Columns) -> bool:
    """Whether the rows are behaviours before an outcome."""
    return any(column.name == "adjusted_ratio" and column.format == "number" for column in columns)


def hide_few_of_indicators(rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[People]) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    A behaviour of so few people, or without which so few are, loses all its figures; one where so few have the outcome or do not
    have it, with the behaviour or without, those that tell of outcomes. The people of one that so few have never done are withheld.
    Where the behaviours part all units among them, as devices do, one less the others is what is left: so as long as what is hidden
    is about fewer than `fewest` people, as one such behaviour always is, that of the fewest people that is left loses the same.

    Args:
        rows: the rows.
        columns: their columns.
        fewest: the least people that a figure may be about.
        behind: per row how many people have a unit of each kind.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    all_ = figures(columns)
    marks: list[dict[str, SafeCell]] = [{} for _ in rows]
    parted = _parted(rows)
    for name, hides in HIDES.items():
        people = [_people(row, counts, name) for row, counts in zip(rows, behind, strict=True)]
        _mark(marks, people, all_ & {*hides} if hides else all_, fewest)
        if parted and name in EXPOSED:
            _mark_more(marks, people, rows, all_ & {*hides} if hides else all_, fewest)
    total = next((_number(row.get("people")) for row in rows if row.get("row_kind") == "total"), 0.0)
    for row, safe in zip(rows, marks, strict=True):
        if row.get("row_kind") in LISTS and few(total - _number(row.get("people")), fewest):
            safe.setdefault("people", Withheld(fewest))
        yield {name: safe.get(name, cell) for name, cell in row.items()}


def _parted(rows: Sequence[Row]) -> bool:
    """Whether the units of all behaviours are together as many as there are."""
    total = sum(_number(row.get("counted_units")) for row in rows if row.get("row_kind") == "total")
    return total == sum(_number(row.get("counted_units")) for row in rows if row.get("row_kind") in BEHAVIOURS)


def _mark(marks: list[dict[str, SafeCell]], people: Sequence[float], hides: set[str], fewest: int) -> None:
    for mark, count in zip(marks, people, strict=True):
        if few(count, fewest):
            mark |= dict.fromkeys(hides, Below(fewest))


def _mark_more(marks: list[dict[str, SafeCell]], people: Sequence[float], rows: Sequence[Row], hides: set[str], fewest: int) -> None:
    """Withhold the same of more behaviours, those of the fewest people first, until what is hidden cannot be told."""
    parts = [at for at, row in enumerate(rows) if row.get("row_kind") in BEHAVIOURS and people[at] > 0]
    hidden = [at for at in parts if not hides - {*marks[at]}]
    left = sorted({*parts} - {*hidden}, key=lambda at: (people[at], at))
    while hidden and left and sum(people[at] for at in hidden) < fewest:
        hidden.append(at := left.pop(0))
        marks[at] = {**dict.fromkeys(hides, Withheld(fewest)), **marks[at]}


def _people(row: Row, counts: People, name: str) -> float:
    """How many people a count of a row is about; where nobody knows, no more than it counts."""
    known = row.get(name) if counts.get(name) is None else counts[name]
    if known is not None:
        return _number(known)
    more, less = COUNTS[name]
    return _number(row.get(more)) - (_number(row.get(less)) if less else 0)


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
