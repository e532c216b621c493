"""Paths add up to their total and may stand in two lists: what gives a hidden one away is hidden with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
OTHER, TOTAL = "other", "total"
CONVERTED = ("converted_people", "converted_trials", "metric_sum", "converted_rate", "rate_lower", "rate_upper", "rate_lift")


def paths_add_up(columns: Columns) -> bool:
    """Whether the rows are paths, whose trials and conversions are those of the total."""
    return any(column.name == "converted_people" and column.format == "people" for column in columns)


def hide_few_of_paths(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    A path of so few people loses all its figures, one on which so few convert those of conversions. The total less the
    other paths is what the hidden ones hold together: so as long as that is about fewer than `fewest` people, as one path always is,
    *other* is withheld, then the path of the fewest people that is left. Of *other* people are not known; its trials stand for them.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    all_ = figures(columns)
    gone, lost = _hidden(rows, "people", "trials", fewest), _hidden(rows, "converted_people", "converted_trials", fewest)
    for row in rows:
        path = _path(row)
        marks = {name: gone.get(path) or (lost.get(path) if name in CONVERTED else None) for name in all_}
        yield {name: marks.get(name) or cell for name, cell in row.items()}


def _path(row: Row) -> tuple[str, str]:
    """What a row is of: the same path may be among the best and the worst."""
    kind = str(row.get("row_kind"))
    return (kind, "") if kind in (TOTAL, OTHER) else ("path", str(row.get("path_taken")))


def _hidden(rows: Sequence[Row], people: str, trials: str, fewest: int) -> dict[tuple[str, str], SafeCell]:
    """What stands in the place of the figures of each hidden path."""
    counts: dict[tuple[str, str], float] = {}
    for row in rows:
        path = _path(row)
        count = _count(row.get(trials if path[0] == OTHER else people))
        counts[path] = min(count, counts.get(path, count))
    found: dict[tuple[str, str], SafeCell] = {path: Below(fewest) for path, count in counts.items() if few(count, fewest)}
    parts = {path for path in found if path[0] != TOTAL}
    left = sorted((path for path in counts if counts[path] > 0 and path not in found and path[0] != TOTAL), key=lambda path: (path[0] != OTHER, counts[path], path))
    while parts and left and sum(counts[path] for path in parts if path[0] != OTHER) < fewest:
        parts.add(path := left.pop(0))
        found[path] = Withheld(fewest)
    return found


def _count(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
