"""Rules F2 to F12 at their boundaries, on the kernels of fallout alone."""

import numpy as np
import pytest

from cja_spark.reports.fallout import Fallout
from cja_spark.reports.fallout_chains import chains_of

WINDOW = {"window": "10 ms"}
GRACE = {"ties": {"grace": "2 ms"}}
ATTEMPTS = {"count": "attempts", "window_start": "first"}
FIRST = {"window_start": "first"}
SEVERAL = {"one_event_one_step": False}


def found(*units, steps=3, **options):
    """What is counted of units, which are lists of (t in ms, the steps that an event matches, whether in the range)."""
    events = [event for own in units for event in own]
    bits = np.array([sum(1 << int(step) - 1 for step in event[1]) for event in events], np.uint32)
    t = np.array([event[0] for event in events], np.int64)
    in_range = np.array([event[2] if len(event) > 2 else True for event in events], bool)
    offsets = np.append(0, np.cumsum([len(own) for own in units])).astype(np.int64)
    following = options.pop("next", ())
    written = [{"step": f"s{step}", "next": step in following} for step in range(1, steps + 1)]
    return chains_of(Fallout(steps=written, range="last 1 day", **options), bits, t, offsets, in_range)


def levels(*units, **options):
    return found(*units, **options).levels.tolist()


def chains(*units, **options):
    return found(*units, **options).events.tolist()


ANY = {"order": "any"}
STEP_ORDER = {"ties": "step_order"}
RULES = [{}, FIRST, GRACE, {**GRACE, **FIRST}, ATTEMPTS, ANY, {**ANY, **SEVERAL}, STEP_ORDER, {"order": "strict"}, {"ties": "strict_time"}]


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize(("apart", "level"), [(9, 2), (10, 2), (11, 1)])
def test_f6_a_step_comes_at_most_a_window_after_the_first(rule, apart, level):
    assert levels([(0, "1"), (apart, "2")], steps=2, **WINDOW, **rule) == [level]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.get("ties") != "strict_time"], ids=str)
def test_f6_a_window_of_0_holds_one_instant(rule):
    assert levels([(5, "1"), (5, "2"), (5, "3")], window="0 ms", **rule) == [3]
    assert levels([(5, "1"), (5, "2"), (6, "3")], window="0 ms", **rule)[0] == 2


@pytest.mark.parametrize("rule", [*(rule for rule in RULES if "one_event_one_step" not in rule), {**FIRST, "ties": "strict_time"}], ids=str)
def test_f2_one_event_that_matches_all_steps_serves_one_and_step_one_alone_is_level_one(rule):
    assert levels([(0, "123")], **rule) == [1]
    assert levels([(0, "1"), (1, "1")], **rule)[0] == 1
    assert levels([(0, "1")], **rule) == [1]


@pytest.mark.parametrize(("rule", "level"), [({}, 1), (FIRST, 1), (ATTEMPTS, 1), ({"ties": "strict_time"}, 1), (GRACE, 3), (STEP_ORDER, 3), (ANY, 3)], ids=str)
def test_f4_events_of_one_instant_in_the_reverse_order_of_steps(rule, level):
    assert levels([(0, "3"), (0, "2"), (0, "1")], **rule) == [level]


@pytest.mark.parametrize(("apart", "level"), [(10, 3), (11, 1)])
def test_f6_the_window_holds_among_several_events_of_one_instant(apart, level):
    assert levels([(0, "1"), (apart, "2"), (apart, "3")], **WINDOW, **STEP_ORDER) == [level]


@pytest.mark.parametrize("rule", [{}, FIRST, ATTEMPTS, {**GRACE, **FIRST}, GRACE, STEP_ORDER], ids=str)
def test_f6_the_window_is_measured_from_the_first_step_at_each_step(rule):
    assert levels([(0, "1"), (6, "2"), (12, "3")], **WINDOW, **rule)[0] == 2


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_f2_a_unit_has_nothing_of_the_one_before(rule):
    assert levels([(0, "1")], [(1, "2")], [(2, "1"), (3, "2")], steps=2, **rule)[-1] == 2


@pytest.mark.parametrize("rule", [{}, GRACE, STEP_ORDER, {"order": "strict"}, {"ties": "strict_time"}], ids=str)
def test_f2_no_chain_goes_on_from_another_unit(rule):
    assert levels([(0, "1")], [(1, "2"), (2, "3")], **rule) == [1, 0]


