"""Engagement drawn at random."""

from __future__ import annotations


def engagement(chance, step, days):
    """How widely and how often up to ten steps are done, of days, or of days and longer periods of a longer range."""
    events = [{**step(chance), "label": f"thing {number}"} for number in range(chance.choice([1, 2, 3, 4, 5, 10]))]
    sizes = ["day", "day", "week", *([] if days == 2 else ["week", "month", "quarter"])]
    return {"report": "engagement", "events": events, "granularity": chance.choice(sizes)}
