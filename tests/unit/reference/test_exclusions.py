"""Exclusions on one unit (rule F8): the search over all chains and the polynomial version agree; the rule by hand."""

from __future__ import annotations

import random
from itertools import product

import pytest

from tests.reference.chains import options
from tests.reference.exclusions import (
    attempts,
    latest_start,
    leaves,
    level,
    reported_chain,
    searched_level,
    searched_start,
)

WINDOW = 1000
STEPS = 4
BETWEEN = [((1, 2),), ((2, 3),), ((1, 4),), ((2, 4),), ((3, 4),), ((1, 2), (2, 4)), ((1, 3), (2, 4)), ((1, 2), (3, 4))]
RULES = [
    {}, {"one_event_one_step": False}, {"ties": "strict_time"}, {"next": frozenset({3})}, {"order": "strict"},
    {"next": frozenset({3}), "one_event_one_step": False}, {"ties": "step_order"}, {"ties": "step_order", "one_event_one_step": False},
    {"window_start": "first"}, {"window_start": "first", "one_event_one_step": False}, {"window_start": "first", "ties": {"grace": 1}},
]  # fmt: skip
SPANS = [{}, {"window": WINDOW, "date_rule": "entry"}, {"window": WINDOW}]


def unit(*events, to=None):
    """Events (t, steps, exclusions) as a unit; from `to` on they lie after the range."""
    return [{"t": t, "steps": set(steps), "hits": set(hits), "in_range": to is None or t < to} for t, steps, hits in events]


def random_unit(chance, longest, exclusions):
    t, events = 0, []
    for _ in range(chance.randint(0, longest)):
        t += chance.choice([0, 0, 0, 1, WINDOW - 1, WINDOW, WINDOW + 1])
        hits = {number for number in range(exclusions) if chance.random() < 0.2}
        events.append((t, {step for step in range(1, STEPS + 1) if chance.random() < 0.4}, hits))
    return unit(*events, to=chance.choice([None, t // 2, t]))


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("exclusion", ["drop_attempt", "drop_person"])
def test_the_search_and_the_polynomial_version_agree(rule, exclusion):
    chance = random.Random(f"{rule}{exclusion}")
    found = set()
    for between, span in product(BETWEEN, SPANS):
        asked = options(steps=STEPS, exclude=between, exclusion=exclusion, **rule, **span)
        for _ in range(25):
            events = random_unit(chance, 9 if "step_order" not in str(rule) else 7, len(between))
            searched = searched_level(events, asked)
            found.add(searched)
            assert searched == (None if exclusion == "drop_person" and leaves(events, asked) else level(events, asked)), (events, asked)
            if exclusion == "drop_attempt" and asked["window_start"] == "any":
                assert latest_start(events, asked) == searched_start(events, asked), (events, asked)
    assert len(found) > 2


def level_of(*events, steps=2, exclude=((1, 2),), **given):
    asked = options(steps=steps, exclude=exclude, **given)
    found = searched_level(unit(*events), asked)
    if asked["exclusion"] == "drop_attempt":
        assert found == level(unit(*events), asked)
    return found


def test_an_exclusion_before_on_and_after_a_step():
    assert level_of((0, {1}, ()), (1, (), {0}), (2, {2}, ())) == 1
    assert level_of((0, {1}, ()), (1, {2}, {0})) == 2
    assert level_of((0, {1}, ()), (1, {2}, ()), (2, (), {0})) == 2
    assert level_of((0, {1}, {0}), (1, {2}, ())) == 2
    assert level_of((0, (), {0}), (1, {1}, ()), (2, {2}, ())) == 2


def test_an_exclusion_up_to_a_later_step_is_on_the_last_one_reached():
    assert level_of((0, {1}, ()), (1, {2}, {0}), (2, {3}, ()), steps=3, exclude=((1, 3),)) == 1
    assert level_of((0, {1}, ()), (1, {2}, ()), (2, (), {0}), (3, {3}, ()), steps=3, exclude=((1, 3),)) == 2
    assert level_of((0, {1}, ()), (1, {2, 3}, {0}), steps=3, exclude=((1, 3),), one_event_one_step=False) == 3


def test_another_chain_may_avoid_it_but_the_only_attempt_may_not():
    events = ((0, {1}, ()), (1, (), {0}), (2, {1}, ()), (3, {2}, ()))
    assert level_of(*events) == 2
    assert level_of(*events, window_start="first") == 1
    assert attempts(unit(*events), options(steps=2, exclude=((1, 2),), window_start="first")) == [[0], [2, 3]]
    again = ((0, {1}, ()), (1, {1}, {0}), (2, {2}, ()))
    assert attempts(unit(*again), options(steps=2, exclude=((1, 2),), window_start="first")) == [[0], [1, 2]]


def test_a_person_leaves_whose_every_chain_is_harmed_also_after_the_last_step():
    gone = {"exclusion": "drop_person"}
    assert level_of((0, {1}, ()), (1, (), {0}), (2, {2}, ()), **gone) is None
    assert level_of((0, {1}, ()), (1, (), {0}), (2, {1}, ()), (3, {2}, ()), **gone) == 2
    assert level_of((0, {1}, ()), (5, (), {0}), **gone) is None
    assert level_of((0, {1}, ()), (5, (), {0}), window=5, **gone) is None
    assert level_of((0, {1}, ()), (5, (), {0}), window=4, **gone) == 1
    assert level_of((0, (), {0}), (1, {1}, ()), **gone) == 1
    assert level_of((0, {1}, ()), (1, {2}, ()), (2, (), {0}), **gone) == 2


def test_among_events_of_one_instant_nothing_is_excluded_but_between_instants_it_is():
    same = {"ties": "step_order"}
    assert level_of((0, {1}, ()), (0, (), {0}), (0, {2}, ()), **same) == 2
    assert level_of((0, {1}, ()), (1, {3}, {0}), (1, {2}, ()), **same) == 2
    assert level_of((0, {1}, ()), (1, {2}, ()), (1, (), {0}), (2, {3}, ()), steps=3, exclude=((1, 3),), **same) == 2
    assert level_of((0, {1}, ()), (1, (), {0}), (1, (), ()), (2, {2}, ()), **same) == 1


def test_the_reported_chain_is_the_unbroken_one():
    events = unit((0, {1}, ()), (1, {2}, ()), (2, (), {0}), (3, {2}, ()), (4, {3}, ()))
    assert reported_chain(events, options(steps=3, exclude=((2, 3),))) == [0, 3, 4]
    assert reported_chain(events, options(steps=3, exclude=((2, 3),), exclusion="drop_person")) == [0, 1, 4]
