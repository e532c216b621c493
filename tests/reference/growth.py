"""CJA 7, active growth: of those who are active in a period who is new, who was there in the period before and who comes back, and who is not any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.reference.calendar import EPOCH, bucket, edges, label
from tests.reference.cohort import clock, criteria_of, early_events, met_in
from tests.reference.order import in_range

LOOKBACK = {"day": 90, "week": 52, "month": 13, "quarter": 8, "year": 3}
CLASSES = ("new", "repeat", "return", "dormant")


def lookback(ask: dict) -> int:
    """How many periods before a period tell whether somebody is new in it."""
    return ask.get("lookback") or LOOKBACK[ask.get("granularity", "week")]


def back(ask: dict, view: dict) -> int:
    """Since when events before the range count: the first instant of the lookback of its first period."""
    since = ask["from"]
    if ask["report"] == "growth":
        since = bucket(since, *clock(ask, view))
        for _ in range(lookback(ask)):
            since = bucket(since - 1, *clock(ask, view))
    return since


def active_periods(person: str, seen: dict, ask: dict, view: dict, kept_by: Callable, kept_of: Callable) -> set[int]:
    """The first instants of the periods that a person is active in, of the range and of the lookback before it."""
    criteria = criteria_of(ask.get("active") or "events")
    journey, session_of, mask = seen["journeys"][person], seen["sessions"][person], seen["mask"][person]
    kept = [kept_by(name, journey, session_of, ask, view) for name in criteria["segments"]]
    counting = [at for at, event in enumerate(journey) if in_range(event, ask) and mask[at] and all(at in some for some in kept)]
    counting += early_events(person, seen, ask, view, criteria["segments"], kept_of, back(ask, view))
    of_period: dict[int, list[int]] = {}
    for at in counting:
        of_period.setdefault(bucket(journey[at]["t"], *clock(ask, view)), []).append(at)
    return {period for period, events in of_period.items() if met_in(events, criteria, journey, session_of, view)}


def class_of(active: set[int], starts: list[int], at: int, many: int) -> str | None:
    """What a person is in the period `starts[at]`, of which those from `at - many` on are its lookback."""
    before = [start in active for start in starts[at - many : at]]
    if starts[at] not in active:
        return "dormant" if before[-1] else None
    return "repeat" if before[-1] else "return" if any(before) else "new"


def growth(seen: dict, ask: dict, view: dict, kept_by: Callable, kept_of: Callable) -> list[dict]:
    """Everybody who is active in the range, then each period: who is active, by what they are, and who is not any more."""
    inside = edges(ask["from"], ask["to"], *clock(ask, view))
    many = lookback(ask)
    starts = [*(edges(back(ask, view), ask["from"], *clock(ask, view)) if inside else []), *inside]
    over = [end for end in [*inside[1:], ask["to"]] if seen["data_until"] is None or end <= seen["data_until"]] if inside else []
    people = [active_periods(person, seen, ask, view, kept_by, kept_of) for person in seen["journeys"]] if inside else []
    rows = [line("total", people=float(sum(bool(active & {*inside[: len(over)]}) for active in people)))]
    for at, start in enumerate(inside):
        told = {"bucket": EPOCH + timedelta(milliseconds=start), "label": label(start, *clock(ask, view))}
        if at < len(over):
            found = [class_of(active, starts, len(starts) - len(inside) + at, many) for active in people]
            new, again, back_, gone = (float(found.count(one)) for one in CLASSES)
            told |= {"people": new + again + back_, "new_people": new, "repeat_people": again, "return_people": back_, "dormant_people": gone,
                     "net_growth": (new + back_) / gone if gone else None}  # fmt: skip
        rows.append(line("period", **told))
    return rows


def line(row_kind: str, **cells: object) -> dict:
    """One row; what it does not have is null."""
    names = ("bucket", "label", "people", "new_people", "repeat_people", "return_people", "dormant_people", "net_growth")
    return {"row_kind": row_kind, **{name: cells.get(name) for name in names}}
