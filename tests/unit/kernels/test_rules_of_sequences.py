"""Rules G7 and G8, on the product's kernels: the boundaries of sequences."""

import random

import pytest

from tests.unit.kernels.by_hand import GAP, MINUTE, kept, page, table

FAR = GAP + 1


def is_page(name):
    return {"dimension": "page", "equals": name}


A, B, C, X = (is_page(name) for name in "ABCX")


def pages(text, step=1):
    """One event per letter, `step` ms apart; a dot is an event without a page."""
    return [page(at * step, None if name == "." else name) for at, name in enumerate(text)]


def numbers(events, *then, include="everyone", container="person"):
    """Numbers of the kept events of one person."""
    numbered = [(t, {**values, "sku": [f"{at}"]}) for at, (t, values) in enumerate(events)]
    segment = {"container": container, "include": include, "where": {"then": list(then)}}
    found = table([numbered], "sku", metrics=["events"], segments=[segment], rows=1000)
    return sorted(int(sku) for kind, sku, _ in found if kind == "item")


def meets(events, *then):
    return numbers(events, *then) == list(range(len(events)))


@pytest.mark.parametrize(("apart", "after", "within"), [(MINUTE - 1, False, True), (MINUTE, True, True), (MINUTE + 1, True, False)])
def test_g8_after_is_at_least_and_within_at_most(apart, after, within):
    events = [page(0, "A"), page(apart, "B")]
    assert meets(events, A, {"after": "1 minute"}, B) == after
    assert meets(events, A, {"within": "1 minute"}, B) == within
    assert meets(events, A, {"after": "1 minute", "within": "1 minute"}, B) == (after and within)


@pytest.mark.parametrize(("between", "after", "within"), [("", False, True), (".", True, True), ("..", True, False)])
def test_g8_events_are_counted_by_position(between, after, within):
    events = pages(f"A{between}B", step=0)
    assert meets(events, A, {"after": "2 events"}, B) == after
    assert meets(events, A, {"within": "2 events"}, B) == within


@pytest.mark.parametrize(("sessions", "after", "within"), [(0, False, True), (1, True, True), (2, True, False)])
def test_g8_sessions_are_counted_by_their_numbers(sessions, after, within):
    events = [page(0, "A"), *(page(FAR * (at + 1)) for at in range(sessions)), page(FAR * sessions + 1, "B")]
    assert meets(events, A, {"after": "1 session"}, B) == after
    assert meets(events, A, {"within": "1 session"}, B) == within


def test_g8_within_one_page_is_the_next_page():
    next_page = {"within": {"dimension": "page", "count": 1}}
    assert meets(pages("AB"), A, next_page, B)
    assert meets(pages("AAA..B"), A, next_page, B)
    assert not meets(pages("ACB"), A, next_page, B)
    assert meets(pages("ACAB"), A, next_page, B)
    assert not meets(pages("AB"), A, {"after": {"dimension": "page", "count": 2}}, B)
    assert meets(pages("ACB"), A, {"after": {"dimension": "page", "count": 2}}, B)


def test_g7_the_first_candidate_may_be_too_early_and_a_later_one_right():
    events = [page(0, "A"), page(10 * MINUTE, "A"), page(12 * MINUTE, "B")]
    assert meets(events, A, {"within": "5 minutes"}, B)
    chain = [page(0, "A"), page(MINUTE, "B"), page(8 * MINUTE, "A"), page(9 * MINUTE, "B"), page(12 * MINUTE, "C")]
    assert meets(chain, A, {"within": "2 minutes"}, B, {"within": "5 minutes"}, C)
    assert not meets(chain[:2] + chain[4:], A, {"within": "2 minutes"}, B, {"within": "5 minutes"}, C)


def test_g7_one_item_as_two_checkpoints_is_two_events():
    assert not meets(pages("A"), A, A)
    assert meets(pages("AA"), A, A)
    assert meets(pages("AA", step=0), A, {"within": "0 ms"}, A)


def test_g7_equal_times_are_ordered_by_position():
    assert meets([page(0, "A"), page(0, "B")], A, B)
    assert not meets([page(0, "B"), page(0, "A")], A, B)


def test_g7_sessions_as_checkpoints_are_two_sessions():
    session = {"container": "session", "where": A}
    assert not meets(pages("AA"), session, session)
    assert meets([page(0, "A"), page(FAR, "A")], session, session)
    assert not meets([page(0, "A"), page(FAR, "B"), page(FAR + 1, "A")], session, session, B)
    inside = {"container": "session", "where": {"all": [A, B]}}
    assert meets([page(0, "A"), page(1, "B"), page(FAR + 1, "C")], inside, C)
    assert not meets([page(0, "A"), page(1, "B"), page(2, "C")], inside, C)  # C lies in the session, not after it


def test_g7_a_session_is_measured_from_its_last_event_to_its_first():
    events = [page(0, "A"), page(MINUTE, "."), page(MINUTE + FAR, "B"), page(2 * MINUTE + FAR, ".")]
    first, second = ({"container": "session", "where": one} for one in (A, B))
    assert meets(events, first, {"after": f"{FAR} ms"}, second)
    assert not meets(events, first, {"after": f"{FAR + 1} ms"}, second)
    assert meets(events, first, {"within": f"{FAR + MINUTE} ms"}, second)
    assert not meets(events, first, {"within": f"{FAR + MINUTE - 1} ms"}, second)


