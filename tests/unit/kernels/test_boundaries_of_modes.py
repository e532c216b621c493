"""Modes of windowFunnel (section 3) at their boundaries, on the kernels alone."""

import pytest

from cja_spark.kernels.months import NEVER
from tests.unit.kernels.test_boundaries_of_fallout import found

SEVERAL = {"one_event_one_step": False}
ORDER, ONCE = {"modes": ["strict_order"]}, {"modes": ["strict_deduplication"]}
WINDOW = {"window": "10 ms"}
STEP_ORDER, STRICT_TIME = {"ties": "step_order"}, {"ties": "strict_time"}
TIES = [{}, STEP_ORDER, STRICT_TIME]


def levels(*units, **options):
    return found(*units, **{**SEVERAL, **options}).levels.tolist()


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_strict_order_stops_at_an_event_of_no_step(ties):
    assert levels([(0, "1"), (1, ""), (2, "2")], **ORDER, **ties) == [1]
    assert levels([(0, "1"), (1, "2"), (2, ""), (3, "3")], **ORDER, **ties) == [2]


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_strict_order_stops_at_a_step_whose_predecessor_was_never_reached(ties):
    assert levels([(0, "1"), (1, "3"), (2, "2"), (3, "3")], **ORDER, **ties) == [1]
    assert levels([(0, "1"), (1, "2"), (2, "3")], **ORDER, **ties) == [3]


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_strict_order_lets_steps_repeat(ties):
    assert levels([(0, "1"), (1, "1"), (2, "2"), (3, "1"), (4, "2"), (5, "3")], **ORDER, **ties) == [3]


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_nothing_stops_before_the_first_step_1_event(ties):
    assert levels([(0, ""), (1, "3"), (2, "2"), (3, "1"), (4, "2"), (5, "3")], **ORDER, **ties) == [3]
    assert levels([(0, "2"), (1, "2"), (3, "1"), (4, "2"), (5, "3")], **ONCE, **ties) == [3]


def test_a_step_1_event_before_the_range_begins_nothing():
    assert levels([(0, "1", False), (1, ""), (2, "1"), (3, "2"), (4, "3")], **ORDER) == [3]


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_a_step_beyond_the_window_neither_counts_nor_stops(ties):
    assert levels([(0, "1"), (11, "2"), (12, "1"), (22, "2"), (22, "3")], **ORDER, **ties, **WINDOW)[0] == (2 if ties == STRICT_TIME else 3)
    assert levels([(0, "1"), (11, "2"), (12, "1"), (23, "2")], **ORDER, **ties, **WINDOW) == [1]
    assert levels([(0, "1"), (10, "2"), (11, "3")], **ORDER, **ties, **WINDOW) == [2]


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_strict_deduplication_stops_at_a_step_that_was_reached(ties):
    assert levels([(0, "1"), (1, "2"), (2, "2"), (3, "3")], **ONCE, **ties) == [2]
    assert levels([(0, "1"), (1, "2"), (2, "1"), (3, "2"), (4, "3")], **ONCE, **ties) == [2]


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_strict_deduplication_lets_step_1_and_what_is_no_step_be(ties):
    assert levels([(0, "1"), (1, "1"), (2, ""), (3, "2"), (4, "1"), (5, "3")], **ONCE, **ties) == [3]


@pytest.mark.parametrize("ties", TIES, ids=str)
def test_a_step_that_came_too_late_was_not_reached(ties):
    assert levels([(0, "1"), (11, "2"), (12, "1"), (13, "2"), (14, "3")], **ONCE, **ties, **WINDOW) == [3]


def test_an_event_is_each_of_its_steps_from_low_to_high():
    assert levels([(0, "12"), (1, "3")], **ORDER) == [3]
    assert levels([(0, "13"), (1, "2")], **ORDER) == [1]
    assert levels([(0, "1"), (1, "23")], **ORDER) == [3]
    assert levels([(0, "1"), (1, "2"), (2, "23")], **ONCE) == [2]


def test_events_of_one_instant_count_by_steps_those_of_none_first():
    assert levels([(0, "1"), (5, "3"), (5, "2")], **ORDER) == [1]
    assert levels([(0, "1"), (5, "3"), (5, "2")], **ORDER, **STEP_ORDER) == [3]
    assert levels([(0, "1"), (5, "2"), (5, "")], **ORDER) == [2]
    assert levels([(0, "1"), (5, "2"), (5, "")], **ORDER, **STEP_ORDER) == [1]
    assert levels([(5, "1"), (5, "")], **ORDER, **STEP_ORDER) == [1]
    assert levels([(0, "1"), (5, "23"), (5, "2")], **ONCE, **STEP_ORDER) == [2]
    assert levels([(0, "1"), (5, "3"), (5, "2")], **ONCE, **STEP_ORDER) == [3]


def test_under_strict_time_the_predecessor_of_the_same_instant_was_reached():
    assert levels([(0, "1"), (0, "2"), (1, "2"), (2, "3")], **ORDER, **STRICT_TIME) == [3]


def test_both_modes_stop_at_whichever_comes_first():
    both = {"modes": ["strict_order", "strict_deduplication"]}
    assert levels([(0, "1"), (1, "2"), (2, "2"), (3, "3")], [(9, "1"), (10, ""), (11, "2")], **both) == [2, 1]


def test_what_has_stopped_does_not_go_on_and_the_next_unit_begins_anew():
    chains = found([(0, "1"), (1, "3")], [(2, ""), (3, "1")], **SEVERAL, **ORDER, **WINDOW)
    assert chains.levels.tolist() == [1, 1]
    assert chains.starts.tolist() == [NEVER, 3]
    assert levels([(0, "1")], [(1, "2"), (2, "1"), (3, "2"), (4, "3")], **ONCE) == [1, 3]


def test_the_chain_that_was_reached_is_reported():
    assert found([(0, "1"), (1, "2"), (2, ""), (3, "3")], **SEVERAL, **ORDER).events.tolist() == [[0, 1, -1]]
