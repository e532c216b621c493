"""Rule F8 at its boundaries, with the rules it meets, on the kernels of fallout alone."""

import numpy as np
import pytest

from cja_spark.reports.fallout import Fallout
from cja_spark.reports.fallout_excluded import chains_excluding

WINDOW = {"window": "10 ms"}
FIRST = {"window_start": "first"}
ATTEMPTS = {"count": "attempts", **FIRST}
GRACE = {"ties": {"grace": "2 ms"}, **FIRST}
STEP_ORDER = {"ties": "step_order"}
SEVERAL = {"one_event_one_step": False}
LEAVES = {"exclusion": "drop_person"}
RULES = [{}, FIRST, ATTEMPTS, GRACE, {**GRACE, **ATTEMPTS}, STEP_ORDER, {"ties": "strict_time"}, SEVERAL]
ENDED = np.iinfo(np.int64).min


def found(*units, steps=2, exclude=((1, 2),), **options):
    """What is counted of units: lists of (t in ms, digits: the steps an event meets, letters: the exclusions, in the range)."""
    events = [event for own in units for event in own]
    bits = np.array([sum(1 << int(one) - 1 for one in event[1] if one.isdigit()) for event in events], np.uint32)
    hits = np.array([sum(1 << "xyz".index(one) for one in event[1] if one.isalpha()) for event in events], np.uint32)
    t = np.array([event[0] for event in events], np.int64)
    in_range = np.array([event[2] if len(event) > 2 else True for event in events], bool)
    offsets = np.append(0, np.cumsum([len(own) for own in units])).astype(np.int64)
    following = options.pop("next", ())
    written = [{"step": f"s{step}", "next": step in following} for step in range(1, steps + 1)]
    given = [{"step": f"x{at}", "between": list(one)} for at, one in enumerate(exclude)]
    return chains_excluding(Fallout(steps=written, range="last 1 day", exclude=given, **options), bits, hits, t, offsets, in_range)


def levels(*units, **options):
    return found(*units, **options).levels.tolist()


def chains(*units, **options):
    return found(*units, **options).events.tolist()


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_f8_an_exclusion_before_step_b_breaks_the_chain_and_its_unbroken_part_counts(rule):
    assert levels([(0, "1"), (3, "x"), (6, "2")], **rule) == [1]
    assert levels([(0, "1"), (3, "x2"), (6, "3")], steps=3, exclude=[(1, 3)], **rule) == [1]
    assert levels([(0, "1"), (3, "2"), (6, "x"), (9, "3")], steps=3, exclude=[(1, 3)], **rule) == [2]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_f8_an_exclusion_on_step_b_or_after_it_breaks_nothing(rule):
    assert levels([(0, "1"), (3, "2x")], **rule) == [2]
    assert levels([(0, "1"), (3, "2"), (6, "x")], **rule) == [2]
    assert levels([(0, "1"), (3, "2x"), (6, "x"), (9, "3")], steps=3, **rule) == [3]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_f8_an_exclusion_on_step_a_or_before_it_breaks_nothing(rule):
    assert levels([(0, "1x"), (3, "2")], **rule) == [2]
    assert levels([(0, "x"), (3, "1"), (6, "2")], **rule) == [2]
    assert levels([(0, "1"), (3, "x"), (6, "2x"), (9, "3")], steps=3, exclude=[(2, 3)], **rule) == [3]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_f8_exclusions_of_several_pairs_of_steps_act_each_between_its_own(rule):
    unit = [(0, "1"), (3, "y"), (6, "2"), (9, "x"), (12, "3")]
    assert levels(unit, steps=3, exclude=[(1, 2), (2, 3)], **rule) == [3]
    assert levels(unit, steps=3, exclude=[(2, 3), (1, 2)], **rule) == [1]
    assert levels(unit, steps=3, exclude=[(2, 3), (2, 3)], **rule) == [2]
    assert levels([(0, "1"), (3, "2y"), (6, "3")], steps=3, exclude=[(1, 3), (2, 3)], **rule) == [3]


@pytest.mark.parametrize("rule", [{}, STEP_ORDER, {"ties": "strict_time"}, {"next": [2]}], ids=str)
def test_f8_another_chain_may_avoid_it(rule):
    assert levels([(0, "1"), (3, "x"), (6, "1"), (9, "2")], **rule) == [2]
    assert levels([(0, "1"), (3, "1x"), (6, "2")], **rule) == [2]


def test_f8_f7_the_only_attempt_ends_at_it_and_f10_the_next_may_start_on_it():
    assert chains([(0, "1"), (3, "x"), (6, "1"), (9, "2")], **FIRST) == [[0, -1]]
    assert chains([(0, "1"), (3, "x"), (6, "1"), (9, "2")], **ATTEMPTS) == [[0, -1], [2, 3]]
    assert chains([(0, "1"), (3, "1x"), (6, "2")], **ATTEMPTS) == [[0, -1], [1, 2]]
    assert chains([(0, "1"), (3, "1"), (6, "x"), (9, "1"), (20, "2")], **WINDOW, **ATTEMPTS) == [[0, -1], [3, -1]]


