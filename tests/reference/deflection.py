"""Rule K: after which topics of self-service people call, and how many calls that avoids against a baseline."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference.fallout import step_spec
from tests.reference.metrics import OF_SESSIONS, STANDARD, TYPES, amount, amount_nodes, carries, own
from tests.reference.order import in_range, milliseconds
from tests.reference.paths import interval
from tests.reference.segments import events_of
from tests.reference.values import no_value

CLASSES = ("after_call", "open", "called", "deflected")
COUNTS = (*(f"{name}_trials" for name in CLASSES), "closed_trials")


def spans(ask: dict) -> tuple[int, int]:
    """How long after a trial's start a call counts, and how long before it one puts the trial out, ms."""
    window = milliseconds(ask.get("window", "24 hours"))
    return window, milliseconds(ask.get("pre_call", window))


def back(ask: dict) -> int:
    """O7: how long before the range calls and self-service count."""
    return max(spans(ask))


def met_anywhere(written: object, person: str, seen: dict, ask: dict, view: dict) -> set[int]:
    """Positions that a step picks before, in and after the range, whatever segments hide: each part is asked apart."""
    journey, session_of = seen["journeys"][person], seen["sessions"][person]
    parts = [
        [at for at, event in enumerate(journey) if in_range(event, ask)],
        [at for at, event in enumerate(journey) if event["t"] < ask["from"]],
        [at for at, event in enumerate(journey) if event["t"] >= ask["to"]],
    ]
    there = seen["elsewhere"].of(person, masked=False)

    def kept(segment: object) -> set[int]:
        spec = view["segments"][segment] if isinstance(segment, str) else segment
        own_part, *others = parts
        found = events_of(segment, own_part, journey, session_of, view, there)
        for part in others:
            if spec.get("container", "event") == "person":
                found = found | set(part) if found else found
            else:
                found = found | events_of(segment, part, journey, session_of, view, there)
        return found

    spec = step_spec(written)
    met = set() if spec["uses"] else set(range(len(journey)))
    for use in spec["uses"]:
        if isinstance(use, str) and (use in (*STANDARD, *TYPES, *OF_SESSIONS) or use in view.get("metrics", {})):
            met |= {at for at, event in enumerate(journey) if carries(event, view, use)}
        else:
            met |= kept(use if isinstance(use, str) else {"container": "event", "where": use})
    for segment in spec["segments"]:
        met &= kept(segment)
    return met


def trials(starts: list[tuple[int, str | None]], journey: list[dict], window: int) -> list[tuple[int, str | None]]:
    """The starts that no trial of the same topic absorbs."""
    found: list[tuple[int, str | None]] = []
    for at, topic in starts:
        earlier = [one for one, same in found if same == topic]
        if not earlier or journey[at]["t"] - journey[earlier[-1]]["t"] > window:
            found.append((at, topic))
    return found


def class_of(at: int, matching: set[int], calls: set[int], journey: list[dict], ask: dict, data_until: float) -> str:
    """The first class that fits; `matching` are the calls that count as this trial's."""
    window, before = spans(ask)
    start = journey[at]["t"]
    if any(call < at and start - journey[call]["t"] <= before for call in calls):
        return "after_call"
    if start + window > data_until:
        return "open"
    return "called" if any(call > at and journey[call]["t"] - start <= window for call in matching) else "deflected"


def of_person(person: str, seen: dict, ask: dict, view: dict) -> dict:
    """A person's trials and those of the control with their classes, what has no topic, and what calls cost."""
    journey, mask = seen["journeys"][person], seen["mask"][person]
    data_until = float("inf") if seen["data_until"] is None else seen["data_until"]
    window, _ = spans(ask)
    same, inside = ask.get("match", "any") == "same_topic", [mask[at] and in_range(event, ask) for at, event in enumerate(journey)]
    topics = [[*dict.fromkeys(own(event, view, ask["topic"]))] for event in journey]
    calls, helped = (met_anywhere(ask[name], person, seen, ask, view) for name in ("call", "self_service"))

    def matching(topic: str | None) -> set[int]:
        return {call for call in calls if topic in topics[call]} if same else calls

    def classed(starts: list[tuple[int, str | None]]) -> list[dict]:
        return [
            {"person": person, "topic": topic, "class": class_of(at, matching(topic), calls, journey, ask, data_until)}
            for at, topic in trials(starts, journey, window)
        ]

    served = [at for at in sorted(seen["picked"]["self_service"][person]) if inside[at]]
    found = {
        "events": [(person, at, topics[at]) for at in served],
        "trials": classed([(at, topic) for at in served for topic in topics[at]]),
        "costs": [cost(journey[call], view, ask) for call in calls if in_range(journey[call], ask)],
        "control": [],
    }
    if isinstance(ask["baseline"], dict):
        alone = [
            at for at in sorted(seen["picked"]["control"][person])
            if inside[at] and not any(abs(journey[one]["t"] - journey[at]["t"]) <= window for one in helped)
        ]  # fmt: skip
        found["control"] = classed([(at, topic) for at in alone for topic in (topics[at] if same else [None])])
    return found


