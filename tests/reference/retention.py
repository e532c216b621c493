"""Rule C5: how many come back so long after their first start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.reference import metrics
from tests.reference.fallout import met_by, step_name, step_spec
from tests.reference.order import in_range, milliseconds
from tests.reference.values import hides, no_value


def places_of(written: object, person: str, seen: dict, ask: dict, view: dict, kept_by: Callable) -> set[int]:
    """Positions of a person's masked events, in the range and after it, that a step picks."""
    journey, session_of = seen["journeys"][person], seen["sessions"][person]
    spec = step_spec(written)
    met = set() if spec["uses"] else set(range(len(journey)))
    for use in spec["uses"]:
        met |= met_by(use, journey, session_of, ask, view, kept_by)
    for segment in spec["segments"]:
        met &= kept_by(segment, journey, session_of, ask, view)
    return {at for at in met if seen["mask"][person][at]}


def events_of(written: object, person: str, seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[int]:
    """Positions of a person's masked range events that a step picks."""
    journey = seen["journeys"][person]
    return sorted(at for at in places_of(written, person, seen, ask, view, kept_by) if in_range(journey[at], ask))


def retention(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """Who starts early enough, who of them comes back in each period, and who starts too late; then the same of each value at the start."""
    every, last = milliseconds(ask.get("size", "24 hours")), ask.get("buckets", 7)
    returns = ask.get("returns") or [ask.get("return", ask["start"])]
    late, found = 0, []  # per person that counts: its values, and per return the periods that it is back in
    for person, journey in seen["journeys"].items():
        starts = events_of(ask["start"], person, seen, ask, view, kept_by)
        if not starts:
            continue
        begins = journey[starts[0]]["t"]
        if begins + (last + 1) * every > ask["to"]:
            late += 1
            continue
        back = []
        for step in returns:
            elapsed = [journey[at]["t"] - begins for at in events_of(step, person, seen, ask, view, kept_by) if at > starts[0]]
            back.append({period for period in range(last + 1) if any(period * every <= one and (ask.get("mode") == "on_or_after" or one < (period + 1) * every) for one in elapsed)})
        found.append(([*dict.fromkeys(metrics.own(journey[starts[0]], view, ask["breakdown"]))] or [None] if ask.get("breakdown") else [], back))
    rows = [*rows_of(found, ask.get("mode", "on"), "total", None, ask), row("reserved", None, None, None, None, late, 0)]
    rows[-1]["retention_rate"] = None
    if ask.get("breakdown"):
        rows += rows_of_values(found, ask, view)
    left_out = [] if ask.get("breakdown") else ["breakdown"]
    left_out += [] if ask.get("returns") else ["step_name"]
    return [{name: value for name, value in one.items() if name not in left_out} for one in rows]


def rows_of_values(found: list[tuple], ask: dict, view: dict) -> list[dict]:
    """Each value by how many start with it, then bytes; the others together where a person has one value."""
    nothing = no_value(view, ask["breakdown"])["label"]
    counts = Counter(value for values, _ in found for value in values)
    if hides(ask, view, ask["breakdown"]):
        counts.pop(None, None)
    order = sorted(counts, key=lambda value: (-counts[value], (nothing if value is None else value).encode(), value is not None))
    shown, rest = order[: ask.get("rows", 20)], order[ask.get("rows", 20) :]
    rows = []
    for value in shown:
        rows += rows_of([one for one in found if value in one[0]], "value", "value", nothing if value is None else value, ask)
    if rest and not metrics.own_path(view, ask["breakdown"]) and not metrics.keeps_all(view, ask["breakdown"]):
        rows += rows_of([one for one in found if set(one[0]) & set(rest)], "other", "other", None, ask)
    return rows


def rows_of(found: list[tuple], kind: str, first: str, value: str | None, ask: dict) -> list[dict]:
    """Those who start, and those back in each period, return by return."""
    base = len(found)
    rows = [row(first, value, None, None, None, base, base)]
    word = {"24 hours": "day", "7 days": "week", "30 days": "period"}[ask.get("size", "24 hours")]
    after = " or later" if ask.get("mode") == "on_or_after" else ""
    for number, step in enumerate(ask.get("returns") or [ask.get("return", ask["start"])]):
        for period in range(ask.get("buckets", 7) + 1):
            many = sum(period in back[number] for _, back in found)
            rows.append(row(kind, value, step_name(step_spec(step)), period, f"{word} {period}{after}", many, base))
    return rows


def row(kind: str, value: str | None, step: str | None, elapsed: int | None, label: str | None, people: int, base: int) -> dict:
    """One row; x/0 is null."""
    rate = people / base if base else None
    return {"row_kind": kind, "breakdown": value, "step_name": step, "elapsed": elapsed, "label": label, "people": float(people), "retention_rate": rate}
