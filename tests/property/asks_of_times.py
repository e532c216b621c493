"""Times to events, drawn at random."""

from __future__ import annotations

from tests.property.asks_of_calls import step
from tests.property.conditions import CLOCKS, STANDARD, TEXTS

TAILS = ("0 seconds", "1 seconds", "30 minutes", "1 hours", "1 days", "7 days")
BUCKETS = (["1 seconds"], ["1 seconds", "30 minutes", "1 days"], ["30 minutes"], ["1 hours", "7 days"])
SIZES = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}


def seconds(duration):
    """How long a duration is."""
    count, unit = duration.split()
    return int(count) * SIZES[unit]


def time_to_event(chance):
    found = {"report": "time_to_event", "start": step(chance), "event": chance.choice(["orders", "orders", "calls", "views", step(chance)])}
    found |= {"container": chance.choice(["person", "person", "session"]), "start_event": chance.choice(["first", "last"])}
    if chance.random() < 0.7:
        found["tail"] = chance.choice(TAILS)
    if chance.random() < 0.4:
        longest = seconds(found.get("tail", "365 days"))
        found["buckets"] = [one for one in chance.choice(BUCKETS) if seconds(one) <= longest]
    if chance.random() < 0.4:
        found["percentiles"] = chance.sample([0.01, 5, 25, 33.33, 50, 90, 99.99], chance.choice([0, 1, 3]))
    if chance.random() < 0.6:
        found |= {"breakdown": chance.choice([*TEXTS, "campaign", "sku", "tags", *STANDARD, *CLOCKS]), "rows": chance.choice([1, 2, 20])}
        found |= chance.choice([{}, {}, {"include_no_value": True}, {"include_no_value": False}])
    return found
