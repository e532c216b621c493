"""Rules B1-B5: units cut into trials at each conversion, the path of each trial, and how often a path converts."""

from __future__ import annotations

from math import sqrt

from tests.reference.metrics import amount, carries, own, own_before_persistence
from tests.reference.order import in_range

Z = 1.959964
FIGURES = ("trials", "converted_trials", "people", "converted_people", "metric_sum")


def trials(seen: dict, ask: dict, view: dict) -> list[dict]:
    """B1: whose each trial is, its events, and whether it ends with a conversion."""
    found: list[dict] = []
    for person, journey in seen["journeys"].items():
        before = None
        for at, event in enumerate(journey):
            if not seen["mask"][person][at] or not in_range(event, ask):
                continue
            unit = seen["sessions"][person][at] if ask.get("container", "session") == "session" else 0
            if unit != before or found[-1]["converted"]:
                found.append({"person": person, "events": [], "converted": False})
            before = unit
            found[-1]["events"].append(event)
            found[-1]["converted"] = carries(event, view, ask["conversion"])
    return found


def path(trial: dict, ask: dict, view: dict) -> str:
    """B2, W1: the set values without those excluded, runs collapsed, the last of them or the first."""
    events = trial["events"]
    if trial["converted"] and not ask.get("include_last", False):
        events = events[:-1]
    values = [value for event in events for value in own(own_before_persistence(event), view, ask["dimension"])]
    sequence: list[str] = []
    for value in values:
        if value not in ask.get("exclude", ()) and (ask.get("repeats") == "keep" or sequence[-1:] != [value]):
            sequence.append(value)
    most, last = ask.get("max_len", 5), ask.get("keep", "last") == "last"
    if not sequence:
        return "(none)"
    if len(sequence) <= most:
        return " → ".join(sequence)
    return " → ".join(["…", *sequence[-most:]] if last else [*sequence[:most], "…"])


def interval(conversions: float, count: float) -> tuple[float, float]:
    """B4: Wilson's bounds of a share."""
    p, square = conversions / count, Z * Z / count
    middle, half = p + square / 2, Z * sqrt(p * (1 - p) / count + square / count / 4)
    low, high = ((middle + sign * half) / (1 + square) for sign in (-1, 1))
    return (0.0 if conversions == 0 else low, 1.0 if conversions == count else high)


def figures(some: list[dict], ask: dict, view: dict) -> dict[str, float]:
    """B3: what is counted of some trials."""
    converted = [trial for trial in some if trial["converted"]]
    counts = (
        len(some), len(converted), len({trial["person"] for trial in some}), len({trial["person"] for trial in converted}),
        sum(amount(trial["events"][-1], view, ask["conversion"]) for trial in converted),
    )  # fmt: skip
    return {name: float(count) for name, count in zip(FIGURES, counts, strict=True)}


def shares(counts: dict, ask: dict, overall: float | None) -> dict:
    """B3, B4: the rate, its bounds, and how many times the overall rate it is."""
    units, converted = ("people", "converted_people") if ask.get("count") == "persons" else ("trials", "converted_trials")
    if not counts[units]:
        return {**counts, "converted_rate": None, "rate_lower": None, "rate_upper": None, "rate_lift": None}
    rate, (low, high) = counts[converted] / counts[units], interval(counts[converted], counts[units])
    overall = rate if overall is None else overall
    return {**counts, "converted_rate": rate, "rate_lower": low, "rate_upper": high, "rate_lift": rate / overall if overall else None}


def paths(seen: dict, ask: dict, view: dict) -> list[dict]:
    """The total, the best paths, the worst ones, and what is in neither list as one row."""
    found = trials(seen, ask, view)
    by_path: dict[str, list[dict]] = {}
    for trial in found:
        by_path.setdefault(path(trial, ask, view), []).append(trial)
    total = shares(figures(found, ask, view), ask, None)
    counted = {text: shares(figures(some, ask, view), ask, total["converted_rate"]) for text, some in by_path.items()}
    units = "people" if ask.get("count") == "persons" else "trials"
    large = [text for text in counted if counted[text][units] >= ask.get("min_support", 30)]
    top = sorted(large, key=lambda text: (-counted[text]["rate_lower"], -counted[text][units], text.encode()))[: ask.get("rows", 20)]
    bottom = sorted(large, key=lambda text: (counted[text]["rate_upper"], -counted[text][units], text.encode()))[: ask.get("rows", 20)]
    rows = [{"row_kind": "total", "path_taken": None, **total}]
    rows += [{"row_kind": "top", "path_taken": text, **counted[text]} for text in top]
    rows += [{"row_kind": "bottom", "path_taken": text, **counted[text]} for text in bottom]
    rest = [trial for text, some in by_path.items() if text not in {*top, *bottom} for trial in some]
    if rest:
        summed = figures(rest, ask, view)
        overall = shares(summed, ask, total["converted_rate"])
        if units == "people":
            overall = dict.fromkeys(overall)
        rows.append({"row_kind": "other", "path_taken": None, **overall, **summed, "people": None, "converted_people": None})
    return rows
