"""Indicators on journeys of outcomes and behaviours alone equal the reference: windows of every length, outcomes first, last, twice and none."""

from __future__ import annotations

import math
import random

import pytest

from tests.property.draws import cases, seeds
from tests.property.persons import of_reference
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.reference.report import report
from tests.unit.kernels.by_hand import DAY, END, GAP, START, rows_of

LOTS, SEEDS, PERSONS = 20, 50, 60  # with CJA_DRAW=all
VIEW = {
    "name": "indicators", "session": {"timeout": "30 minutes"},
    "dimensions": {"page": "page", "sku": "items[].sku", "channel": {"field": "channel", "persistence": {"expiration": "session"}}},
    "metrics": {"units": "items[].units", "calls": "calls", "orders": "orders", "opens": "opens"},
    "segments": {
        "not_faq": {"where": {"dimension": "page", "does_not_equal": "faq"}}, "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
        "from_mail": {"container": "session", "where": {"dimension": "channel", "equals": "mail"}}, "on_chat": {"where": {"dimension": "page", "equals": "chat"}},
    },
}  # fmt: skip
STEPS = (0, 0, 1, 60_000, GAP - 1, GAP, GAP + 1, GAP + 1, DAY)
EDGES = (-GAP - 1, -1, 0, 0, DAY, END - START - GAP, END - START - 1, END - START)
LENGTHS = (1, 1, 2, 2, 3, 3, 4, 5, 8, 9, 16, 17, 18, 24)


def event(chance, t, share):
    """A page, none or several items, a channel; a call is one of `share` events."""
    skus = [chance.choice(["a", "b", None]) for _ in range(chance.choice([0, 0, 1, 1, 2, 3]))]
    calls = chance.choice([1.0, 2.0, -1.0]) if chance.random() < share else chance.choice([math.nan, math.nan, 0.0])
    return t, {
        "page": chance.choice(["faq", "faq", "chat", "home", "pay", None]), "channel": chance.choice(["mail", "web", None, None]), "sku": skus,
        "units": [1.0] * len(skus), "calls": calls, "orders": chance.choice([math.nan, math.nan, 1.0]), "opens": math.nan,
    }  # fmt: skip


def person(chance):
    t, found, share, steps = chance.choice(EDGES), [], chance.choice([0, 0.1, 0.3, 0.6]), chance.choice([STEPS, (0, 1, 60_000)])
    for _ in range(chance.choice(LENGTHS)):
        found.append(event(chance, t, share))
        t += chance.choice(steps)
    return found


def asked(chance):
    outcome = chance.choice(["calls", "calls", "calls", "units", "orders", "session_ends", "bounces"])
    here = {"label": "here", **chance.choice([{"where": {"dimension": "sku", "equals": "a"}}, {"container": "session", "where": {"metric": "orders", "at_least": 2}}])}
    of = chance.choice([{"dimension": "page"}, {"dimension": "page"}, {"dimension": "sku"}, {"dimension": "channel"}, {"by_segments": ["not_faq", "on_chat", here]}, {"by_segments": ["buyers", "from_mail"]}])
    return {
        "report": "indicators", "outcome": outcome, **of, "container": chance.choice(["session", "session", "person"]), "min_support": chance.choice([1, 2, 5, 30]),
        "rows": chance.choice([1, 2, 20]), "segments": chance.choice([[], [], ["not_faq"], ["from_mail"], ["buyers"]]),
    }  # fmt: skip


def drawn(seed):
    """A report, persons and a view."""
    chance = random.Random(seed)
    view = {**VIEW, "view_segments": chance.choice([[], [], [], ["not_faq"]])}
    return asked(chance), [person(chance) for _ in range(PERSONS)], view


@pytest.mark.parametrize("lot", range(cases(LOTS, 1)))
def test_indicators_equal_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, persons, view = drawn(seed)
        expected = report(of_reference(persons), view, {**ask, "from": START, "to": END})
        try:
            rows_alike(rows_of(persons, view, **ask), expected)
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {ask}, {view}") from difference


def test_what_is_drawn_has_rows_of_every_kind_and_ratios_on_both_sides_of_one():
    rows = [row for seed in range(60) for ask, persons, view in [drawn(seed)] for row in rows_of(persons, view, **ask)]
    assert {row["row_kind"] for row in rows} == {"total", "leads_to", "protects", "undefined", "other", "left_out"}
    ratios = [row["adjusted_ratio"] for row in rows if row["adjusted_ratio"] is not None]
    assert min(ratios) < 0.7
    assert max(ratios) > 1.5
    assert any(abs(row["crude_ratio"] - row["adjusted_ratio"]) > 0.2 for row in rows if row["adjusted_ratio"] is not None)
    assert sum(row["counted_units"] for row in rows if row["row_kind"] == "left_out") > 0
