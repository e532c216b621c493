"""Variants of an experiment: the units that they are made of, and the control of each row (rule Q)."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference.metrics import spec_of
from tests.reference.values import no_value

Key = tuple[str | None, ...]


def by_unit(masked: list[dict], container: str) -> list[list[dict]]:
    """Events by person, by session, or each by itself."""
    found: dict[object, list[dict]] = {}
    for number, one in enumerate(masked):
        unit = {"people": one["person"], "sessions": (one["person"], one["session"]), "events": number}[container]
        found.setdefault(unit, []).append(one)
    return list(found.values())


def controls(cells: dict[Key, dict], rows: list[Key | None], ask: dict, view: dict) -> Callable[[str], list[dict | None]]:
    """The control of each row: its value for the variant, the row's own values of all other dimensions."""
    dimensions = ask["dimensions"]
    labelled = [at for at, name in enumerate(dimensions) if spec_of(view, "dimensions", name).get("context") == "variant"]
    places = [0] if len(dimensions) == 1 else labelled

    def of(control: str) -> list[dict | None]:
        if not places:
            return [None] * len(rows)
        [at] = places
        nothing = no_value(view, dimensions[at])["label"]
        same = [key for key in cells if (nothing if key[at] is None else key[at]) == control]
        same.sort(key=lambda key: key[at] is None)  # a value comes before no value of the same text
        found = []
        for row in rows:
            twins = [key for key in same if row is not None and (*key[:at], *key[at + 1 :]) == (*row[:at], *row[at + 1 :])]
            found.append(cells[twins[0]] if twins else None)
        return found

    return of