def test_f8_among_several_steps_of_one_event_that_reach_step_b_nothing_is_between():
    for rule in ({}, FIRST, ATTEMPTS, STEP_ORDER):
        assert levels([(0, "1"), (3, "23x")], steps=3, exclude=[(1, 3)], **SEVERAL, **rule) == [3]
        assert levels([(0, "1"), (3, "23x")], steps=4, exclude=[(1, 4)], **SEVERAL, **rule) == [1]
        assert levels([(0, "12x"), (3, "3")], steps=3, exclude=[(1, 3)], **SEVERAL, **rule) == [3]


def test_f8_a_next_step_right_on_it_is_in_a_broken_chain():
    assert levels([(0, "1"), (1, "2x"), (2, "3")], steps=3, exclude=[(1, 3)], next=[2]) == [1]
    assert levels([(0, "1"), (1, "2x"), (2, "3")], steps=3, exclude=[(1, 3)], next=[3]) == [1]
    assert levels([(0, "1"), (1, "2"), (2, "3x")], steps=3, exclude=[(1, 3)], next=[2, 3]) == [3]
    assert levels([(0, "1"), (1, "x"), (2, "2")], next=[2]) == [1]


def test_f8_f4_in_strict_time_it_breaks_by_position_also_at_the_time_of_step_a():
    assert levels([(0, "1"), (0, "x"), (1, "2")], ties="strict_time") == [1]
    assert levels([(0, "x"), (0, "1"), (1, "2")], ties="strict_time") == [2]
    assert levels([(0, "1"), (1, "2"), (1, "x")], ties="strict_time") == [2]


def test_f8_f4_in_an_instant_of_the_order_of_steps_nothing_is_excluded():
    assert levels([(0, "1"), (0, "x"), (0, "2")], **STEP_ORDER) == [2]
    assert levels([(0, "1"), (1, "x"), (1, "2")], **STEP_ORDER) == [2]
    assert levels([(0, "1"), (1, "x"), (1, "2"), (2, "3")], steps=3, exclude=[(1, 3)], **STEP_ORDER) == [2]
    assert levels([(0, "1"), (1, "x"), (1, ""), (2, "2")], **STEP_ORDER) == [1]
    assert levels([(0, "1"), (1, ""), (1, "3x"), (2, "2")], steps=3, **STEP_ORDER) == [1]
    assert levels([(0, "1"), (0, "1x"), (1, "2")], **STEP_ORDER) == [2]


def test_f8_f4_with_grace_a_step_that_comes_before_it_is_no_longer_between():
    assert levels([(0, "1"), (4, "3"), (5, "x"), (6, "2")], steps=3, exclude=[(1, 3)], **GRACE) == [3]
    assert levels([(0, "1"), (3, "3"), (5, "x"), (6, "2")], steps=3, exclude=[(1, 3)], **GRACE) == [1]


def test_f8_f12_the_reported_chain_is_unbroken():
    assert chains([(0, "1"), (1, "2"), (2, "x"), (3, "2"), (4, "3")], steps=3, exclude=[(2, 3)]) == [[0, 3, 4]]
    assert chains([(0, "1"), (1, "1"), (2, "2"), (3, "x"), (4, "2")], steps=3, exclude=[(2, 3)]) == [[1, 2, -1]]
    assert chains([(0, "1"), (0, "1"), (1, "2")]) == [[0, 2]]


@pytest.mark.parametrize("rule", [{}, FIRST, ATTEMPTS, STEP_ORDER], ids=str)
def test_f8_f9_a_chain_that_it_has_ended_is_not_open(rule):
    assert found([(0, "1"), (3, "x")], **WINDOW, **rule).starts.tolist() == [ENDED]
    assert found([(3, "1x")], **WINDOW, **rule).starts.tolist() == [3]
    assert found([(0, "1"), (3, "2"), (6, "x")], steps=3, **WINDOW, **rule).starts.tolist() == [0]
    assert found([(0, "1"), (1, "2"), (3, "x")], steps=3, exclude=[(2, 3)], **WINDOW, **rule).starts.tolist() == [0 if "window_start" not in rule else ENDED]


@pytest.mark.parametrize("rule", [{}, STEP_ORDER, {"ties": "strict_time"}, SEVERAL, FIRST], ids=str)
def test_f8_no_chain_goes_on_from_another_unit(rule):
    assert [level for level in levels([(0, "1")], [(1, "2"), (2, "1"), (3, "2")], [(4, "x"), (5, "1"), (6, "2")], **rule) if level] == [1, 2, 2]


