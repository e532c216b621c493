"""Frequency drawn at random."""

from __future__ import annotations


def frequency(chance, step):
    """How often up to five steps are done, in the usual buckets or in others."""
    own = [{"from": chance.choice([1, 1, 2, 3]), "size": chance.choice([1, 2, 5]), "count": chance.choice([1, 2, 4])} for _ in range(2)]
    events = [{**step(chance), "label": f"event {number}"} for number in range(chance.choice([1, 2, 3, 5]))]
    return {"report": "frequency", "events": events, "count": chance.choice(["people", "people", "sessions"]), **chance.choice([{}, {"buckets": own[0]}])}
