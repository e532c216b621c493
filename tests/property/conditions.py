"""Conditions and segments drawn at random, sequences among them, and the components that they name."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError

from cja_spark.view.sequence import Between
from tests.property.strategies import VIEW

TEXTS = {
    "page": ("home", "product", "cart", "help", "söke", "nowhere"), "channel": ("mail", "search", "direct"),
    "sku": ("new", "sale", "old"), "category": ("shoes", "hats"), "tier": ("gold", "blue", "red"),
    "campaign": ("mail", "search", "direct"), "color": ("red", "blue", "green"),
    "group": ("home", "cart", "Unspecified"), "size": ("1.0", "Less than 1", "0 to 1"),
    "tags": ("h", "me", "pr", "help", "duct"),
    "level": ("few", "some", "many"), "neighbour": ("home", "product", "cart", "help", "söke", "nowhere"),
    "several_texts": ("home", "product", "cart", "help", "söke", "nowhere"), "seen": ("home", "product", "cart", "help", "söke"),
}  # fmt: skip
METRICS = ("events", "people", "sessions", "orders", "calls", "views", "units", "conversion", "bounces", "looking", "pages", "waiting", "several", "of_others", "turned")
METRICS_OF_SESSIONS = ("session_starts", "session_ends", "time_spent_seconds")
STANDARD = {
    "hour_of_day": ("3", "23", "0"), "minute_of_hour": ("0", "30"), "am_pm": ("AM", "PM"), "day_of_week": ("Sunday", "Monday"),
    "day_of_month": ("1", "9"), "day_of_year": ("68", "1"), "week_of_year": ("10", "6"), "month_of_year": ("March", "M01"),
    "quarter_of_year": ("Q1", "Q3"), "weekday_or_weekend": ("Weekday", "Weekend"), "event_depth": ("1", "2", "11"),
    "session_type": ("First-time", "Return"), "time_spent_per_event": ("Less than 1 minute", "10 to 30 minutes"),
    "time_spent_per_session": ("30 to 60 minutes", "1 to 2 hours"), "time_spent_per_person": ("1 to 2 hours", "15 hours or more"), "day": ("2025-03-09", "2025-03-01"), "week": ("2025-W10", "week of 2025-03-09"),
    "month": ("2025-03", "FY2025-M01"), "quarter": ("2025-Q1", "FY2025-Q1"), "year": ("2025", "2024/25"),
}  # fmt: skip
CLOCKS = ("second", "minute", "five_minutes", "fifteen_minutes", "thirty_minutes", "hour")
SESSION_TYPES = ("first_time_sessions", "return_sessions")
LEVELS = ("event", "session", "person")
RANGES = (
    "last 1 day", "last 30 days", "last 6 weeks", "last 2 months", "last 1 year", {"from": date(2025, 3, 1), "to": date(2025, 3, 31)},
    {"from": date(2025, 2, 20), "to": date(2025, 3, 9)}, {"from": date(2025, 3, 9), "to": date(2025, 3, 9)},
    "last 2 quarters", "today", "yesterday", "this week", "this month", "this quarter", "this year", "last week", "last month", "last quarter",
    "last year", "last 3 full days", "last 2 full weeks", "last 2 full months", "last 1 full quarter", "last 2 full years",
    {"from": date(2025, 3, 31), "to": date(2025, 4, 2)}, {"from": date(2025, 2, 1), "to": date(2025, 2, 28)},
    {"from": date(2025, 4, 1), "to": date(2025, 6, 30)}, {"from": date(2025, 3, 5), "to": date(2025, 3, 4)},
)  # fmt: skip


def dated(chance, container, share=0.25):
    """A container, sometimes with a date range."""
    return {**container, "range": chance.choice(RANGES)} if chance.random() < share else container


def condition(chance, container, depth=2):
    """A condition on units of a container."""
    kind = chance.choice(["dimension", "dimension", "metric", "distinct", "segment", "all", "any", "exclude", "container", "then"])
    if kind in ("all", "any") and depth:
        return {kind: [condition(chance, container, depth - 1) for _ in range(chance.choice([1, 2, 2]))]}
    if kind == "exclude" and depth:
        return {"exclude": condition(chance, container, depth - 1)}
    if kind in ("container", "then") and depth and container != "event":
        inner = chance.choice(LEVELS[: LEVELS.index(container)])
        nested = dated(chance, {"container": inner, "where": condition(chance, inner, depth - 1)})
        return nested if kind == "container" else sequence(chance, depth - 1)
    return leaf(chance, kind)


def leaf(chance, kind):
    """A condition that names a component."""
    if kind == "metric":
        metric = chance.choice([name for name in (*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES) if name != "conversion"])
        return {"metric": metric, chance.choice(["at_least", "at_most", "more_than", "less_than", "equals", "does_not_equal"]): chance.randint(0, 3)}
    if kind == "distinct":
        how = chance.choice(["at_least", "equals", "does_not_equal"])
        return {"dimension": chance.choice([*TEXTS, *STANDARD, *CLOCKS]), "distinct": {how: chance.randint(1 if how == "at_least" else 0, 3)}}
    return chance.choice(sorted(VIEW["segments"])) if kind == "segment" else comparison(chance)


def comparison(chance):
    """A dimension compared with text."""
    texts = TEXTS if chance.random() < 0.7 else STANDARD
    name = chance.choice(list(texts))
    models = ["repeating", "instance", *(["non_repeating"] if name in ("page", "channel", "tier", "campaign", "neighbour", "level", *STANDARD) else [])]
    return {**of_values(chance, name, texts), "model": chance.choice(models)}


def of_values(chance, name, texts):
    """A dimension compared with one or more of its texts, or parts of them."""
    negative = chance.random() < 0.4
    text = chance.choice(texts[name])
    operators = {
        ("equals", "does_not_equal"): text, ("equals_any_of", "equals_none_of"): chance.sample(texts[name], min(2, len(texts[name]))),
        ("contains", "does_not_contain"): text[1:3], ("starts_with", "does_not_start_with"): text[:2],
        ("ends_with", "does_not_end_with"): text[-1], ("matches", "does_not_match"): chance.choice(["*", "*o*", text[:2] + "*", text]),
        ("contains_all_of", "does_not_contain_all_of"): [text[0], text[-1]],
        ("contains_any_of", "does_not_contain_any_of"): [text[:2], text[-3:]],
        ("exists", "exists"): not negative,
        **{(one, one): chance.choice([0, 1, 2, 2.5, 30]) for one in ("at_least", "at_most", "more_than", "less_than")},
    }  # fmt: skip
    words, asked = chance.choice(list(operators.items()))
    return {"dimension": name, words[negative]: asked}


DISTANCES = (
    "0 events", "1 events", "2 events", "5 events", "0 sessions", "1 session", "2 sessions", "1 seconds", "30 minutes",
    "1 days", "7 days", "1 month", {"dimension": "page", "count": 1}, {"dimension": "channel", "count": 2},
)  # fmt: skip


def possible(between):
    """What lies between two checkpoints, without an end that the other one excludes."""
    try:
        Between.model_validate(between)
    except ValidationError:
        return {"within": between["within"]}
    return between


def sequence(chance, depth):
    """Checkpoints in order, with what lies between them."""
    parts, wanted, dated = [], 0, False
    count = chance.choice([1, 2, 2, 3])
    while wanted < count or chance.random() < 0.2:
        if chance.random() < 0.25:
            if wanted and not dated and chance.random() < 0.5:
                parts.append({"within": chance.choice(DISTANCES)})
                dated = True
            parts.append({"exclude": checkpoint(chance, depth)})
            continue
        if wanted and chance.random() < 0.5:
            ends = chance.choice([("after",), ("within",), ("within",), ("after", "within")])
            parts.append(possible({end: chance.choice(DISTANCES) for end in ends}))
        parts.append(checkpoint(chance, depth))
        wanted, dated = wanted + 1, False
    return {"then": parts}


def checkpoint(chance, depth):
    """An event, a session or a logic group."""
    kind = chance.choice(["event", "event", "event", "session", "group"])
    if kind == "session":
        return dated(chance, {"container": "session", "where": condition(chance, "session", depth)})
    if kind == "group":
        join = chance.choice(["all", "any"])
        levels = [chance.choice(["event", "session"]) for _ in range(chance.choice([1, 2, 3]))]
        return {"logic_group": {join: [of_level(chance, level, depth) for level in levels]}}
    return of_level(chance, "event", depth)


def of_level(chance, container, depth):
    """A condition on events or sessions that says so itself."""
    return dated(chance, {"container": container, "where": condition(chance, container, depth)}, 0.15)


def segment(chance):
    """A segment, by name or written in place."""
    if chance.random() < 0.2:
        return chance.choice(sorted(VIEW["segments"]))
    container = chance.choice(LEVELS)
    if container != "event" and chance.random() < 0.3:
        include = chance.choice(["everyone", "only_before", "only_after"])
        return dated(chance, {"container": container, "include": include, "where": sequence(chance, 1)})
    return dated(chance, {"container": container, "where": condition(chance, container)})