@pytest.mark.parametrize("rule", [{}, FIRST, STEP_ORDER, GRACE, {"ties": "strict_time"}, SEVERAL], ids=str)
def test_f8_who_has_it_in_every_chain_leaves(rule):
    def left(*unit, **more):
        return found(list(unit), **{**LEAVES, **rule, **more}).left

    assert left((0, "1"), (3, "x"), (6, "2")) == 1
    assert left((0, "1"), (3, "2x")) == 0
    assert left((0, "1"), (3, "2"), (6, "x")) == 0
    assert left((0, "1x"), (3, "2")) == 0
    assert left((0, "x"), (3, "1")) == 0
    assert left((0, "1"), (3, "x")) == 1
    assert left((0, "1"), (10, "x"), **WINDOW) == 1
    assert left((0, "1"), (11, "x"), **WINDOW) == 0
    assert left((0, "1"), (3, "x"), steps=3, exclude=[(2, 3)]) == 0
    assert left((0, "1"), (3, "2"), (6, "x"), steps=3, exclude=[(2, 3)]) == 1
    assert left((0, "1"), (3, "2"), (10, "x"), steps=3, exclude=[(2, 3)], **WINDOW) == 1
    assert left((0, "1"), (3, "2"), (11, "x"), steps=3, exclude=[(2, 3)], **WINDOW) == 0
    assert left((0, "1"), (3, "y"), (6, "2"), exclude=[(1, 2), (1, 2)]) == 1
    assert left((0, "2"), (3, "x")) == 0
    assert left((0, "1x")) == 0
    assert left((0, "1"), (3, "2x"), steps=3, exclude=[(2, 3)]) == 0


def test_f8_a_chain_that_avoids_it_keeps_a_person():
    for rule in ({}, STEP_ORDER, {"ties": "strict_time"}, SEVERAL):
        assert levels([(0, "1"), (3, "x"), (6, "1"), (9, "2")], **LEAVES, **rule) == [2]
        assert levels([(0, "1"), (3, "x"), (6, "1")], **LEAVES, **rule) == [1]
    assert levels([(0, "1"), (3, "x"), (6, "1"), (9, "2")], **LEAVES, **FIRST) == []


def test_f8_the_start_whose_window_ends_before_it_keeps_a_person():
    """From 0 to 10 nothing is excluded after step 2 at 8; from 5 on the window holds what comes at 12."""
    unit = [(0, "1"), (5, "1"), (8, "2"), (12, "x")]
    for rule in ({}, STEP_ORDER):
        assert levels(unit, steps=3, exclude=[(2, 3)], **WINDOW, **LEAVES, **rule) == [2]
        assert levels(unit[1:], steps=3, exclude=[(2, 3)], **WINDOW, **LEAVES, **rule) == []
        assert levels([(0, "1"), (3, "2"), (7, "x"), (9, "1"), (12, "2"), (18, "x")], steps=3, exclude=[(2, 3)], **WINDOW, **LEAVES, **rule) == []
        assert levels([(0, "1"), (3, "2"), (7, "x"), (9, "1"), (12, "2"), (20, "x")], steps=3, exclude=[(2, 3)], **WINDOW, **LEAVES, **rule) == [2]


def test_f8_each_start_is_asked_of_its_own_window():
    again = [(0, "1"), (5, "x"), (8, "1"), (12, "x")]
    for rule in ({}, STEP_ORDER):
        assert levels(again, **WINDOW, **LEAVES, **rule) == []
        assert levels([*again, (13, "1")], **WINDOW, **LEAVES, **rule) == [1]


def test_f8_f9_no_chain_begins_after_the_range_and_one_may_be_harmed_after_it():
    assert levels([(0, "1"), (5, "x", False)], **WINDOW, **LEAVES) == []
    assert levels([(0, "1"), (3, "x"), (5, "1", False), (6, "2", False)], **WINDOW, **LEAVES) == []
    assert levels([(0, ""), (5, "1", False), (6, "2", False)], **WINDOW, **STEP_ORDER) == [0]


def test_f8_f5_the_matching_of_an_instant_makes_room_under_exclusions_too():
    assert levels([(0, "1"), (5, "x"), (7, "12"), (7, "1")], **STEP_ORDER) == [2]
    assert levels([(0, "1"), (5, "x"), (7, "12"), (7, "")], **STEP_ORDER) == [1]
    assert levels([(0, "1"), (5, "x"), (7, "12"), (7, "")], **STEP_ORDER, **SEVERAL) == [2]


def test_nothing_is_found_where_nothing_is():
    for rule in (*RULES, {**LEAVES}, {**LEAVES, **FIRST}):
        assert levels(**rule) == []
