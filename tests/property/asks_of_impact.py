"""Impact drawn at random."""

from __future__ import annotations

import datetime as dt

RELEASES = (dt.date(2025, 3, 1), dt.date(2025, 3, 4), dt.date(2025, 3, 9), dt.date(2025, 3, 10), dt.date(2025, 3, 20))


def impact(chance, step):
    """What comes before and after a release, or before and after a first use."""
    indicators = [{**step(chance), "label": f"indicator {number}"} for number in range(chance.choice([1, 2, 3]))]
    found = {"report": "impact", "indicators": indicators, "days": chance.choice([1, 1, 2, 7]), "intervals": chance.choice([1, 2, 3, 7])}
    if chance.random() < 0.4:
        return {**found, "release": chance.choice(RELEASES)}
    return {**found, "first_use": step(chance), **chance.choice([{}, {"since": chance.choice(RELEASES)}])}