def test_f3_next_is_the_next_event_of_the_unit():
    for rule in ({}, FIRST, ATTEMPTS):
        assert levels([(0, "1"), (1, "2")], steps=2, next=[2], **rule) == [2]
        assert levels([(0, "1"), (1, ""), (2, "2")], steps=2, next=[2], **rule) == [1]
        assert levels([(0, "1"), (1, "3"), (2, "2")], next=[2], **rule) == [1]


@pytest.mark.parametrize(("apart", "level"), [(10, 2), (11, 1)])
def test_f3_f6_a_next_step_comes_within_the_window_too(apart, level):
    assert levels([(0, "1"), (apart, "2")], steps=2, next=[2], **WINDOW) == [level]


@pytest.mark.parametrize("rule", [{}, FIRST, ATTEMPTS], ids=str)
@pytest.mark.parametrize("following", [(), (2,)])
def test_f4_under_strict_time_time_goes_on_with_each_step(rule, following):
    strict = {"ties": "strict_time", "next": following, **rule}
    assert levels([(0, "1"), (0, "2")], steps=2, **strict) == [1]
    assert levels([(0, "1"), (1, "2")], steps=2, **strict) == [2]


def test_f4_under_strict_time_several_steps_of_one_event_are_no_way_around():
    assert levels([(0, "12")], steps=2, ties="strict_time", **SEVERAL) == [1]


@pytest.mark.parametrize("rule", [GRACE, {**GRACE, **FIRST}, {**GRACE, **ATTEMPTS}], ids=str)
@pytest.mark.parametrize(("early", "level"), [(1, 2), (2, 2), (3, 1)])
def test_f4_grace_lets_a_step_come_so_much_before_the_one_that_it_follows(rule, early, level):
    assert levels([(0, "1"), (20, "3"), (20 + early, "2")], **rule) == [level + 1]


@pytest.mark.parametrize("rule", [GRACE, {**GRACE, **FIRST}], ids=str)
def test_f4_under_grace_adjacent_steps_lie_on_different_events(rule):
    assert levels([(0, "12")], steps=2, **rule) == [1]
    assert levels([(0, "12"), (0, "12")], steps=2, **rule) == [2]


def test_f4_under_grace_the_event_of_the_latest_start_may_be_the_step_and_another_chain_goes_on():
    """The second event is best reached from the third, and is step 3 of the chain that ends there and began at 0."""
    assert levels([(0, "1"), (10, "23"), (10, "12")], **GRACE) == [3]


def test_f4_events_of_one_instant_are_taken_in_the_order_of_steps():
    assert levels([(0, "3"), (0, "2"), (0, "1")], **STEP_ORDER) == [3]
    assert levels([(0, "3"), (1, "2"), (2, "1")], **STEP_ORDER) == [1]


def test_f4_an_event_of_an_instant_makes_room_for_another_step():
    """Step 1 takes the first event; step 2 has only that one, and step 1 moves on to the second."""
    assert levels([(0, "12"), (0, "1")], steps=2, **STEP_ORDER) == [2]
    assert levels([(0, "123"), (0, "12"), (0, "1")], **STEP_ORDER) == [3]


def test_f4_as_many_events_of_a_step_are_looked_at_as_there_are_steps():
    assert levels([(0, "12"), (0, "123"), (0, "2"), (0, "3")], **STEP_ORDER) == [3]
    assert levels([(0, "123"), (0, "12"), (0, "123")], **STEP_ORDER) == [3]


def test_f4_f6_an_instant_keeps_the_latest_start_of_each_step():
    """Step 3 is reached at 8 by the chain from 0 and by the one from 5; only the latter is in its window at 15."""
    assert levels([(0, "1"), (1, "2"), (5, "1"), (8, "2"), (8, "3"), (15, "4")], steps=4, **WINDOW, **STEP_ORDER) == [4]


@pytest.mark.parametrize("rule", [{}, FIRST, {"count": "attempts", **FIRST}, ANY, STEP_ORDER], ids=str)
def test_f5_an_event_serves_one_step_or_all_of_its_steps(rule):
    assert levels([(0, "12")], steps=2, **rule) == [1]
    assert levels([(0, "12")], steps=2, **rule, **SEVERAL) == [2]
    assert levels([(0, "12"), (1, "12")], steps=2, **rule)[0] == 2


def test_f5_several_steps_of_one_event_are_of_events_of_one_instant_too():
    assert levels([(0, "12"), (0, "")], steps=2, **STEP_ORDER, **SEVERAL) == [2]
    assert levels([(0, "12"), (0, "")], steps=2, **STEP_ORDER) == [1]


