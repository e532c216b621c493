"""Visits of a node are runs that start there and branches to it, and runs that end or wait there and branches from it: what gives a hidden one away goes with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
People = Mapping[str, float | None]
Place = tuple[int, str]  # a row and a column
VISITS, RUNS, STARTS, ENDED, WAITING = "node_visits", "journey_runs", "run_starts", "ended_runs", "waiting_runs"
EVENTS = ("entered_events", "exit_events", "error_events")
ENDINGS = ("exit_events", ENDED)  # a run has about one exit, so that one tells the other
SUMMED = (VISITS, STARTS, *EVENTS, ENDED, WAITING)  # over the nodes of a journey; over journeys also runs
NODES, JOURNEYS = ("node", "other"), ("journey", "other_journeys")


class Whole(NamedTuple):
    """A figure, and those that add up to it."""

    whole: Place
    parts: tuple[Place, ...]


def canvas_is_told(columns: Columns) -> bool:
    """Whether the rows are nodes and branches of a canvas."""
    return any(column.name == WAITING and column.format == "count" for column in columns)


def hide_few_of_canvas(rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[People]) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    A row of so few people loses all its figures, another one those that are of so few. Figures that add up are closed: while the
    hidden parts of one that is shown are one alone, or of fewer than `fewest` people together, the part of the fewest people
    that is left is withheld, or the whole where none is left; of a hidden whole one part goes too. A branch goes as a whole; exits and
    ended runs go together; a share goes where what it is of, or its part, is hidden.

    Args:
        rows: the rows.
        columns: their columns.
        fewest: the least people that a figure may be about.
        behind: per row and count how many people it is about.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    names, counts = figures(columns), {column.name for column in columns if column.format in ("count", "people")}
    sizes = {(at, name): _people(row, behind[at] if behind else {}, name) for at, row in enumerate(rows) for name in counts}
    below = {(at, name) for at in range(len(rows)) for name in names if few(sizes[at, "people"], fewest) or few(sizes.get((at, name), 0.0), fewest)}
    gone, wholes, size = set(below), [*_wholes(rows)], -1
    while size != len(gone):  # until nothing more goes
        size = len(gone)
        gone |= {(at, name) for at, _ in gone if rows[at].get("row_kind") == "branch" for name in names}
        gone |= {(at, other) for at, name in gone for other in ENDINGS if name in ENDINGS}
        for whole in wholes:
            _close(gone, whole, sizes, fewest)
    gone |= _shares(rows, gone)
    for at, row in enumerate(rows):
        yield {name: (Below(fewest) if (at, name) in below else Withheld(fewest)) if (at, name) in gone else cell for name, cell in row.items()}


def _close(gone: set[Place], own: Whole, sizes: Mapping[Place, float], fewest: int) -> None:
    """Withhold more of figures that add up, until what is hidden tells nothing about few people."""
    some = [one for one in own.parts if sizes.get(one, 0.0) > 0]
    hidden = [sizes[one] for one in some if one in gone]
    left = sorted((one for one in some if one not in gone), key=lambda one: (sizes[one], one))
    if own.whole in gone:
        gone.update([] if hidden else left[:1])
        return
    while hidden and left and (len(hidden) < 2 or sum(hidden) < fewest):
        hidden.append(sizes[left[0]])
        gone.add(left.pop(0))
    if hidden and (len(hidden) < 2 or sum(hidden) < fewest):
        gone.add(own.whole)


def _wholes(rows: Sequence[Row]) -> Iterator[Whole]:
    """All that adds up: over journeys, over the nodes of each, at each node."""
    of_kind: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        of_kind[str(row.get("row_kind"))].append(at)
    journeys = [at for kind in JOURNEYS for at in of_kind[kind]]
    for at in of_kind["total"]:
        yield from (Whole((at, name), tuple((one, name) for one in journeys)) for name in (RUNS, *SUMMED))
    for at in (*of_kind["total"], *journeys):
        yield Whole((at, RUNS), ((at, ENDED), (at, WAITING)))
    for at in of_kind["journey"]:
        same = [one for one, row in enumerate(rows) if row.get("journey_name") == rows[at].get("journey_name")]
        nodes, branches = ([one for one in same if rows[one].get("row_kind") in kinds] for kinds in (NODES, ("branch",)))
        yield from (Whole((at, name), tuple((one, name) for one in nodes)) for name in SUMMED)
        for one in nodes:
            into, out = (tuple((branch, VISITS) for branch in branches if rows[branch].get(end) == rows[one].get("node_name")) for end in ("next_node", "node_name"))
            yield Whole((one, VISITS), ((one, STARTS), *into))
            yield Whole((one, VISITS), ((one, ENDED), (one, WAITING), *out))


def _shares(rows: Sequence[Row], gone: set[Place]) -> set[Place]:
    """Shares of which the part or the whole is hidden."""
    of = {(row.get("row_kind") in NODES, row.get("journey_name"), row.get("node_name")): at for at, row in enumerate(rows) if row.get("row_kind") in (*NODES, "journey")}
    found = set()
    for at, row in enumerate(rows):
        branch = row.get("row_kind") == "branch"
        whole = of.get((branch, row.get("journey_name"), row.get("node_name") if branch else None))
        name = VISITS if branch else RUNS
        if (at, name) in gone or (whole, name) in gone:
            found.add((at, "share_of_all"))
    return found


def _people(row: Row, counts: People, name: str) -> float:
    """How many people a figure of a row is about; where nobody knows, no more than it counts."""
    known = counts.get(name)
    cell = row.get(name) if known is None else known
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
