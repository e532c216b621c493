"""Cohort tables drawn at random."""

from __future__ import annotations

import random

from tests.property.conditions import (
    METRICS,
    METRICS_OF_SESSIONS,
    SESSION_TYPES,
    STANDARD,
    TEXTS,
)
from tests.property.strategies import VIEW

AMOUNTS = tuple(name for name in (*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES) if name != "conversion")
COMPARISONS = ("at_least", "at_most", "more_than", "less_than", "equals", "does_not_equal")


def criteria(chance):
    """What puts persons into cohorts, or brings them back."""
    metrics = [chance.choice([name, name, {"metric": name, chance.choice(COMPARISONS): chance.randint(0, 3)}])
               for name in chance.sample(["views", "views", "events", "calls", *AMOUNTS], chance.choice([0, 1, 1, 2, 3]))]  # fmt: skip
    segments = chance.sample(sorted(VIEW["segments"]), chance.choice([0, 0, 0, 1, 2]) if metrics else 1)
    return {"metrics": metrics, "match": chance.choice(["all", "any"]), "segments": segments}


def cohort(chance, days):
    """A cohort table; of days, or of days and longer periods of a longer range."""
    how = chance.choice([{}, {}, {"mode": "on_or_after"}, {"rolling": True}, {"latency": True}])
    found = {"report": "cohort", "inclusion": criteria(chance), "type": chance.choice(["retention", "retention", "churn"]), **how,
             "granularity": chance.choice(["day", "day", "week", *([] if days == 2 else ["week", "month", "quarter", "year"])]),
             "entry": chance.choice(["every", "first", "first_ever", "first_ever"])}  # fmt: skip
    if chance.random() < 0.6:
        found["return"] = criteria(chance)
    if "latency" not in how and chance.random() < 0.4:
        found |= {"dimension": chance.choice([*TEXTS, *TEXTS, *STANDARD]), "rows": chance.choice([1, 2, 14])}
    apart = random.Random(repr(found))  # what a seed draws besides stays as it is
    if apart.random() < 0.2:
        found = {**{option: value for option, value in found.items() if option not in ("entry", "mode")}, "preset": apart.choice(["adobe", "clickhouse", "clickhouse"])}
    return found
