"""Timelines drawn at random."""

from __future__ import annotations

from tests.property.conditions import CLOCKS, METRICS, SESSION_TYPES, STANDARD, TEXTS

NO_AMOUNTS = ("events", "people", "sessions", "conversion", "bounces", *SESSION_TYPES)


def timeline(chance):
    """Some persons, drawn by lot or named, with up to four dimensions and three metrics of each event."""
    names = chance.sample([*TEXTS, *TEXTS, *STANDARD, *CLOCKS], chance.choice([1, 2, 4]))
    metrics = [name for name in METRICS if name not in NO_AMOUNTS]
    drawn = {"people": chance.choice([1, 2, 5, 100]), "sample": chance.choice([1, 2, 99])}
    named = {"persons": chance.sample([*(f"person-{number:04d}" for number in range(12)), "nobody", "person-0001 "], chance.choice([1, 3]))}
    return {
        "report": "timeline", "dimensions": list(dict.fromkeys(names)), "metrics": chance.sample(metrics, chance.choice([0, 1, 3])),
        "most_events": chance.choice([1, 2, 5, 200]), "keep": chance.choice(["first", "last"]), **chance.choice([drawn, drawn, named]),
    }  # fmt: skip
