"""Reports of what follows what, drawn at random: paths, flows, what is next or previous."""

from __future__ import annotations

import random

from tests.property.conditions import METRICS, METRICS_OF_SESSIONS, STANDARD, TEXTS


def paths(chance, single):
    dimension = chance.choice([*single, *single, chance.choice([*STANDARD])])
    metric = chance.choice(["orders", "orders", *(one for one in (*METRICS, *METRICS_OF_SESSIONS) if one not in ("events", "people", "sessions", "conversion"))])
    texts = TEXTS.get(dimension) or STANDARD[dimension]
    return {
        "report": "paths", "dimension": dimension, "conversion": metric, "container": chance.choice(["session", "person"]),
        "max_len": chance.choice([1, 2, 5, 20]), "keep": chance.choice(["first", "last"]), "include_last": chance.random() < 0.3,
        "repeats": chance.choice(["first", "last", "keep"]), "exclude": chance.choice([[], [], chance.sample(texts, min(2, len(texts)))]),
        "count": chance.choice(["trials", "persons"]), "min_support": chance.choice([1, 1, 2, 30]), "rows": chance.choice([1, 3, 1000]),
    }  # fmt: skip


def flow(chance, single):
    """A flow; of dimensions of several values too."""
    dimension = chance.choice([*single, *single, "sku", "category", "tags", "color", chance.choice([*STANDARD])])
    texts = TEXTS.get(dimension) or STANDARD.get(dimension) or TEXTS["page"]
    way = chance.choice(["starts_with", "contains", "ends_with"])
    metric = chance.choice(["orders", "calls", "views", "units", "session_starts"])
    anchors = [{"items": chance.sample(texts, min(len(texts), chance.choice([1, 1, 2])))}, {"metric": metric}]
    edge = {"starts_with": ["entry"], "ends_with": ["exit"]}.get(way, [])
    drawn = {
        "report": "flow", "dimension": dimension, way: chance.choice([*anchors, *edge]), "limit": chance.random() < 0.3,
        "container": chance.choice(["session", "person"]), "columns": chance.choice([1, 2, 5]), "items": chance.choice([1, 2, 10]),
        "repeats": chance.choice(["first", "last", "keep"]), "exclude": chance.choice([[], [], chance.sample(texts, min(2, len(texts)))]),
    }  # fmt: skip
    apart = random.Random(repr(drawn))  # what a seed draws besides stays as it is
    if apart.random() < 0.3:
        drawn["links"] = apart.choice([1, 2, 3, 50])
    if apart.random() < 0.2:
        name = apart.choice(["adobe", "posthog", "clickhouse"])
        drawn = {"preset": name, **{option: value for option, value in drawn.items() if option not in ("repeats", "items", "links")}}
    if apart.random() < 0.25 and drawn.get("preset") != "posthog":  # which shows too many items to tell each day of
        drawn["trend"] = apart.choice(["day", "week", {"granularity": "month", "links": 2}, {"granularity": "day", "links": 20}, {"links": 1}])
    return drawn


def next_previous(chance, single):
    drawn = flow(chance, single)
    way = next(one for one in ("starts_with", "contains", "ends_with") if one in drawn)
    direction = "previous" if way == "ends_with" else "next"
    kept = {name: drawn[name] for name in ("dimension", "limit", "container", "items", "repeats", "exclude") if name in drawn}
    return {"report": "next_previous", "direction": direction, "anchor": drawn[way], **kept}
