"""Rules O3, O5, O6, O7: the total order of a person's events, durations, and what a report reads."""

from __future__ import annotations

DAY = 86_400_000
UNITS = {"second": 1000, "minute": 60_000, "hour": 3_600_000, "day": DAY, "week": 7 * DAY}


def floor_ms(microseconds: int) -> int:
    """Milliseconds towards minus infinity, also before 1970."""
    return microseconds // 1000


def milliseconds(duration: str | int | None) -> int | None:
    """'30 minutes' as ms; an int is ms already."""
    if duration is None or isinstance(duration, int):
        return duration
    count, unit = duration.split()
    return int(count) * UNITS[unit.rstrip("s")]


def key(event: dict) -> tuple:
    """O3: t, sequence (nulls last), dataset position, event id as bytes (nulls last), row hash."""
    sequence, event_id = event.get("sequence"), event.get("event_id")
    return (
        event["t"],
        (sequence is None, sequence or 0),
        event.get("dataset_position", 0),
        (event_id is None, (event_id or "").encode("utf-8")),
        event.get("row_hash", 0),
    )


def journeys(events: list[dict]) -> dict[str, list[dict]]:
    """Each person's events in the total order."""
    found: dict[str, list[dict]] = {}
    for event in sorted(events, key=key):
        found.setdefault(event["person_id"], []).append(event)
    return {person: found[person] for person in sorted(found, key=lambda text: text.encode("utf-8"))}


def in_range(event: dict, ask: dict) -> bool:
    """O5: from <= t < to."""
    return ask["from"] <= event["t"] < ask["to"]
