"""Fallouts drawn at random, with their steps and exclusions, as a project writes them."""

from __future__ import annotations

import random

from tests.property.conditions import STANDARD, TEXTS, comparison

OPTIONS = [
    {}, {"ties": "strict_time"}, {"ties": "step_order"}, {"ties": {"grace": "1 seconds"}}, {"order": "any"},
    {"order": "strict"}, {"one_event_one_step": False}, {"order": "any", "one_event_one_step": False},
    {"window_start": "first"}, {"window_start": "first", "ties": {"grace": "30 minutes"}},
    {"window_start": "first", "count": "attempts"}, {"window_start": "first", "count": "attempts", "ties": "strict_time"},
]  # fmt: skip


def no_value(chance):
    """Whether what has no value is a row: left to the dimension, or said."""
    return chance.choice([{}, {}, {"include_no_value": True}, {"include_no_value": False}])


def step(chance):
    """A step of a fallout."""
    uses = [chance.choice(["views", "orders", "calls", "session_starts", "session_ends", "first_time_sessions", "buyers", comparison(chance)])
            for _ in range(chance.choice([1, 1, 2]))]  # fmt: skip
    return {"any": uses, "label": "step"}


def fallout(chance):
    options = chance.choice(OPTIONS)
    steps = [step(chance) for _ in range(chance.choice([2, 3, 3]))]
    if not {"order", "ties"} & set(options) and chance.random() < 0.3:
        steps[-1]["next"] = True
    asked = {"report": "fallout", "steps": steps, **options, "container": chance.choice(["person", "session"])}
    if chance.random() < 0.7:
        asked["window"] = chance.choice(["1 seconds", "30 minutes", "1 days", "7 days", "1 month", "1 month"])
        asked["date_rule"] = chance.choice(["entry", "in_range"])
    if options.get("order") != "any" and options.get("ties") != "step_order" and chance.random() < 0.5:
        asked |= {"breakdown": chance.choice([*TEXTS, *TEXTS, *STANDARD]), "breakdown_step": chance.choice([1, 2]), **no_value(chance)}
    if options.get("count") != "attempts":
        asked["base"] = chance.choice(["first_step", "all"])
    asked |= exclusions(random.Random(repr(asked)), asked)  # what a seed draws besides stays as it is
    asked |= modes(random.Random(f"modes of {asked}"), asked)
    asked |= reported(random.Random(f"reported chains of {asked}"), asked)
    asked |= around(random.Random(f"around steps of {asked}"), asked)
    return preset(random.Random(f"preset of {asked}"), asked)


def reported(chance, asked):
    """What is told of the reported chains besides: their periods and times, or nothing."""
    if asked.get("order") == "any" or asked.get("ties") == "step_order":
        return {}
    trended = chance.random() < 0.5 and asked.get("base") != "all"
    return {**({"trend": chance.choice(["day", "day", "week", "month", "hour"])} if trended else {}), **({"times": True} if chance.random() < 0.5 else {})}


def around(chance, asked):
    """What happens between the steps and after them, or nothing."""
    if asked.get("order") == "any" or asked.get("ties") == "step_order":
        return {}
    names = [name for name in ("between", "after") if chance.random() < 0.5]
    names = [name for name in names if name == "after" or not (asked.get("order") == "strict" or all(step.get("next") for step in asked["steps"][1:]))]
    return {name: {"dimension": chance.choice([*TEXTS, *TEXTS, *STANDARD]), "items": chance.choice([1, 2, 100]), **no_value(chance)} for name in names}


def modes(chance, asked):
    """Modes of windowFunnel, or nothing."""
    following = any(step.get("next") for step in asked["steps"])
    if {"order", "window_start", "exclude"} & {*asked} or isinstance(asked.get("ties"), dict) or following or chance.random() < 0.15:
        return {}
    return {"one_event_one_step": False, "modes": chance.choice([["strict_order"], ["strict_deduplication"], ["strict_deduplication", "strict_order"]])}


def preset(chance, asked):
    """The same fallout with a preset in place of some of its options, or as it is."""
    if {"count", "modes"} & {*asked} or chance.random() < 0.6:
        return asked
    name = chance.choice(["adobe", "posthog", "mixpanel", "clickhouse"])
    gone = {"ties", "window_start", "date_rule", "one_event_one_step", "exclusion", "breakdown", "breakdown_step", "include_no_value", "trend", "times", "between", "after"}
    gone |= {"exclude"} if name in ("adobe", "clickhouse") else set()
    gone |= {"window"} if chance.random() < 0.5 else set()
    left = {option: value for option, value in asked.items() if option not in gone}
    return {**({"window": "30 minutes"} if name == "clickhouse" else {}), **left, "preset": name}


def exclusions(chance, asked):
    """What must not happen between two steps of a fallout, or nothing."""
    ordered = asked.get("order") != "any" and not (isinstance(asked.get("ties"), dict) and "window_start" not in asked)
    if not ordered or chance.random() < 0.4:
        return {}
    pairs = [[a, b] for b in range(2, len(asked["steps"]) + 1) for a in range(1, b)]
    found = [{**step(chance), "between": chance.choice(pairs)} for _ in range(chance.choice([1, 1, 2]))]
    if chance.random() < 0.3:
        del found[0]["between"]
    dropped = chance.choice([{}, {"exclusion": "drop_attempt"}, *[{"exclusion": "drop_person"}] * 2])
    return {"exclude": found, **(dropped if asked.get("count") != "attempts" else {})}
