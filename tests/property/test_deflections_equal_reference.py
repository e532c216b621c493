"""Call deflections on journeys of self-service, calls and the control alone equal the reference: many ties, times at which rules change."""

from __future__ import annotations

import math
import random

import pytest

from tests.property.draws import cases, seeds
from tests.property.persons import of_reference
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.reference.report import report
from tests.unit.kernels.by_hand import DAY, END, HOUR, START, rows_of

LOTS, SEEDS, PERSONS = 20, 50, 40  # with CJA_DRAW=all
FIELDS = ("helps", "calls", "visits", "cost", "orders", "opens")
VIEW = {
    "name": "calls", "session": {"timeout": "30 minutes"}, "dimensions": {"page": "page", "sku": "items[].sku", "channel": {"field": "channel", "persistence": {"expiration": "session"}}},
    "metrics": {"units": "items[].units", **{name: name for name in FIELDS}},
    "segments": {
        "not_phone": {"where": {"dimension": "page", "does_not_equal": "phone"}}, "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
        "helped": {"container": "session", "where": {"metric": "helps", "at_least": 1}},
    },
}  # fmt: skip
STEPS = (0, 0, 0, 1, HOUR - 1, HOUR, HOUR, HOUR + 1, 2 * HOUR, 30 * 60_000, DAY)
EDGES = (-DAY, -HOUR - 1, -HOUR, -1, 0, DAY, END - START - HOUR, END - START - 1, END - START)


def event(chance, t):
    """Self-service, a call, an event of the control, several of them or nothing; topics may be none, one, several, or twice the same."""
    kinds = chance.choice([("helps",), ("helps",), ("helps",), ("calls",), ("visits",), ("visits",), (), ("helps", "calls"), ("helps", "visits"), ("calls", "visits")])
    amounts = {name: chance.choice([1.0, 1.0, 2.0, 0.0, -1.0]) if name in kinds else chance.choice([math.nan, math.nan, 0.0]) for name in ("helps", "calls", "visits")}
    skus = [chance.choice(["a", "b", None]) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
    more = {"cost": chance.choice([math.nan, 0.0, 4.0, 7.5]), "orders": chance.choice([math.nan, math.nan, 1.0]), "opens": math.nan}
    return t, {"page": chance.choice(["faq", "chat", "phone", None]), "channel": chance.choice(["mail", "web", None, None]), "sku": skus, "units": [1.0] * len(skus), **amounts, **more}


def person(chance):
    t, found = chance.choice(EDGES), []
    for _ in range(chance.choice([1, 1, 2, 3, 5, 8])):
        found.append(event(chance, t))
        t += chance.choice(STEPS)
    return found


def step(chance, name):
    return chance.choice([name, name, {"step": name, "segments": ["not_phone"]}, {"any": [name, {"dimension": "page", "equals": "chat"}]}, {"step": name, "segments": ["buyers"]}, {"segments": ["helped"], "step": name}])


def asked(chance):
    found = {
        "report": "deflection", "topic": chance.choice(["page", "sku", "sku", "channel"]), "self_service": step(chance, "helps"), "call": step(chance, "calls"),
        "window": chance.choice(["1 hours", "1 hours", "30 minutes", "2 hours"]), "match": chance.choice(["any", "same_topic"]),
        "baseline": chance.choice([0.5, {"control": step(chance, "visits")}, {"control": step(chance, "visits")}]), "sort": chance.choice(["avoided_calls", "trials"]),
        "rows": chance.choice([1, 2, 20]), "segments": chance.choice([[], [], ["not_phone"], ["helped"]]),
    }  # fmt: skip
    found |= chance.choice([{}, {"pre_call": chance.choice(["0 seconds", "30 minutes", "1 days"])}])
    return found | chance.choice([{}, {"cost_per_call": chance.choice([2.5, "cost"])}])


def drawn(seed):
    """A report, persons, a view and the end of the data."""
    chance = random.Random(seed)
    view = {**VIEW, "view_segments": chance.choice([[], [], ["not_phone"]])}
    until = END + chance.choice([-HOUR, 0, HOUR - 1, HOUR, DAY])
    return asked(chance), [[one for one in person(chance) if START + one[0] < until] for _ in range(PERSONS)], view, until


@pytest.mark.parametrize("lot", range(cases(LOTS, 1)))
def test_deflections_equal_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, persons, view, until = drawn(seed)
        expected = report(of_reference(persons), view, {**ask, "from": START, "to": END}, data_until=until)
        try:
            rows_alike(rows_of(persons, view, until=until, **ask), expected)
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {ask}, {view}, {until}") from difference


def test_what_is_drawn_has_trials_of_every_class():
    rows = [row for seed in range(80) for ask, persons, view, until in [drawn(seed)] for row in rows_of(persons, view, until=until, **ask)]
    for kind in ("total", "topic", "control"):
        for name in ("after_call_trials", "open_trials", "called_trials", "deflected_trials"):
            assert sum((row[name] or 0) > 0 for row in rows if row["row_kind"] == kind) > 0, (kind, name)
    assert {"other", "no_topic"} <= {row["row_kind"] for row in rows}
