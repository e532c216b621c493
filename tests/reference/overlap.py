"""Rule V: who is in which of several sets at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from tests.reference.fallout import step_name, step_spec
from tests.reference.retention import events_of


def overlap(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """All units, each set, each combination of sets that some are in, and who is in none."""
    by_people, sets = ask.get("count", "people") == "people", ask["sets"]
    inside: dict[tuple, set[int]] = {}
    for one in seen["masked"]:
        inside.setdefault((one["person"],) if by_people else (one["person"], one["session"]), set())
    for number, written in enumerate(sets):
        for person in seen["journeys"]:
            for at in events_of(written, person, seen, ask, view, kept_by):
                inside[(person,) if by_people else (person, seen["sessions"][person][at])].add(number)
    names = [step_name(step_spec(written)) for written in sets]
    some = {size: [set(one) for one in combinations(range(len(sets)), size)] for size in range(len(sets) + 1)}
    several = [shared("overlap", one, names, inside, by_people=by_people) for size in range(2, len(sets) + 1) for one in some[size]]
    counted = "people" if by_people else "sessions"
    nowhere = [unit for unit, own in inside.items() if not own]
    return [
        row("total", None, None, inside, [*inside], [], by_people=by_people) | ({} if by_people else {"only_people": persons([*inside])}),
        *(shared("set", one, names, inside, by_people=by_people) for one in some[1]),
        *sorted((one for one in several if one[counted]), key=lambda one: -one[counted]),  # a stable sort: smaller ones are first
        row("none", 0, None, inside, nowhere, nowhere, by_people=by_people),
    ]


def shared(kind: str, sets: set[int], names: list[str], inside: dict, *, by_people: bool) -> dict:
    """What is in all of some sets, and what is in these and no others."""
    in_all = [unit for unit, own in inside.items() if own >= sets]
    only = [unit for unit in in_all if inside[unit] == sets]
    return row(kind, sum(2**at for at in sets), " & ".join(names[at] for at in sorted(sets)), inside, in_all, only, by_people=by_people)


def persons(units: list) -> float:
    """How many people these are of."""
    return float(len({unit[0] for unit in units}))


def row(kind: str, mask: int | None, names: str | None, inside: dict, units: list, only: list, *, by_people: bool) -> dict:
    """One row; x/0 is null."""
    return {
        "row_kind": kind,
        "in_sets": names,
        "set_mask": mask,
        "people" if by_people else "sessions": float(len(units)),
        "only_people" if by_people else "only_sessions": None if kind == "total" else float(len(only)),
        **({} if by_people else {"only_people": persons(only)}),
        "percent_of_total": len(units) / len(inside) if inside else None,
    }
