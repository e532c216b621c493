"""CJA 7, release and first-use impact: what people do in the intervals before and after a date, or before and after each one's own first use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from tests.reference.calendar import first_instant
from tests.reference.fallout import step_name, step_spec
from tests.reference.order import DAY, in_range
from tests.reference.retention import events_of


def impact(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """All who are looked at, who is left out, then per indicator its intervals, and those before and after together."""
    days, many = ask.get("days", 1), ask.get("intervals", 7)
    until = ask["to"] if seen["data_until"] is None else min(ask["to"], seen["data_until"])
    release = ask.get("release")
    zeros, late = ({}, None) if release else day_zeros(seen, ask, view, kept_by, until)
    fixed = [first_instant(release + timedelta(days=days * number), view.get("time_zone", "UTC")) for number in range(-many, many + 1)] if release else []

    def edges(person: str) -> list[int]:
        """Where the intervals of a person begin, and where the last one ends."""
        if release:
            return fixed
        return [zeros[person] + number * days * DAY for number in range(-many, many + 1)] if person in zeros else []

    def placed(person: str, places: list[int]) -> list[int]:
        """The intervals of some events of a person, those of the last one before 0 as -1."""
        own, found = edges(person), []
        for at in places:
            t = seen["journeys"][person][at]["t"]
            found += [number - many for number in range(2 * many) if own and own[number] <= t < own[number + 1]]
        return found

    known = {number for number in range(-many, many) if not release or (ask["from"] <= fixed[number + many] and fixed[number + many + 1] <= until)}
    both = next((number for number in range(many) if not {number, -1 - number} <= known), many)  # as many on each side
    active = {person: placed(person, [at for at, event in enumerate(journey) if seen["mask"][person][at] and in_range(event, ask)]) for person, journey in seen["journeys"].items()}

    def base(numbers: set[int]) -> int:
        return sum(bool({*own} & numbers) for own in active.values()) if release else len(zeros)

    rows = [line("total", people=base(known))]
    rows += [] if release else [line("left_out", people=late)]
    for written in ask["indicators"]:
        did = {person: Counter(placed(person, events_of(written, person, seen, ask, view, kept_by))) for person in seen["journeys"]}
        name, before = step_name(step_spec(written)), None
        for number in range(-many, many):
            own = figures(did, {number}, base({number})) if number in known else {}
            rows.append(line("interval", step_name=name, interval=number, **own))
        for kind, numbers in (("before", range(-both, 0)), ("after", range(both))):
            own = figures(did, {*numbers}, base({*numbers})) if both else {}
            rate, earlier = own.get("times_per_person"), before
            before = rate
            change = rate / earlier - 1 if kind == "after" and rate is not None and earlier else None
            rows.append(line(kind, step_name=name, **own, change_rate=change))
    return rows


def day_zeros(seen: dict, ask: dict, view: dict, kept_by: Callable, until: int) -> tuple[dict[str, int], int]:
    """When each person used it first, of those all of whose intervals lie in what is known, and how many others there are."""
    length = ask.get("days", 1) * ask.get("intervals", 7) * DAY
    since = first_instant(ask["since"], view.get("time_zone", "UTC")) if ask.get("since") else ask["from"]
    zeros, late = {}, 0
    for person, journey in seen["journeys"].items():
        uses = [t for at in events_of(ask["first_use"], person, seen, ask, view, kept_by) if (t := journey[at]["t"]) >= since]
        if not uses:
            continue
        if ask["from"] <= uses[0] - length and uses[0] + length <= until:
            zeros[person] = uses[0]
        else:
            late += 1
    return zeros, late


def figures(did: dict[str, Counter], numbers: set[int], base: int) -> dict:
    """What is done in some intervals; x/0 is null."""
    times = sum(own[number] for own in did.values() for number in numbers)
    people = sum(any(own[number] for number in numbers) for own in did.values())
    return {"people": people, "base_people": base, "times_done": times, "times_per_person": times / base if base else None}


def line(kind: str, **cells: object) -> dict:
    """One row; what it does not have is null."""
    names = ("people", "base_people", "times_done", "times_per_person", "change_rate")
    return {"row_kind": kind, "step_name": cells.get("step_name"), "interval": cells.get("interval"),
            **{name: None if cells.get(name) is None else float(cells[name]) for name in names}}  # fmt: skip
