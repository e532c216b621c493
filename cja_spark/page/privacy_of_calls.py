"""Topics of a call deflection add up to their total, and the classes of trials to all of them: what gives a hidden one away goes with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
People = Mapping[str, float | None]
PARTS = ("topic", "other")
AVOIDED, COST = ("baseline_rate", "avoided_calls", "avoided_cost"), ("cost_of_a_call", "avoided_cost", "upper_bound")
OUT = ("trials", "after_call_trials", "open_trials")  # columns that tell of trials that are out of the rates
CLOSED = ("called_trials", "deflected_trials", "closed_trials", "call_rate", "rate_lower", "rate_upper", "avoided_calls", "avoided_cost", "upper_bound")
# What a count that is about few people hides in its row: closed trials are all trials less those that are out.
HIDES: Mapping[str, tuple[str, ...]] = {
    "people": (), "after_call_trials": OUT, "open_trials": OUT, "called_trials": CLOSED, "deflected_trials": CLOSED, "closed_trials": (*OUT, *CLOSED),
}  # fmt: skip
OWN = {"control": {"people", *OUT, *CLOSED[:6]}, "no_topic": {"people", "self_service_events"}}  # figures that such a row has


def trials_add_up(columns: Columns) -> bool:
    """Whether the rows are topics of a call deflection."""
    return any(column.name == "deflected_trials" and column.format == "count" for column in columns)


def hide_few_of_calls(rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[People]) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    A topic of so few people loses all its figures; one with so few of a class those that tell of it: the rates, or how many
    trials are out of them. The total less the other topics is what the hidden ones hold together: so as long as that is one
    alone, or about fewer than `fewest` people, the topic of the fewest people that is left loses the same. A rate of the control
    that is hidden is no baseline on the page, and a mean of the costs of so few no cost.

    Args:
        rows: the rows.
        columns: their columns.
        fewest: the least people that a figure may be about.
        behind: per row and count how many people it is about.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    all_ = figures(columns)
    marks: list[dict[str, SafeCell]] = [{} for _ in rows]
    for name, hides in HIDES.items():
        _mark(marks, [_people(row, counts, name) for row, counts in zip(rows, behind, strict=True)], rows, all_ & {*hides} if hides else all_, fewest)
    hidden = [at for at, row in enumerate(rows) if row.get("row_kind") == "control" and "call_rate" in marks[at]]
    gone = [*(AVOIDED if hidden else ()), *(COST if any(few(counts.get("cost_of_a_call"), fewest) for counts in behind) else ())]
    for row, own in zip(rows, marks, strict=True):
        safe = {**{name: Withheld(fewest) for name in gone}, **own}
        kept = all_ & OWN.get(str(row.get("row_kind")), all_)
        yield {name: safe.get(name, cell) if name in kept else cell for name, cell in row.items()}


def _mark(marks: list[dict[str, SafeCell]], people: Sequence[float], rows: Sequence[Row], hides: set[str], fewest: int) -> None:
    """Mark what a count hides in the rows where it is about few people, then in more of the parts of the total."""
    below = [at for at, count in enumerate(people) if few(count, fewest)]
    for at in below:
        marks[at] |= dict.fromkeys(hides, Below(fewest))
    parts = [at for at, row in enumerate(rows) if row.get("row_kind") in PARTS and people[at] > 0]
    hidden = [at for at in parts if not hides - {*marks[at]}]
    left = sorted({*parts} - {*hidden}, key=lambda at: (people[at], at))
    while any(at in below for at in hidden) and left and (len(hidden) < 2 or sum(people[at] for at in hidden) < fewest):
        hidden.append(at := left.pop(0))
        marks[at] = {**dict.fromkeys(hides, Withheld(fewest)), **marks[at]}


def _people(row: Row, counts: People, name: str) -> float:
    """How many people a count of a row is about; where nobody knows, no more than it counts."""
    known = counts.get(name)
    cell = row.get(name) if known is None else known
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
