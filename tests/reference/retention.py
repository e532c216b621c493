"""Rule C5: how many come back so long after their first start."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference.fallout import met_by, step_spec
from tests.reference.order import in_range, milliseconds


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
    """Who starts early enough, who of them comes back in each period, and who starts too late."""
    every, last = milliseconds(ask.get("size", "24 hours")), ask.get("buckets", 7)
    mode = ask.get("mode", "on")
    base = late = 0
    back = [0] * (last + 1)
    for person, journey in seen["journeys"].items():
        starts = events_of(ask["start"], person, seen, ask, view, kept_by)
        if not starts:
            continue
        begins = journey[starts[0]]["t"]
        if begins + (last + 1) * every > ask["to"]:
            late += 1
            continue
        base += 1
        returns = [at for at in events_of(ask.get("return", ask["start"]), person, seen, ask, view, kept_by) if at > starts[0]]
        elapsed = [journey[at]["t"] - begins for at in returns]
        for period in range(last + 1):
            low = period * every
            back[period] += any(low <= one and (mode == "on_or_after" or one < low + every) for one in elapsed)
    word = {"24 hours": "day", "7 days": "week", "30 days": "period"}[ask.get("size", "24 hours")]
    after = " or later" if mode == "on_or_after" else ""
    return [
        row("total", None, None, base, base),
        *(row(mode, period, f"{word} {period}{after}", many, base) for period, many in enumerate(back)),
        {**row("reserved", None, None, late, base), "retention_rate": None},
    ]


def row(kind: str, elapsed: int | None, label: str | None, people: int, base: int) -> dict:
    """One row; x/0 is null."""
    return {"row_kind": kind, "elapsed": elapsed, "label": label, "people": float(people), "retention_rate": people / base if base else None}
