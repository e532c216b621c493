"""Canvas of persons whose runs interleave equals the reference: revisits, events without a node or a journey, runs that begin before the range, pooled nodes and journeys."""

from __future__ import annotations

import math
import random

import pytest

from tests.property.draws import cases, seeds
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.property.test_growth_equals_reference import of_reference
from tests.reference.report import report
from tests.unit.kernels.by_hand import DAY, END, START, rows_of

LOTS, SEEDS, PERSONS = 20, 60, 12  # with CJA_DRAW=all
VIEW = {
    "name": "canvas", "session": {"timeout": "30 minutes"},
    "dimensions": {"page": "page", "journey": "journey", "run": "run"},
    "metrics": {"orders": "orders", "opens": "opens"},
    "segments": {
        "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}}, "no_waits": {"where": {"dimension": "page", "does_not_equal": "wait"}},
        "of_sessions": {"container": "session", "where": {"dimension": "page", "equals": "mail"}},
    },
}  # fmt: skip
NODES = ("start", "wait", "wait", "mail", "push", "end", None, None)
STEPS = ("orders", "opens", {"dimension": "page", "equals": "end"}, {"any": ["orders", "opens"], "segments": ["no_waits"]}, {"segments": ["of_sessions"]}, "events", "bounces")
LONG = (0, 0, 1, 999, 1000, 60_000, 3_600_000, 86_400_000)


def person(chance):
    """Events of a few runs, one after the other or between each other, from before the range to after it."""
    t, found = chance.choice([0, -1, -DAY, 29 * DAY, 31 * DAY - 1, -60_000]), []
    for _ in range(chance.choice([1, 2, 5, 12, 30])):
        own = {"page": chance.choice(NODES), "run": chance.choice(["r1", "r1", "r2", "r3", None]), "journey": chance.choice(["welcome", "welcome", "digest", "cart", None, None])}
        found.append((t, {**own, "orders": chance.choice([math.nan, math.nan, 1.0, 0.0]), "opens": chance.choice([math.nan, 1.0])}))
        t += chance.choice(LONG)
    return found


def drawn(seed):
    """A canvas and persons."""
    chance = random.Random(seed)
    ask = {"report": "canvas", "journey": "journey", "node": "page", "run": "run", "exits": chance.choice(STEPS)}
    ask |= {name: chance.choice(STEPS) for name in ("enters", "errors") if chance.random() < 0.6}
    ask |= {"segments": chance.choice([[], [], ["no_waits"], ["buyers"], ["of_sessions"]]), "nodes": chance.choice([50, 50, 1, 2, 3]), "journeys": chance.choice([10, 10, 1, 2])}
    ask |= {"percentiles": chance.choice([[50, 90], [99.5, 10], [], [25]])}
    return ask, [person(chance) for _ in range(PERSONS)]


def rows(seed):
    ask, persons = drawn(seed)
    return rows_of(persons, VIEW, **ask)


@pytest.mark.parametrize("lot", range(cases(LOTS, 2)))
def test_canvas_equals_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, persons = drawn(seed)
        try:
            rows_alike(rows(seed), report(of_reference(persons), VIEW, {**ask, "from": START, "to": END}, END))
        except (AssertionError, TypeError, KeyError) as difference:
            raise AssertionError(f"seed {seed}: {ask}") from difference


def test_visits_begin_and_end_somewhere():
    """Of every node: visits are runs that start there and branches to it, and runs that end or wait there and branches from it."""
    for seed in range(40):
        told = rows(seed)
        nodes = [row for row in told if row["row_kind"] in ("node", "other")]
        for node in nodes:
            into, out = (sum(row["node_visits"] for row in told if row["row_kind"] == "branch" and row["journey_name"] == node["journey_name"] and row[end] == node["node_name"]) for end in ("next_node", "node_name"))
            assert node["node_visits"] == node["run_starts"] + into == out + node["ended_runs"] + node["waiting_runs"], seed
        for journey in (row for row in told if row["row_kind"] == "journey"):
            own = [node for node in nodes if node["journey_name"] == journey["journey_name"]]
            assert journey["journey_runs"] == journey["ended_runs"] + journey["waiting_runs"]
            assert all(journey[name] == sum(node[name] for node in own) for name in ("node_visits", "run_starts"))


def test_what_is_drawn_has_every_kind_of_row_and_visits_of_one_node_again():
    told = [row for seed in range(40) for row in rows(seed)]
    for kind in ("total", "journey", "node", "other", "branch", "other_journeys"):
        assert sum(row["row_kind"] == kind for row in told) > 5, kind
    assert any(row["row_kind"] == "branch" and row["node_name"] is row["next_node"] is None for row in told)
    assert any(row["row_kind"] == "node" and row["node_visits"] > row["journey_runs"] for row in told)
