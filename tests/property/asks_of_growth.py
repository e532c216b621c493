"""Growth drawn at random."""

from __future__ import annotations

from tests.property.asks_of_cohorts import criteria


def growth(chance, days):
    """Growth of days, or of days and longer periods of a longer range."""
    found = {"report": "growth", "lookback": chance.choice([None, 1, 2, 2, 3, 5]),
             "granularity": chance.choice(["day", "day", "week", *([] if days == 2 else ["week", "month", "quarter", "year"])])}  # fmt: skip
    return found if chance.random() < 0.2 else {**found, "active": criteria(chance)}
