"""Times to an event on journeys of starts and ends alone equal the reference: many ties, times at which rules change."""

from __future__ import annotations

import math
import random

import pytest

from tests.property.asks_of_times import seconds
from tests.property.draws import cases, seeds
from tests.property.persons import of_reference
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.reference.report import report
from tests.unit.kernels.by_hand import DAY, END, HOUR, START, rows_of

LOTS, SEEDS, PERSONS = 20, 50, 30  # with CJA_DRAW=all
VIEW = {
    "name": "times", "session": {"timeout": "30 minutes"}, "dimensions": {"page": "page", "sku": "items[].sku", "channel": {"field": "channel", "persistence": {"expiration": "session"}}},
    "metrics": {"units": "items[].units", "carts": "carts", "orders": "orders", "opens": "opens"},
    "segments": {
        "not_phone": {"where": {"dimension": "page", "does_not_equal": "phone"}}, "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
        "carted": {"container": "session", "where": {"metric": "carts", "at_least": 1}},
    },
}  # fmt: skip
STEPS = (0, 0, 0, 1, 999, 1000, 1001, HOUR - 1, HOUR, HOUR, HOUR + 1, 30 * 60_000, DAY)
EDGES = (-DAY, -HOUR, -1, 0, 0, DAY, END - START - HOUR, END - START - 1, END - START)


def event(chance, t):
    """A start, an end, both or neither; values may be none, one, several, or twice the same."""
    kinds = chance.choice([("carts",), ("carts",), ("orders",), ("orders",), (), ("carts", "orders")])
    amounts = {name: chance.choice([1.0, 2.0, 0.0, -1.0]) if name in kinds else chance.choice([math.nan, math.nan, 0.0]) for name in ("carts", "orders")}
    skus = [chance.choice(["a", "b", None]) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
    return t, {"page": chance.choice(["faq", "chat", "phone", None]), "channel": chance.choice(["mail", "web", None, None]), "sku": skus, "units": [1.0] * len(skus), "opens": math.nan, **amounts}


def person(chance):
    t, found = chance.choice(EDGES), []
    for _ in range(chance.choice([1, 1, 2, 3, 5, 8])):
        found.append(event(chance, t))
        t += chance.choice(STEPS)
    return found


def step(chance, name):
    return chance.choice([name, name, {"step": name, "segments": ["not_phone"]}, {"any": [name, {"dimension": "page", "equals": "chat"}]}, {"step": name, "segments": ["buyers"]}, {"segments": ["carted"], "step": name}])


def asked(chance):
    found = {
        "report": "time_to_event", "start": step(chance, "carts"), "event": step(chance, "orders"), "container": chance.choice(["person", "person", "session"]),
        "start_event": chance.choice(["first", "last"]), "segments": chance.choice([[], [], ["not_phone"], ["carted"], ["buyers"]]),
        **chance.choice([{}, {"percentiles": [10, 33.33, 99.99]}]),
    }  # fmt: skip
    found |= chance.choice([{}, *({"tail": one} for one in ("0 seconds", "1 seconds", "1 hours", "1 hours", "2 hours", "1 days"))])
    found |= chance.choice([{}, {"buckets": [one for one in ("1 seconds", "30 minutes", "1 hours") if seconds(one) <= seconds(found.get("tail", "9 days"))]}])
    return found | chance.choice([{}, {"breakdown": chance.choice(["page", "sku", "channel"]), "rows": chance.choice([1, 2, 20]), **chance.choice([{}, {"include_no_value": False}])}])


def drawn(seed):
    """A report, persons, a view and the end of the data."""
    chance = random.Random(seed)
    view = {**VIEW, "view_segments": chance.choice([[], [], ["not_phone"]])}
    until = END + chance.choice([-HOUR, 0, HOUR - 1, HOUR, DAY])
    return asked(chance), [[one for one in person(chance) if START + one[0] < until] for _ in range(PERSONS)], view, until


@pytest.mark.parametrize("lot", range(cases(LOTS, 1)))
def test_times_to_an_event_equal_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, persons, view, until = drawn(seed)
        expected = report(of_reference(persons), view, {**ask, "from": START, "to": END}, data_until=until)
        try:
            rows_alike(rows_of(persons, view, until=until, **ask), expected)
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {ask}, {view}, {until}") from difference


def test_what_is_drawn_has_every_kind_of_row_and_all_that_happens_to_a_start():
    rows = [row for seed in range(120) for ask, persons, view, until in [drawn(seed)] for row in rows_of(persons, view, until=until, **ask)]
    assert {row["row_kind"] for row in rows} == {"total", "bucket", "value"}
    for kind in ("total", "value"):
        for name in ("reached_people", "censored_people", "open_people", "reached_sessions", "open_sessions", "mean_seconds"):
            assert sum((row.get(name) or 0) > 0 for row in rows if row["row_kind"] == kind) > 0, (kind, name)
