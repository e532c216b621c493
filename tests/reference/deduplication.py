"""Rule M4: of repeated values of a metric one counts; the others are null."""

from __future__ import annotations

from tests.reference.metrics import carries, own, path, spec_of
from tests.reference.persistence import person_from


def settings(view: dict, metric: str) -> dict | None:
    """The deduplication of a metric, defaults filled in."""
    found = spec_of(view, "metrics", metric).get("deduplication")
    return None if found is None else {"scope": "session", "keep": "first", "id": None, "within": None, **found}


def of_person(view: dict, metrics: list[str]) -> bool:
    """Whether one of some metrics looks at all of a person."""
    return any((how := settings(view, name)) is not None and how["scope"] == "person" for name in metrics)


def repeated(metric: str, journey: list[dict], session_of: list[int], view: dict, ask: dict) -> set[int]:
    """Positions whose value does not count; what lies after the range is a scope of its own."""
    how = settings(view, metric)
    groups: dict[tuple, list[int]] = {}
    for at, event in enumerate(journey):
        if not carries(event, view, metric):
            continue
        if how["scope"] == "person" and event["t"] < person_from(view, ask):
            continue
        id_ = tuple(own(event, view, how["id"])) if how["id"] else ("one",)
        if id_:
            unit = session_of[at] if how["scope"] == "session" else 0
            groups.setdefault((unit, event["t"] >= ask["to"], id_), []).append(at)
    kept = {at for some in groups.values() for at in counting(some, journey, how)}
    return {at for some in groups.values() for at in some} - kept


def counting(some: list[int], journey: list[dict], how: dict) -> list[int]:
    """The positions of one group that count: its first (or last) one, and whichever is further than a span from the last that did."""
    found: list[int] = []
    for at in some if how["keep"] == "first" else some[::-1]:
        far = how["within"] is not None and found and abs(journey[at]["t"] - journey[found[-1]]["t"]) > ms_of(how["within"])
        if not found or far:
            found.append(at)
    return found


def ms_of(text: str) -> int:
    """The ms of "10 days", "30 minutes", …"""
    number, unit = text.split()
    return int(number) * {"second": 1_000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}[unit.rstrip("s")]


def emptied(value: object, depth: int) -> object:
    """A value without its amounts: arrays keep their shape."""
    if depth == 0:
        return None
    return [emptied(item, depth - 1) for item in value] if isinstance(value, list) else value


def lay(journeys: dict[str, list[dict]], sessions: dict[str, list[int]], view: dict, ask: dict) -> None:
    """Take repeated values off the events."""
    for metric in view.get("metrics", {}):
        if settings(view, metric) is None:
            continue
        for person, journey in journeys.items():
            for at in repeated(metric, journey, sessions[person], view, ask):
                journey[at][metric] = emptied(journey[at].get(metric), len(path(view, "metrics", metric)))