def cost(event: dict, view: dict, ask: dict) -> float | None:
    """What a call cost, null where it is not set."""
    metric = ask.get("cost_per_call")
    if not isinstance(metric, str) or not amount_nodes(event, view, metric):
        return None
    return amount(event, view, metric)


def counted(some: list[dict]) -> dict:
    """How many trials of each class there are, and the rate of calls."""
    counts = {f"{name}_trials": float(sum(one["class"] == name for one in some)) for name in CLASSES}
    closed = counts["called_trials"] + counts["deflected_trials"]
    rate, (low, high) = (counts["called_trials"] / closed, interval(counts["called_trials"], closed)) if closed else (None, (None, None))
    return {"trials": float(len(some)), **counts, "closed_trials": closed, "call_rate": rate, "rate_lower": low, "rate_upper": high}


def saved(counts: dict, baseline: float | None, price: float | None, ask: dict) -> dict:
    """Calls that are avoided against the baseline, and what they would have cost."""
    known = baseline is not None and counts["call_rate"] is not None
    avoided = counts["closed_trials"] * (baseline - counts["call_rate"]) if known else None
    rows = {**counts, "baseline_rate": baseline, "avoided_calls": avoided}
    if ask.get("cost_per_call") is None:
        return rows
    return {
        **rows, "cost_of_a_call": price, "avoided_cost": None if avoided is None or price is None else avoided * price,
        "upper_bound": None if price is None else counts["deflected_trials"] * price,
    }  # fmt: skip


def deflection(seen: dict, ask: dict, view: dict, picked: Callable) -> list[dict]:
    """All trials, topics by avoided calls, the rest, the control's trials, and self-service without a topic."""
    steps = {"self_service": ask["self_service"], **(ask["baseline"] if isinstance(ask["baseline"], dict) else {})}
    seen = {**seen, "picked": {name: {person: picked(step, person) for person in seen["journeys"]} for name, step in steps.items()}}
    people = [of_person(person, seen, ask, view) for person in seen["journeys"]]
    events, found, control, costs = ([one for person in people for one in person[name]] for name in ("events", "trials", "control", "costs"))
    of_control = counted(control)
    baseline = of_control["call_rate"] if isinstance(ask["baseline"], dict) else ask["baseline"]
    known = [one for one in costs if one is not None]
    price = (sum(known) / len(known) if known else None) if isinstance(ask.get("cost_per_call"), str) else ask.get("cost_per_call")

    def row(kind: str, text: str | None, people: float | None, count: float | None, figures: dict) -> dict:
        return {"row_kind": kind, "self_service_topic": text, "people": people, "self_service_events": count, **figures}

    def of(some: list[dict]) -> dict:
        return saved(counted(some), baseline, price, ask)

    by_topic: dict[str, list[dict]] = {}
    for one in found:
        by_topic.setdefault(one["topic"], []).append(one)
    counts = {topic: of(some) for topic, some in by_topic.items()}
    sort = ask.get("sort", "avoided_calls")

    def rank(topic: str) -> tuple:
        by = counts[topic][sort]
        return (by is None, -round(by or 0, 9), -counts[topic]["trials"], topic.encode())

    def of_topic(topic: str) -> dict:
        return row("topic", topic, persons(by_topic[topic]), float(sum(topic in topics for _, _, topics in events)), counts[topic])

    shown = sorted(by_topic, key=rank)
    shown, rest = shown[: ask.get("rows", 20)], [one for topic in shown[ask.get("rows", 20) :] for one in by_topic[topic]]
    total = of(found)
    nothing = dict.fromkeys(total)
    without = [event for event in events if not event[2]]
    return [
        row("total", None, persons(found), float(len(events) - len(without)), total),
        *map(of_topic, shown),
        *([row("other", None, None, None, of(rest))] if rest else []),
        *([row("control", None, persons(control), None, {**nothing, **of_control})] if isinstance(ask["baseline"], dict) else []),
        *([row("no_topic", no_value(view, ask["topic"])["label"], float(len({one[0] for one in without})), float(len(without)), nothing)] if without else []),
    ]


def persons(some: list[dict]) -> float:
    """How many people trials are of."""
    return float(len({one["person"] for one in some}))
