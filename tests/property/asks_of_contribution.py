"""Contributions drawn at random: any metric of events, dimensions to look through, segments, and what is compared."""

from __future__ import annotations

import datetime as dt

from tests.property.conditions import CLOCKS, METRICS, METRICS_OF_SESSIONS, SESSION_TYPES, STANDARD, TEXTS, segment
from tests.property.strategies import VIEW

RANGES = (
    "previous_period", "previous_period", "year_ago", "last month", "last 2 full weeks", {"from": dt.date(2025, 2, 25), "to": dt.date(2025, 3, 9)},
    {"from": dt.date(2025, 3, 9), "to": dt.date(2025, 3, 20)}, {"from": dt.date(2025, 3, 5), "to": dt.date(2025, 3, 4)},
)  # fmt: skip


def contribution(chance):
    """A contribution of what can be parted."""
    metric = chance.choice([name for name in (*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES) if name != "conversion"])
    names = [*TEXTS, *["campaign", "color"] * 2, chance.choice([*STANDARD]), chance.choice([*CLOCKS])]
    dimensions = list(dict.fromkeys(chance.sample(names, chance.choice([0, 1, 1, 2, 3]))))
    uses = [segment(chance) for _ in range(chance.choice([0, 1, 2]) if dimensions else 2)]
    named = dict.fromkeys(use for use in uses if isinstance(use, str))
    pair = chance.sample(sorted(VIEW["segments"]), 2)
    return {
        "report": "contribution", "metric": metric, "dimensions": dimensions, "rows": chance.choice([1, 2, 5, 50]),
        "by_segments": [*named, *({**use, "label": f"segment {at}"} for at, use in enumerate(uses) if not isinstance(use, str))],
        "compare": pair if chance.random() < 0.3 else chance.choice(RANGES),
    }  # fmt: skip
