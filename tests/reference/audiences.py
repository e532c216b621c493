"""Rule A2: the persons with an event in the window that passes a tree of segments (G2, G4)."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference.report import left_by_view, see
from tests.reference.segments import events_of


def people(events: list[dict], view: dict, tree: object, start: int, end: int, *, recurring: bool = True) -> set[str]:
    """Persons of an audience; `start` and `end` are ms UTC, the window is [start, end).

    G6: `last n days` ends with the window's last day; a recurring audience knows nothing from the end of its window on.
    """
    ask = {"report": "audience", "from": start, "to": end, "tree": tree}
    seen = see(events, view, ask, None, None, end - 1, end if recurring else None)
    found = set()
    for person, journey in seen["journeys"].items():
        inside, _ = left_by_view(journey, seen["sessions"][person], ask, view, seen["elsewhere"])
        there = seen["elsewhere"].of(person, masked=True)
        if passing(tree, inside, journey, seen["sessions"][person], view, there):
            found.add(person)
    return found


def passing(tree: object, inside: list[int], journey: list[dict], session_of: list[int], view: dict, there: Callable) -> set[int]:
    """Window events that pass: of `all` those of every part, of `any` of some, of `exclude` those it does not keep."""
    if isinstance(tree, str):
        return events_of(tree, inside, journey, session_of, view, there)
    if "exclude" in tree:
        return set(inside) - passing(tree["exclude"], inside, journey, session_of, view, there)
    parts = [passing(part, inside, journey, session_of, view, there) for part in tree.get("all", tree.get("any"))]
    return set.intersection(*parts) if "all" in tree else set.union(*parts)
