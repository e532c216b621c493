"""Sets that overlap: those in exactly some of them add up to every other figure, so what gives a hidden one away is hidden with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
TOTAL, NONE = "total", "none"
ONLY, OF_SESSIONS = "only_people", "only_sessions"
EXACT, IN_ALL = {ONLY, OF_SESSIONS}, {"people", "sessions", "percent_of_total"}


def sets_overlap(columns: Columns) -> bool:
    """Whether the rows are combinations of sets."""
    return {"set_mask", ONLY} <= {column.name for column in columns}


def hide_few_of_sets(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    Everybody is in one combination exactly, and each other count is a sum of these. Combinations of few people are hidden; as
    long as that is one alone, or may be about fewer than `fewest` people, so is the one of the fewest people that is left. Who is in all
    of some sets is shown where all hidden combinations are in it, or none: so it tells no more of them than their sum. Of
    sessions a person has some in several combinations, so hidden ones may be of no more people than the largest of them.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    exact = {_mask(row): _number(row.get(ONLY)) for row in rows if row.get("row_kind") != TOTAL}
    hidden, all_ = _hidden(exact, fewest, overlap=any(column.name == OF_SESSIONS for column in columns)), figures(columns)
    for row in rows:
        kept = _kept(row, exact, hidden, fewest)
        yield {name: cell if name not in all_ or name in kept else _mark(row, name, cell, fewest) for name, cell in row.items()}


@dataclass(frozen=True)
class _Hidden:
    """Combinations that are hidden, and whether their sum may be told."""

    masks: frozenset[int]
    as_a_sum: bool


def _hidden(exact: Mapping[int, float], fewest: int, *, overlap: bool) -> _Hidden:
    """Those of few people, and those that would tell how many these are."""
    gone = [mask for mask, people in exact.items() if few(people, fewest)]
    left = sorted(((people, mask) for mask, people in exact.items() if people >= fewest), reverse=True)
    while gone and left and not _many([exact[mask] for mask in gone], fewest, overlap=overlap):
        gone.append(left.pop()[1])
    return _Hidden(frozenset(gone), _many([exact[mask] for mask in gone], fewest, overlap=overlap))


def _many(people: Sequence[float], fewest: int, *, overlap: bool) -> bool:
    """Whether so many combinations hide each other, of enough people together."""
    return len(people) > 1 and (max(people) if overlap else sum(people)) >= fewest


def _kept(row: Row, exact: Mapping[int, float], hidden: _Hidden, fewest: int) -> set[str]:
    """Names of a row's figures that tell nothing of few people."""
    kind, mask = row.get("row_kind"), _mask(row)
    if kind == NONE:
        return set() if mask in hidden.masks else EXACT | IN_ALL
    inside = {one for one in hidden.masks if one & mask == mask}
    told = not inside or (inside == hidden.masks and hidden.as_a_sum)
    if kind != TOTAL:
        return (IN_ALL if told else set()) | (set() if mask in hidden.masks else EXACT)
    others = [_number(row.get(ONLY)) - people for one, people in exact.items() if one not in hidden.masks]
    return IN_ALL | (set() if any(few(one, fewest) for one in others) else EXACT) if told else set()


def _mask(row: Row) -> int:
    mask = row.get("set_mask")
    return mask if isinstance(mask, int) else 0


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0


def _mark(row: Row, name: str, cell: Cell, fewest: int) -> SafeCell:
    """Few, or withheld for the sake of few; what is no figure stays as it is."""
    if not isinstance(cell, int | float | Decimal):
        return cell
    people = row.get(ONLY) if name in EXACT or "people" not in row else row.get("people")
    return Below(fewest) if few(people, fewest) else Withheld(fewest)
