"""Indicators drawn at random."""

from __future__ import annotations

from tests.property.conditions import (
    METRICS,
    METRICS_OF_SESSIONS,
    STANDARD,
    TEXTS,
    segment,
)


def indicators(chance):
    """Behaviours of a dimension, of several values per event too, or of segments."""
    metric = chance.choice(["orders", "views", *(one for one in (*METRICS, *METRICS_OF_SESSIONS) if one not in ("events", "people", "sessions", "conversion"))])
    found = {
        "report": "indicators", "outcome": metric, "container": chance.choice(["session", "session", "person"]), "min_support": chance.choice([1, 1, 2, 5]),
        "rows": chance.choice([1, 3, 1000]),
    }  # fmt: skip
    if chance.random() < 0.6:
        return {**found, "dimension": chance.choice([*TEXTS, *TEXTS, *STANDARD])}
    uses = [segment(chance) for _ in range(chance.choice([1, 2, 3]))]
    named = dict.fromkeys(use for use in uses if isinstance(use, str))
    return {**found, "by_segments": [*named, *({**use, "label": f"behaviour {at}"} for at, use in enumerate(uses) if not isinstance(use, str))]}
