"""Call deflections, drawn at random."""

from __future__ import annotations

from tests.property.conditions import CLOCKS, METRICS, SESSION_TYPES, STANDARD, TEXTS, comparison

WINDOWS = ("1 seconds", "30 minutes", "1 hours", "1 days", "7 days")


def page(chance):
    """Some events, by their page."""
    return {"dimension": "page", "equals_any_of": chance.sample(("home", "product", "cart", "help", "söke"), chance.choice([1, 2]))}


def step(chance):
    """What self-service is, a call, or what is neither: metrics, segments, conditions on one event."""
    named = ["views", "views", "orders", "calls", "session_starts", "first_time_sessions", "events", *("buyers", "not_home", "long", "on_sale")]
    uses = [chance.choice([page(chance), page(chance), comparison(chance), chance.choice(named)]) for _ in range(chance.choice([1, 1, 2]))]
    segments = chance.choice([[], [], [], [], ["not_home"], ["buyers"]])
    return {"any": uses, "segments": segments}


def deflection(chance):
    found = {
        "report": "deflection", "topic": chance.choice([*TEXTS, "page", "channel", "sku", "tags", chance.choice([*STANDARD, *CLOCKS])]),
        "self_service": step(chance), "call": chance.choice(["orders", "orders", "calls", step(chance)]), "window": chance.choice(WINDOWS),
        "match": chance.choice(["any", "same_topic"]), "baseline": chance.choice([0, 0.3, 1.0, *[{"control": chance.choice(["views", "events", step(chance)])}] * 3]),
        "sort": chance.choice(["avoided_calls", "trials"]), "rows": chance.choice([1, 2, 20]),
    }  # fmt: skip
    if chance.random() < 0.4:
        found["pre_call"] = chance.choice(["0 seconds", *WINDOWS])
    if chance.random() < 0.6:
        costs = [name for name in METRICS if name not in ("events", "people", "sessions", "conversion", "bounces", *SESSION_TYPES)]
        found["cost_per_call"] = chance.choice([6.5, 0, *costs])
    return found
