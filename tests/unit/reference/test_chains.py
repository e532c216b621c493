"""Fallout on one unit: the search over all chains and the polynomial version agree; the boundaries of rules F."""

from __future__ import annotations

import random

import pytest

from tests.reference.chains import attempts, latest_start, level, options, reported_chain, searched_level

WINDOW = 1000


def unit(*events, to=None):
    """Events (t, steps) as a unit; from `to` on they lie after the range."""
    return [{"t": t, "steps": set(steps), "in_range": to is None or t < to} for t, steps in events]


def level_of(*events, steps=2, to=None, **given):
    asked = options(steps=steps, **given)
    found = level(unit(*events, to=to), asked)
    assert found == searched_level(unit(*events, to=to), asked)
    return found


def random_unit(chance, longest):
    gaps = [0, 0, 0, 1, WINDOW - 1, WINDOW, WINDOW + 1]
    t, events = 0, []
    for _ in range(chance.randint(0, longest)):
        t += chance.choice(gaps)
        events.append((t, {step for step in range(1, 5) if chance.random() < 0.4}))
    return unit(*events, to=chance.choice([None, t // 2, t]))


OPTIONS = [
    {},
    {"one_event_one_step": False},
    {"window": WINDOW, "date_rule": "entry"},
    {"window": WINDOW, "one_event_one_step": False},
    {"window": 0},
    {"window": WINDOW, "ties": "strict_time"},
    {"window": WINDOW, "ties": "strict_time", "next": frozenset({3})},
    {"window": WINDOW, "next": frozenset({2})},
    {"order": "strict", "window": WINDOW, "date_rule": "entry"},
    {"ties": {"grace": 1}, "window": WINDOW},
    {"ties": "step_order", "window": WINDOW, "date_rule": "entry"},
    {"ties": "step_order", "one_event_one_step": False},
    {"window_start": "first", "window": WINDOW, "date_rule": "entry"},
    {"window_start": "first", "ties": "strict_time"},
    {"window_start": "first", "one_event_one_step": False, "window": WINDOW},
]


@pytest.mark.parametrize("given", OPTIONS, ids=str)
def test_the_search_and_the_polynomial_version_agree(given):
    chance = random.Random(str(given))
    found = set()
    for _ in range(400):
        events, asked = random_unit(chance, longest=9 if "step_order" not in str(given) else 7), options(steps=4, **given)
        found.add(level(events, asked))
        assert level(events, asked) == searched_level(events, asked), (events, asked)
    assert len(found) > 2


@pytest.mark.parametrize("window", [None, WINDOW])
@pytest.mark.parametrize("once", [True, False])
def test_in_any_order_both_agree(window, once):
    chance = random.Random(7)
    asked = options(steps=3, order="any", window=window, one_event_one_step=once, date_rule="entry")
    for _ in range(300):
        events = random_unit(chance, longest=6)
        assert level(events, asked) == searched_level(events, asked), events


@pytest.mark.parametrize("given", [{}, {"window": WINDOW}, {"ties": "strict_time"}])
def test_the_laws_of_windows_starts_and_next_steps(given):
    chance = random.Random(6)
    for _ in range(500):
        events = random_unit(chance, longest=12)
        free = level(events, options(steps=4, **given))
        assert level(events, options(steps=4, **{**given, "window": 2 * WINDOW if "window" in given else None})) >= free
        assert free >= level(events, options(steps=4, window_start="first", **given))
        assert free >= level(events, options(steps=4, order="strict", **given))


MAY_GO_ON = [
    {}, {"window_start": "first"}, {"order": "any"}, {"ties": {"grace": 2}}, {"ties": "step_order"},
    {"one_event_one_step": False},
]  # fmt: skip


@pytest.mark.parametrize("given", MAY_GO_ON, ids=str)
def test_the_latest_start_tells_whether_what_may_come_can_raise_the_level(given):
    chance = random.Random(9)
    asked = options(steps=3, window=WINDOW, date_rule="entry", **given)
    found = set()
    for _ in range(400):
        events = random_unit(chance, longest=6)
        reached = level(events, asked)
        if 0 < reached < 3:
            until = events[-1]["t"] + chance.choice([0, 1, WINDOW - 2, WINDOW - 1, WINDOW])
            later = [{"t": until + 1, "steps": {1, 2, 3}, "in_range": False} for _ in range(3)]
            is_open = latest_start(events, asked) + WINDOW > until
            assert is_open == (level(events + later, asked) > reached), (events, until)
            found.add((is_open, reached))
    assert found == {(False, 1), (True, 1), (False, 2), (True, 2)}


def test_a_chain_may_take_exactly_the_window():
    assert level_of((0, {1}), (WINDOW, {2}), window=WINDOW) == 2
    assert level_of((0, {1}), (WINDOW + 1, {2}), window=WINDOW) == 1
    assert level_of((0, {1}), (WINDOW - 1, {2}), window=WINDOW) == 2


def test_a_window_of_nothing_still_holds_equal_times():
    assert level_of((5, {1}), (5, {2}), window=0) == 2
    assert level_of((5, {1}), (6, {2}), window=0) == 1


def test_one_event_that_matches_all_steps_serves_one():
    assert level_of((0, {1, 2, 3}), steps=3) == 1
    assert level_of((0, {1, 2, 3}), steps=3, one_event_one_step=False) == 3


def test_equal_times_in_reverse_step_order():
    events = ((0, {2}), (0, {1}))
    assert level_of(*events) == 1
    assert level_of(*events, ties="strict_time") == 1
    assert level_of(*events, ties="step_order") == 2
    assert level_of(*events, ties={"grace": 0}) == 2


def test_grace_lets_a_step_come_just_so_much_too_early():
    assert level_of((0, {2}), (2, {1}), ties={"grace": 2}) == 2
    assert level_of((0, {2}), (2, {1}), ties={"grace": 1}) == 1
    assert level_of((0, {1, 2}), ties={"grace": 5}) == 1


def test_only_step_one():
    assert level_of((0, {1}), (1, {1})) == 1
    assert level_of((0, {2})) == 0
    assert level_of() == 0


def test_a_later_start_saves_the_window_unless_only_the_first_counts():
    events = ((0, {1}), (900, {1}), (1800, {2}))
    assert level_of(*events, window=WINDOW) == 2
    assert level_of(*events, window=WINDOW, window_start="first") == 1


def test_next_means_the_very_next_event():
    assert level_of((0, {1}), (1, {2}), next=frozenset({2})) == 2
    assert level_of((0, {1}), (1, set()), (2, {2}), next=frozenset({2})) == 1
    assert level_of((0, {1}), (1, set()), (2, {2}), order="strict") == 1


def test_any_order_is_a_matching_not_a_greedy_choice():
    assert level_of((0, {1, 2}), (1, {1}), order="any") == 2
    assert level_of((0, {2}), (1, {1}), order="any") == 2
    assert level_of((0, {1, 2}), order="any") == 1


def test_a_step_at_the_end_of_the_range_counts_only_by_entry():
    events = ((0, {1}), (100, {2}))
    assert level_of(*events, to=100, window=WINDOW, date_rule="entry") == 2
    assert level_of(*events, to=100, window=WINDOW, date_rule="in_range") == 1
    assert level_of((100, {1}), (101, {2}), to=100, window=WINDOW, date_rule="entry") == 0


def test_the_reported_chain_has_the_latest_start_when_its_level_is_first_reached():
    events = unit((0, {1}), (1, {1}), (2, {2}), (3, {1}), (4, {2}))
    assert reported_chain(events, options(steps=2)) == [1, 2]


def test_a_chain_to_a_next_step_is_the_one_that_ends_right_before_it():
    events = unit((0, {1}), (1, {2}), (2, {1}), (3, {2}), (4, {3}))
    assert reported_chain(events, options(steps=3, next=frozenset({3}))) == [2, 3, 4]
    held_elsewhere = unit((0, {1}), (1, {1}), (2, {2}), (3, {2}), (4, {3}))
    assert reported_chain(held_elsewhere, options(steps=3, next=frozenset({3}))) == [1, 3, 4]


def test_an_attempt_ends_at_conversion_or_past_its_window():
    events = unit((0, {1}), (1, {2}), (2, {1}), (2 + WINDOW, {2}), (3 + WINDOW, {1}), (9 * WINDOW, {1}))
    found = attempts(events, options(steps=2, window=WINDOW, window_start="first"))
    assert found == [[0, 1], [2, 3], [4], [5]]


def test_grace_and_next_do_not_go_together():
    with pytest.raises(ValueError, match="F4"):
        options(steps=2, next=frozenset({2}), ties={"grace": 1})


def test_of_two_starts_at_one_time_the_earlier_found_is_held():
    assert reported_chain(unit((0, {1}), (0, {1}), (1, {2})), options(steps=2)) == [0, 2]
