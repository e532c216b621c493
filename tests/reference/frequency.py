"""CJA 7, frequency: how many persons or sessions did something how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.reference.fallout import step_name, step_spec
from tests.reference.retention import events_of

AUTO = (1, 2, 3, 4, 5, 6, 11)


def starts_of(ask: dict) -> list[int]:
    """The least number of times of each bucket; the last one has no end."""
    written = ask.get("buckets")
    if written is None:
        return [*AUTO]
    return [written.get("from", 1) + at * written.get("size", 1) for at in range(written.get("count", 10))]


def frequency(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """Per event all who did it, then those who did it less often than the first bucket says, if any can, then each bucket."""
    by_people, starts = ask.get("count", "people") == "people", starts_of(ask)
    ends: list[int | None] = [*starts[1:], None]
    rows = []
    for written in ask["events"]:
        times: Counter = Counter()
        for person in seen["journeys"]:
            for at in events_of(written, person, seen, ask, view, kept_by):
                times[(person,) if by_people else (person, seen["sessions"][person][at])] += 1
        name, all_ = step_name(step_spec(written)), [*times]
        rows.append(row("total", name, None, None, None, all_, len(all_), by_people=by_people))
        parts = [("below", f"< {starts[0]}", None, starts[0])] if starts[0] > 1 else []
        parts += [("bucket", text(low, high), low, high) for low, high in zip(starts, ends, strict=True)]
        for kind, said, low, high in parts:
            inside = [unit for unit, many in times.items() if (low is None or many >= low) and (high is None or many < high)]
            rows.append(row(kind, name, said, low, high, inside, len(all_), by_people=by_people))
    return rows


def text(low: int, high: int | None) -> str:
    """The numbers of times of a bucket."""
    return f"{low}+" if high is None else str(low) if high == low + 1 else f"{low}-{high - 1}"


def row(kind: str, name: str, said: str | None, low: int | None, high: int | None, units: list, all_: int, *, by_people: bool) -> dict:
    """One row; x/0 is null."""
    return {
        "row_kind": kind, "step_name": name, "times": said, "at_least": None if low is None else float(low), "less_than": None if high is None else float(high),
        "people" if by_people else "sessions": float(len(units)),
        **({} if by_people else {"people": float(len({unit[0] for unit in units}))}),
        "percent_of_total": len(units) / all_ if all_ else None,
    }  # fmt: skip
