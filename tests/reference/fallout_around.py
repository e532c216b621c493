"""Rule F12: what happens between the steps of reported chains, and next after the last one, by the values that events set."""

from __future__ import annotations

from collections import Counter

from tests.reference.metrics import own, own_before_persistence
from tests.reference.months import within
from tests.reference.values import hides, no_value

NOTHING = {"between": "nothing", "after": "exit"}


def happened(asked: object) -> dict:
    """A dimension alone, or with how many of its values are shown and what is said of events without one."""
    return {"items": 5, **({"dimension": asked} if isinstance(asked, str) else asked)}


def told(event: dict, what: dict, view: dict) -> list[str | None]:
    """The values that an event sets; null where it sets none, or nothing where such events are passed over."""
    found = own(own_before_persistence(event["event"]), view, what["dimension"])
    return found or ([] if hides(what, view, what["dimension"]) else [None])


def between(one: dict, step: int, what: dict, view: dict) -> set[str | None]:
    """What happens after a step and before the next one, of one that reaches that."""
    first, last = one["at"][step - 1], one["at"][step]
    return {value for event in one["unit"][first + 1 : max(first, last)] for value in told(event, what, view)}


def after(one: dict, what: dict, view: dict, asked: dict) -> set[str | None]:
    """What happens next after all of a chain: in the range, or after it within the window (F9)."""
    start = one["unit"][one["at"][0]]["t"]
    for event in one["unit"][max(one["at"]) + 1 :]:
        late = asked["date_rule"] == "in_range" or not within(start, event["t"], asked["window"], asked["zone"])
        if not event["in_range"] and late:
            return set()
        if found := told(event, what, view):
            return {*found}
    return set()


def rows(found: list[dict], ask: dict, view: dict, asked: dict, names: list[str], word: str) -> list[dict]:
    """Both, step by step: the values of most units, what is left of them, and who has nothing there."""
    rows = []
    for kind in ("between", "after"):
        if not ask.get(kind):
            continue
        what = happened(ask[kind])
        for step in range(1, len(names)):
            if kind == "between":
                sets = [between(one, step, what, view) for one in found if one["level"] > step]
            else:
                sets = [after(one, what, view, asked) for one in found if one["level"] == step]
            for item in items(sets, what, view, NOTHING[kind]):
                share = item["units"] / len(sets) if sets and item["units"] is not None else None
                figures = {word: item["units"], "percent_of_step": share}
                rows.append({"row_kind": kind, "step": step, "step_name": names[step - 1], "item_kind": item["kind"], "step_item": item["item"], "pooled_items": item["values"], **figures})
    return rows


def items(sets: list[set[str | None]], what: dict, view: dict, nothing: str) -> list[dict]:
    """The values by units descending, then by bytes; the rest together; nothing. T4: units of the rest are known where each has one value."""
    label = no_value(view, what["dimension"])["label"]
    counts = Counter(value for some in sets for value in some)
    texts = {value: label if value is None else value for value in counts}
    order = sorted(counts, key=lambda value: (-counts[value], texts[value].encode("utf-8"), value is not None))
    shown, rest = order[: what["items"]], order[what["items"] :]
    found = [{"kind": "item", "item": texts[value], "values": 1.0, "units": float(counts[value])} for value in shown]
    if rest:
        alone = all(len(some) <= 1 for some in sets)
        found.append({"kind": "other", "item": None, "values": float(len(rest)), "units": float(sum(counts[value] for value in rest)) if alone else None})
    return [*found, {"kind": nothing, "item": None, "values": None, "units": float(sum(not some for some in sets))}]
