"""What is to be told of a run, and what a run is made of: from plain rows of the tables."""

import json
from datetime import timedelta

import pytest

from cja_spark.audiences.runs import Counts, Seal, _inputs, _newest_made
from cja_spark.sinks.announce import Look, _told
from cja_spark.sinks.standing import Standing
from tests.unit.sinks.rows import AS_OF

WHOLE = Standing(1, 2, acked=2, dead=0, suppressed=0, pending=0)
WAITS = Standing(1, 2, acked=1, dead=0, suppressed=0, pending=1)


def seal(run, kind="refresh"):
    target = "store" if kind == "bootstrap" else None
    return Seal("aud_000000000000", run, f"r{run}", run, kind, AS_OF + timedelta(days=run), 2, 1, "2:0", 1, Counts(enter=2), target)


def look(standing, state, told=None):
    """A look at one run, of which the newest event tells a state."""
    sinks = None if told is None else json.dumps({"store": _told(told)}, sort_keys=True)
    last = {} if state is None else {1: {"state": state, "sinks": sinks}}
    return Look([], [seal(1)], {}, {("store", 1): standing}, last)


@pytest.mark.parametrize(
    ("standing", "state", "told", "word"),
    [
        (WHOLE, None, None, "published"),
        (WHOLE, "committed", None, "published"),  # also where it was published before: it was finished late
        (WHOLE, "publishing", None, "published"),
        (WHOLE, "partial", WAITS, "published"),
        (WHOLE, "published", WHOLE, None),
        (WAITS, "committed", None, "partial"),
        (WAITS, "partial", WAITS, None),
        (WAITS, "published", WHOLE, "partial"),
    ],
)
def test_i10_what_the_newest_event_of_a_run_does_not_say_is_told(standing, state, told, word):
    assert [one[1] for one in look(standing, state, told).unannounced()] == ([] if word is None else [word])


def made(run, run_id, inputs):
    return {"run_seq": run, "run_id": run_id, "inputs": None if inputs is None else json.dumps(inputs)}


@pytest.mark.parametrize(
    ("sealed", "rows", "inputs"),
    [
        ([seal(1)], [made(1, "r1", {"journeys": 7})], {"journeys": 7}),
        ([seal(1)], [made(1, "other", {"journeys": 9})], None),
        ([seal(1), seal(2, "bootstrap")], [made(1, "r1", {"journeys": 7})], {"journeys": 7}),
        ([seal(1), seal(2, "bootstrap")], [made(1, "r1", {"journeys": 7}), made(2, "r2", None)], {"journeys": 7}),
        ([seal(1), seal(2, "bootstrap"), seal(3, "bootstrap")], [made(1, "r1", {"journeys": 7})], {"journeys": 7}),
        ([seal(1), seal(2)], [made(1, "r1", {"journeys": 7})], None),
    ],
)
def test_a_bootstrap_is_made_of_what_the_run_before_it_is_made_of(sealed, rows, inputs):
    found = [_inputs(rows, one) for one in _newest_made(sealed)]
    assert next((one for one in found if one is not None), None) == inputs
