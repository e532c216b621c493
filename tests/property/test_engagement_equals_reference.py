"""Engagement of persons who come and go equals the reference: edges of periods and of the data, days of 23 and 25 hours, what nobody did."""

from __future__ import annotations

import random

import pytest

from tests.property.draws import cases, seeds
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.property.test_growth_equals_reference import drawn as drawn_of_growth
from tests.property.test_growth_equals_reference import end_of, of_reference
from tests.reference.report import report
from tests.unit.kernels.by_hand import START, rows_of
from tests.unit.kernels.test_rules_of_cohort import at

LOTS, SEEDS = 20, 60  # with CJA_DRAW=all
THINGS = ("opens", "orders", {"dimension": "page", "equals": "home"}, {"dimension": "page", "equals": "nowhere"}, {"any": ["opens", "orders"], "segments": ["at_home"]}, {"segments": ["of_sessions"]},
          {"metric": "opens", "at_least": 2}, {"dimension": "page", "exists": False}, "events", "bounces")  # fmt: skip


def drawn(seed):
    """An engagement, its range, persons, a view, and until when the data is there."""
    chance = random.Random(seed)
    asked, range_, persons, view, until = drawn_of_growth(seed)
    things = [{**(one if isinstance(one, dict) else {"step": one}), "label": f"thing {number}"} for number, one in enumerate(chance.sample(THINGS, chance.choice([1, 2, 3, 4, 10])))]
    size = asked["granularity"] if asked["granularity"] != "year" else "quarter"
    return {"report": "engagement", "granularity": size, "events": things, "segments": asked["segments"]}, range_, persons, view, until


def rows(seed):
    ask, range_, persons, view, until = drawn(seed)
    return rows_of(persons, view, until=until, **ask, range=range_)


@pytest.mark.parametrize("lot", range(cases(LOTS, 2)))
def test_engagement_equals_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, range_, persons, view, until = drawn(seed)
        asked = {**ask, "from": START + at(range_["from"].isoformat(), view["time_zone"]), "to": end_of(range_, view)}
        try:
            rows_alike(rows(seed), report(of_reference(persons), view, asked, until))
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {ask}, {range_}, {view}, {until}") from difference


def test_what_is_drawn_has_every_quadrant_and_things_that_nobody_did():
    told = [row["quadrant"] for seed in range(40) for row in rows(seed) if row["row_kind"] == "event"]
    for one in ("power", "high impact", "low impact", "one-time", None):
        assert told.count(one) > 5, one