def test_f3_any_order_gives_an_event_to_the_step_that_has_no_other():
    assert levels([(0, "12"), (1, "1")], steps=2, **ANY) == [2]
    assert levels([(0, "123"), (1, "12"), (2, "1")], **ANY) == [3]
    assert levels([(0, "1"), (1, "1"), (2, "1")], **ANY) == [1]


def test_f3_any_order_takes_another_event_for_the_one_that_left_the_window():
    """At 11 the event at 0 is out; step 1 goes to the one at 5, so that 2 and 3 make it three."""
    assert levels([(0, "1"), (5, "1"), (11, "2"), (12, "3")], **WINDOW, **ANY) == [3]
    assert levels([(0, "1"), (1, "12"), (2, "2"), (11, "3")], **WINDOW, **ANY) == [3]


@pytest.mark.parametrize("more", [{}, SEVERAL])
def test_f6_any_order_holds_only_what_lies_in_one_window(more):
    assert levels([(0, "1"), (6, "2"), (11, "3")], **WINDOW, **ANY, **more) == [2]
    assert levels([(0, "1"), (6, "2"), (10, "3")], **WINDOW, **ANY, **more) == [3]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_f9_no_chain_begins_after_the_range(rule):
    found_levels = levels([(0, ""), (1, "1", False), (2, "2", False)], steps=2, **WINDOW, **rule)
    assert found_levels == ([] if "first" in rule.values() and rule != FIRST else [0])
    assert levels([(0, "1"), (1, "2", False)], steps=2, **WINDOW, **rule) == [2]


def test_f9_no_chain_begins_after_the_range_with_several_events_of_one_instant():
    assert levels([(0, "2", False), (0, "1", False)], steps=2, **WINDOW, **STEP_ORDER) == [0]


def test_f7_the_first_step_one_starts_the_only_attempt():
    unit = [(0, "1"), (8, "1"), (15, "2")]
    assert levels(unit, steps=2, **WINDOW) == [2]
    assert levels(unit, steps=2, **WINDOW, **FIRST) == [1]
    assert levels(unit, steps=2, **WINDOW, **FIRST, **GRACE) == [1]
    assert levels([(0, "2"), (1, "1"), (2, "2")], steps=2, **FIRST) == [2]
    for rule in (FIRST, {**FIRST, **GRACE}):
        assert levels([(0, "1"), (20, "1"), (21, "2")], steps=2, **WINDOW, **rule) == [1]


def test_f10_an_attempt_ends_when_it_converts_or_past_its_window():
    assert chains([(0, "1"), (1, "2"), (2, "1"), (3, "2")], steps=2, **ATTEMPTS) == [[0, 1], [2, 3]]
    assert chains([(0, "1"), (10, "1"), (11, "1"), (12, "2")], steps=2, **WINDOW, **ATTEMPTS) == [[0, -1], [2, 3]]
    assert chains([(0, "1"), (1, "1"), (2, "2")], steps=2, **ATTEMPTS) == [[0, 2]]


def test_f10_attempts_share_no_event():
    assert chains([(0, "1"), (1, "12"), (2, "2")], steps=2, **ATTEMPTS) == [[0, 1]]
    assert chains([(0, "1"), (1, "1"), (2, "2"), (3, "2")], steps=2, **ATTEMPTS) == [[0, 2]]


def test_f10_attempts_that_end_at_the_window_leave_what_lies_in_it():
    assert chains([(0, "1"), (5, "1"), (12, "2")], steps=2, **WINDOW, **ATTEMPTS) == [[0, -1]]


def test_f12_of_equal_starts_the_chain_found_first_is_reported():
    """Both events at 0 begin a chain; the earlier one is kept, and so is the first event of step 2."""
    assert chains([(0, "1"), (0, "1"), (1, "2")], steps=2) == [[0, 2]]
    assert chains([(0, "1"), (1, "2"), (2, "2"), (3, "3")]) == [[0, 1, 3]]
    assert chains([(0, "1"), (0, "1"), (1, "2")], steps=2, **GRACE) == [[0, 2]]
    assert chains([(0, "1"), (1, "2"), (2, "2"), (3, "3")], **GRACE) == [[0, 1, 3]]


def test_f12_the_latest_start_is_reported_and_the_level_as_it_was_first_reached():
    assert chains([(0, "1"), (1, "1"), (2, "2"), (3, "1"), (4, "2")], steps=2) == [[1, 2]]
    assert chains([(0, "1"), (10, "1"), (20, "2"), (30, "1"), (40, "2")], steps=2, **GRACE) == [[1, 2]]