def test_g7_a_sequence_stays_in_its_session_or_person():
    events = [page(0, "A"), page(FAR, "B"), page(FAR + 1, "A"), page(FAR + 2, "B")]
    assert numbers(events, A, B, container="session") == [1, 2, 3]
    assert numbers(events[:2], A, B, container="session") == []
    two = [[page(0, "A")], [page(1, "B")]]
    assert kept(two, {"then": [A, B]}, "person") == []


@pytest.mark.parametrize(
    ("text", "met"), [("AC", True), ("AXC", False), ("XACX", True), ("AXAC", True), ("ACXC", True), ("AXCAXC", False)]
)
def test_g8_what_is_excluded_is_not_between_its_neighbours(text, met):
    assert meets(pages(text), A, {"exclude": X}, C) == met


def test_g8_an_excluded_checkpoint_is_strictly_between():
    either = {"any": [X, A]}
    assert meets(pages("AC"), A, {"exclude": either}, C)  # A itself is a checkpoint
    assert meets(pages("AC"), A, {"exclude": {"dimension": "page", "exists": True}}, C)


def test_g8_at_the_end_and_with_within_too_a_checkpoint_is_not_beside_itself():
    assert meets(pages("A"), A, {"exclude": {"any": [X, A]}})
    assert meets(pages("AC"), A, {"within": "1 minute"}, {"exclude": {"any": [X, C]}}, C)


@pytest.mark.parametrize(("text", "met"), [("AB", True), ("XAB", False), ("ABX", True), ("AXB", True), ("XB", False)])
def test_g8_what_is_excluded_at_the_start_never_came_before(text, met):
    assert meets(pages(text), {"exclude": X}, A) == met


@pytest.mark.parametrize(("text", "met"), [("BA", True), ("BAX", False), ("XBA", True), ("AXA", True), ("AAX", False)])
def test_g8_what_is_excluded_at_the_end_never_comes_after(text, met):
    assert meets(pages(text), A, {"exclude": X}) == met


def test_g8_what_is_excluded_at_the_start_or_the_end_is_of_the_same_unit():
    persons = [pages("X"), pages("A"), pages("X")]
    assert kept(persons, {"then": [{"exclude": X}, A]}, "person") == ["1.0"]
    assert kept(persons, {"then": [A, {"exclude": X}]}, "person") == ["1.0"]
    assert numbers([page(0, "X"), page(FAR, "A"), page(2 * FAR, "X")], {"exclude": X}, A, container="session") == [1]


@pytest.mark.parametrize(("at", "met"), [(MINUTE, False), (MINUTE + 1, True)])
def test_g8_an_exclusion_with_within_ends(at, met):
    events = [page(0, "A"), page(at, "X"), page(2 * MINUTE, "C")]
    assert meets(events, A, {"within": "1 minute"}, {"exclude": X}, C) == met
    assert meets(events[:2], A, {"within": "1 minute"}, {"exclude": X}) == met


def test_g8_an_earlier_candidate_may_pass_an_exclusion_that_a_later_one_does_not():
    """From the first A the X is too far to count, from the second it is not: the first one is taken."""
    events = [page(0, "A"), page(6 * MINUTE, "A"), page(10 * MINUTE, "X"), page(12 * MINUTE, "C")]
    then = (A, {"within": "5 minutes"}, {"exclude": X}, C)
    assert numbers(events, *then, include="only_before") == [0]
    assert numbers([*events[:2], page(8 * MINUTE, "C"), *events[2:]], *then, include="only_before") == [0, 1]


def test_g8_distances_run_between_checkpoints_also_around_an_exclusion():
    events = [page(0, "A"), page(MINUTE, "C")]
    assert meets(events, A, {"exclude": X}, {"within": "1 minute"}, C)
    assert not meets(events, A, {"exclude": X}, {"within": "59 seconds"}, C)


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("second", [{"where": {"dimension": "page", "exists": True}}, {"container": "session", "where": {"metric": "events", "at_least": 1}}])
def test_g7_no_session_has_another_checkpoint_beside_a_whole_session(order, second):
    chance = random.Random(order)
    whole = {"container": "session", "where": {"metric": "events", "at_least": 1}}
    then = [whole, second][:: -1 if order else 1]
    persons = [[page(at * chance.choice([0, 1, 1000]), "a") for at in range(chance.randint(1, 6))] for _ in range(50)]
    persons = [sorted(person, key=lambda event: event[0]) for person in persons]
    for container, met in (("session", False), ("person", True)):
        persons_of = [*persons, [page(0, "a"), page(GAP + 1, "b"), page(3 * GAP, "c")]]
        rows = table(persons_of, "page", metrics=["events"], segments=[{"container": container, "where": {"then": then}}])
        assert any(kind == "item" for kind, *_ in rows) == met
