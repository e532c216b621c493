"""CJA 7, timeline: the events of some persons one after the other, by session, and how long each lasts."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import xxhash

from tests.reference.calendar import local
from tests.reference.metrics import amount_nodes, nodes, path, spec_of
from tests.reference.values import filled

EPOCH, WHOLE = datetime(1970, 1, 1, tzinfo=UTC), 1 << 64
MOST_VALUES = 20
COUNTS = ("people", "shown_people", "sessions", "events", "shown_events", "left_out_events")


def place_in_sample(person: str, sample: int) -> int:
    """Where a person comes in a sample: the 64-bit hash of the id, moved by the sample's number and mixed as splitmix64 ends."""
    mixed = (xxhash.xxh64_intdigest(person.encode(), seed=42) + 0x9E3779B97F4A7C15 * (sample + 1)) % WHOLE
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 % WHOLE
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % WHOLE
    return mixed ^ (mixed >> 31)


def values(event: dict, view: dict, name: str) -> str | None:
    """The values that an event has of a dimension, one after the other; of very many the first ones, and how many there are more."""
    found = [value for _, value in nodes(event.get(name), len(path(view, "dimensions", name)))]
    if not spec_of(view, "dimensions", name).get("persistence"):
        found = [filled(value, view, name) for value in found]
    some = [value for value in found if value is not None]
    more = [f"… {len(some) - MOST_VALUES} more"] if len(some) > MOST_VALUES else []
    return " | ".join([*some[:MOST_VALUES], *more]) or None


def sums(own: list[dict], ask: dict, view: dict) -> dict[str, float]:
    """What some events add up to."""
    spent = [one["event"]["time_spent_seconds"] for one in own]
    found = {"sessions": float(len({(one["person"], one["session"]) for one in own})), "events": float(len(own))}
    found["time_spent_seconds"] = math.fsum(one for one in spent if one is not None)
    return found | {name: math.fsum(value for one in own for _, value in amount_nodes(one["event"], view, name)) for name in ask.get("metrics", ())}


def timeline(everybody: dict[str, list[dict]], seen: dict, ask: dict, view: dict) -> list[dict]:
    """All events that the segments keep in one row, then per person its sums and each event that is shown; at last whom nothing is shown of."""
    of: dict[str, list[dict]] = {}
    for one in seen["masked"]:
        of.setdefault(one["person"], []).append(one)
    named, most = ask.get("persons", []), ask.get("most_events", 200)
    sampled = sorted(of, key=lambda person: place_in_sample(person, ask.get("sample", 1)))[: ask.get("people", 20)]
    people = [person for person in named if person in of] if named else sampled
    rows = []
    for person in people:
        own = of[person]
        sessions = [*dict.fromkeys(one["session"] for one in own)]
        events = [event(one, number, sessions.index(one["session"]) + 1, ask, view) for number, one in enumerate(own, 1)]
        events = events[-most:] if ask.get("keep") == "last" else events[:most]
        counts = {"shown_events": float(len(events)), "left_out_events": float(len(own) - len(events))}
        rows += [row(ask, "person", timeline_person=person, **sums(own, ask, view), **counts), *events]
    told = [one for one in rows if one["row_kind"] == "person"]
    shown = {name: math.fsum(one[name] for one in told) for name in ("shown_events", "left_out_events")}
    total = row(ask, "total", people=float(len(of)), shown_people=float(len(told)), **shown, **sums(seen["masked"], ask, view))
    nothing = [person for person in named if person not in of]
    empty = [row(ask, "no_events", timeline_person=person, events=0.0) if person in everybody else row(ask, "not_found", timeline_person=person) for person in nothing]
    return [total, *rows, *empty]


def event(one: dict, number: int, session: int, ask: dict, view: dict) -> dict:
    """One event of a person."""
    t, found = one["event"]["t"], one["event"]
    amounts = {}
    for name in ask.get("metrics", ()):
        own = amount_nodes(found, view, name)
        amounts[name] = math.fsum(value for _, value in own) if own else None
    return row(
        ask, "event", timeline_person=one["person"], timeline_session=session, timeline_event=number, timeline_time=EPOCH + timedelta(milliseconds=t),
        label=local(t, view.get("time_zone", "UTC")).isoformat(timespec="milliseconds"), time_spent_seconds=found["time_spent_seconds"],
        **{name: values(found, view, name) for name in ask["dimensions"]}, **amounts,
    )  # fmt: skip


def row(ask: dict, kind: str, **given: object) -> dict:
    """A row with the columns that it has, null in the others."""
    own = ("timeline_person", "timeline_session", "timeline_event", "timeline_time", "label")
    return {"row_kind": kind, **dict.fromkeys((*own, *ask["dimensions"], *COUNTS, "time_spent_seconds", *ask.get("metrics", ()))), **given}
