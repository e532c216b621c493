"""Rule E: how long it takes from the first start of a person or session to the first event of another kind after it."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.reference.fallout_reported import percentile
from tests.reference.metrics import own
from tests.reference.order import in_range, milliseconds
from tests.reference.retention import places_of
from tests.reference.values import hides, no_value

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
LADDER = (
    SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY,
    3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 180 * DAY, 365 * DAY,
)  # fmt: skip


def tail(ask: dict) -> int | None:
    """How long after the first start the event counts, ms; none is as long as the range."""
    return milliseconds(ask.get("tail"))


def edges(ask: dict) -> list[int | None]:
    """Where the buckets end, each with its end in it; the last one is open without a tail."""
    given, longest = [milliseconds(one) for one in ask.get("buckets", ())] or LADDER, tail(ask)
    if longest is None:
        return [*given, None]
    return [*(one for one in given if one < longest), longest]


def amount_of(length: int) -> tuple[str, str]:
    """A length as a number and its largest unit that divides it."""
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND)):
        if length % size == 0 and length:
            return str(length // size), unit
    return str(length), "ms"


def bucket_name(low: int | None, high: int | None) -> str:
    """What people call a bucket."""
    if high is None:
        return "> {} {}".format(*amount_of(low or 0))
    if low is None:
        return "≤ {} {}".format(*amount_of(high))
    (one, unit), (other, larger) = amount_of(low), amount_of(high)
    return f"{one}–{other} {larger}" if unit == larger else f"{one} {unit}–{other} {larger}"


def of_unit(places: list[int], starts: set[int], events: set[int], journey: list[dict], ask: dict) -> dict | None:
    """The start of a unit, and how long it took; null where there is no start, and a time of null where nothing came."""
    began = [at for at in places if at in starts and in_range(journey[at], ask)]
    if not began:
        return None
    first, longest = began[0], tail(ask)
    came = [at for at in places if at in events and at > first and (longest is None or journey[at]["t"] - journey[first]["t"] <= longest)]
    if not came:
        return {"at": first, "took": None}
    start = max(at for at in places if at in starts and first <= at < came[0]) if ask.get("start_event") == "last" else first
    return {"at": start, "took": journey[came[0]]["t"] - journey[start]["t"]}


def units_of(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """All units with a start: the event that time is counted from, how long it took, and whether the event may still come."""
    found, longest = [], tail(ask)
    until = math.inf if seen["data_until"] is None else seen["data_until"]
    for person, journey in seen["journeys"].items():
        starts, events = (places_of(ask[name], person, seen, ask, view, kept_by) for name in ("start", "event"))
        units: dict[int, list[int]] = {}
        for at in range(len(journey)):
            units.setdefault(seen["sessions"][person][at] if ask.get("container") == "session" else 0, []).append(at)
        for places in units.values():
            unit = of_unit(places, starts, events, journey, ask)
            if unit is not None:
                event = journey[unit["at"]]
                waits = unit["took"] is None and longest is not None and event["t"] + longest > until
                found.append({"event": event, "took": unit["took"], "open": waits})
    return found


def summed(units: list[dict], word: str, ask: dict) -> dict:
    """Figures of some units."""
    times = [unit["took"] for unit in units if unit["took"] is not None]
    count, reached = len(units), len(times)
    quantiles = {f"p{percent:g}_seconds".replace(".", "_"): percentile(times, percent) for percent in sorted(ask.get("percentiles", (25, 50, 75, 90)))}
    return {
        word: float(count), f"reached_{word}": float(reached), "reached_share": reached / count if count else None, "share_by_then": None,
        f"censored_{word}": float(count - reached), "censored_share": (count - reached) / count if count else None,
        f"open_{word}": None if tail(ask) is None else float(sum(unit["open"] for unit in units)),
        "mean_seconds": sum(times) / reached / 1000 if times else None, **quantiles,
    }  # fmt: skip


def buckets(units: list[dict], word: str, ask: dict) -> list[dict]:
    """How many it takes how long; without buckets of the author's own, from the first that has some to the last."""
    rows, ends = [], edges(ask)
    nothing = dict.fromkeys(summed([], word, ask))
    times = [unit["took"] for unit in units if unit["took"] is not None]
    for low, high in zip([None, *ends], ends, strict=False):
        inside = sum((low is None or one > low) and (high is None or one <= high) for one in times)
        within = sum(high is None or one <= high for one in times)
        span = {"time_taken": bucket_name(low, high), "more_than_seconds": None if low is None else low / 1000, "at_most_seconds": None if high is None else high / 1000}
        shares = {"reached_share": inside / len(units) if units else None, "share_by_then": within / len(units) if units else None}
        rows.append({"row_kind": "bucket", "breakdown": None, **span, **nothing, f"reached_{word}": float(inside), **shares})
    if ask.get("buckets"):
        return rows
    filled = [at for at, row in enumerate(rows) if row[f"reached_{word}"]]
    return rows[filled[0] : filled[-1] + 1] if filled else []


def time_to_event(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """All units, how many it takes how long, and the units of each value at the start."""
    units, word = units_of(seen, ask, view, kept_by), "sessions" if ask.get("container") == "session" else "people"
    nothing = dict.fromkeys(("time_taken", "more_than_seconds", "at_most_seconds"))
    rows = [{"row_kind": "total", "breakdown": None, **nothing, **summed(units, word, ask)}, *buckets(units, word, ask)]
    if not ask.get("breakdown"):
        return rows
    by_value: dict[str | None, list[dict]] = {}
    for unit in units:
        for value in dict.fromkeys(own(unit["event"], view, ask["breakdown"])) or [None]:
            by_value.setdefault(value, []).append(unit)
    if hides(ask, view, ask["breakdown"]):
        by_value.pop(None, None)
    label = no_value(view, ask["breakdown"])["label"]

    def text(value: str | None) -> str:
        return label if value is None else value

    shown = sorted(by_value, key=lambda value: (-len(by_value[value]), text(value).encode(), value is not None))[: ask.get("rows", 20)]
    return [*rows, *({"row_kind": "value", "breakdown": text(value), **nothing, **summed(by_value[value], word, ask)} for value in shown)]
