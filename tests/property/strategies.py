"""Generated journeys with many ties: plain seeded ones, and a Hypothesis strategy of the same."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from hypothesis import strategies as st

MINUTE = 60_000
DAY = 86_400_000
GAP = 30 * MINUTE
STEPS = (0, 0, 0, 1, 1000, GAP - 1, GAP, GAP + 1, 3_600_000, DAY)


def at(text: str) -> int:
    """An ISO instant as ms UTC."""
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


RANGE_FROM, RANGE_TO = at("2025-03-01T05:00:00+00:00"), at("2025-04-01T04:00:00+00:00")
AROUND = (RANGE_FROM - DAY, RANGE_FROM - 1, RANGE_FROM, RANGE_FROM + 1, RANGE_TO - 1, RANGE_TO, RANGE_TO + 1)
DST = tuple(
    at(day) + offset
    for day in ("2025-03-09T07:00:00+00:00", "2025-03-09T05:00:00+00:00", "2025-03-10T04:00:00+00:00")
    for offset in (-1, 0, 1)
)
STARTS = (*AROUND, *DST, at("2025-03-16T23:59:59+00:00"), at("2025-02-28T12:00:00+00:00"))
PAGES = ("home", "product", "cart", "help", "söke", "No value", "", " ")
TAGS = ("new", "sale", "old")

VIEW = {
    "name": "generated",
    "time_zone": "America/New_York",
    "session": {"timeout": "30 minutes"},
    "dimensions": {"page": "page", "channel": "channel", "sku": "items[].sku"},
    "metrics": {
        "views": "views",
        "orders": "orders",
        "units": "items[].units",
        "calls": {"field": "call_id", "behavior": "instances"},
        "conversion": {"calculate": "orders / sessions", "format": "percent"},
        "skus": {"calculate": "count_distinct(sku)"},
    },
    "segments": {
        "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
        "long": {"container": "session", "where": {"metric": "events", "more_than": 2}},
        "not_home": {"container": "event", "where": {"dimension": "page", "does_not_equal": "home"}},
        "on_sale": {"container": "session", "where": {"dimension": "sku", "equals": "sale"}},
        "helped_buyers": {
            "container": "person",
            "where": {
                "all": [
                    {"container": "session", "where": {"all": [{"dimension": "page", "equals": "help"}, {"metric": "views", "at_least": 1}]}},
                    {"exclude": {"container": "event", "where": {"metric": "calls", "at_least": 1}}},
                ]
            },
        },
    },
}  # fmt: skip


def _event(chance: random.Random, person: str, t: int, number: int) -> dict:
    """One event, components by name: `calls` is the field call_id, `sku` and `units` are items[].sku and items[].units."""

    def some(values: tuple) -> object:
        return chance.choice(values)

    items = chance.choice([0, 0, 1, 2, 3])
    return {
        "person_id": person,
        "t": t,
        "sequence": some((None, None, 1, 2, number)),
        "dataset_position": some((0, 0, 1, 2)),
        "event_id": some((None, f"e{number}", f"é{number}", f"E{number}")),
        "row_hash": chance.getrandbits(63) - 2**62,
        "page": some((None, *PAGES)),
        "channel": some((None, "mail", "search", "direct")),
        "sku": [some((None, *TAGS)) for _ in range(items)],
        "units": [some((None, 0.0, 1.0, 2.0)) for _ in range(items)],
        "views": some((None, None, 0.0, 1.0, 1.0, 2.0)),
        "orders": some((None, None, None, 0.0, 1.0, -1.0)),
        "calls": some((None, None, None, 0.0, 7.0)),
    }


def journey(chance: random.Random, person: str, longest: int = 14) -> list[dict]:
    """One person's events in no order: steps of time at which rules change, from instants at which rules change."""
    t = chance.choice(STARTS)
    events = []
    for number in range(chance.randint(0, longest)):
        if chance.random() < 0.1:
            t = chance.choice(STARTS)
        events.append(_event(chance, person, t, number))
        t += chance.choice(STEPS)
    chance.shuffle(events)
    return events


def journeys(seed: int, persons: int) -> list[dict]:
    """Events of many persons, the same for the same seed; some persons have none."""
    chance = random.Random(seed)
    events = [event for number in range(persons) for event in journey(chance, f"person-{number:04d}")]
    chance.shuffle(events)
    return events


def generated_journeys(persons: int = 5) -> st.SearchStrategy[list[dict]]:
    """Hypothesis: the same journeys, shrinking towards fewer persons."""

    def build(seed: int, count: int) -> list[dict]:
        return journeys(seed, count)

    return st.builds(build, st.integers(0, 2**32 - 1), st.integers(0, persons))
