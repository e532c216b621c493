"""Rules G7 to G10, on the product's kernels: the boundaries of sequences."""

import datetime as dt

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.reports.compile import asks_of
from cja_spark.reports.table import Table
from cja_spark.view.condition import Segment
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, GAP, JANUARY, MINUTE, START, VIEW, kept, page, table

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


def group(*conditions, join="all"):
    return {"logic_group": {join: list(conditions)}}


def test_g9_a_group_is_met_in_any_order_between_its_neighbours():
    for text, met in (("CABX", True), ("CBAX", True), ("ACBX", False), ("CAXB", False), ("CAX", False), ("CBABX", True)):
        assert meets(pages(text), C, group(A, B), X) == met, text


def test_g9_one_event_may_serve_several_conditions():
    assert meets(pages("A"), group(A, {"dimension": "page", "exists": True}))


def test_g9_the_smallest_interval_counts():
    """A and B end at 1 minute; the B at 10 minutes makes a larger interval of the same A, which is not taken."""
    events = [page(0, "A"), page(MINUTE, "B"), page(10 * MINUTE, "B"), page(12 * MINUTE, "C")]
    assert not meets(events, group(A, B), {"within": "5 minutes"}, C)
    assert meets(events, group(A, B), {"within": "11 minutes"}, C)
    assert meets([*events[:2], page(9 * MINUTE, "A"), *events[2:]], group(A, B), {"within": "5 minutes"}, C)


def test_g9_a_group_is_met_within_one_unit():
    assert kept([pages("A"), pages("B")], {"then": [group(A, B)]}, "person") == []


def test_g9_any_in_a_group_is_one_match():
    assert meets(pages("AC"), group(A, B, join="any"), C)
    assert meets(pages("BC"), group(A, B, join="any"), C)
    assert not meets(pages("CA"), group(A, B, join="any"), C)
    assert meets(pages("BCA"), group(A, B, join="any"), C)
    session = {"container": "session", "where": B}
    events = [page(0, "B"), page(1, "A"), page(2, "C"), page(3, "B")]
    assert meets(events, group(A, session, join="any"), C)  # the event A, though the session ends after C


def test_g9_an_excluded_group_is_not_both_or_neither():
    for text, both, neither in (("CAX", True, False), ("CABX", False, False), ("CX", True, True), ("ACBX", True, False)):
        assert meets(pages(text), C, {"exclude": group(A, B)}, X) == both, text
        assert meets(pages(text), C, {"exclude": group(A, B, join="any")}, X) == neither, text


def test_g10_before_and_after_take_the_last_and_the_first_occurrence():
    events = pages("ABCDBCDE")
    then = (B, is_page("D"))
    assert numbers(events, *then, include="only_before") == [0, 1, 2, 3, 4]
    assert numbers(events, *then, include="only_after") == [3, 4, 5, 6, 7]
    assert numbers(pages("AC"), *then, include="only_before") == []


def test_g10_before_and_after_stay_in_the_unit():
    events = [page(0, "."), page(1, "A"), page(2, "B"), page(FAR + 2, ".")]
    assert numbers(events, A, B, include="only_after", container="session") == [2]
    assert numbers(events, A, B, include="only_before", container="session") == [0, 1]


def test_o7_checkpoints_outside_the_range_are_not_seen():
    end = START + 31 * DAY
    inside = [page(0, "A"), page(31 * DAY - 1, "B")]
    assert meets(inside, A, B)
    assert not meets([page(-1, "A"), page(0, "B")], A, B)
    assert not meets([page(0, "A"), page(end - START, "B")], A, B)


def test_g4_a_sequence_and_its_exclusion_partition_the_persons():
    persons = [pages("AB"), pages("BA"), pages("A"), []]
    one, other = (kept(persons, where, "person") for where in ({"then": [A, B]}, {"exclude": {"then": [A, B]}}))
    assert sorted(one + other) == ["0.0", "0.1", "1.0", "1.1", "2.0"]
    assert one == ["0.0", "0.1"]


def test_a_segment_by_name_is_a_checkpoint_of_its_container():
    segments = {"on_a": {"where": A}, "session_of_b": {"container": "session", "where": B}}
    events = [page(0, "A"), page(1, "B"), page(FAR + 1, "B")]
    assert kept([events], {"then": ["on_a", "session_of_b"]}, "person", segments) == ["0.0", "0.1", "0.2"]
    assert kept([events[:2]], {"then": ["on_a", "session_of_b"]}, "person", segments) == []


def test_a_condition_of_several_parts_holds_a_sequence():
    where = {"all": [{"then": [A, B]}, {"exclude": C}]}
    assert kept([pages("AB"), pages("ABC")], where, "person") == ["0.0", "0.1"]
    nested = {"container": "session", "where": {"then": [A, B]}}
    assert kept([[page(0, "A"), page(FAR, "B")], pages("AB")], nested, "person") == ["1.0", "1.1"]


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ([{"within": "1 day"}, "a"], "there is none before them"),
        (["a", {"within": "1 day"}], "stand before the checkpoint that they are for"),
        (["a", {"within": "1 day"}, {"after": "1 day"}, "b"], "in one item"),
        ([{"exclude": "x"}, {"within": "1 day"}, "a"], "there is none before them"),
        (["a", {"after": "1 day"}, {"exclude": "x"}, "b"], "an excluded checkpoint may have 'within', not 'after'"),
        ([{"exclude": "a"}], "name a checkpoint that is not excluded"),
        ([], "at least 1 item"),
        (["a", {"container": "person", "where": "b"}], "a checkpoint is an event, a session or a logic_group, not a person"),
        (["a", group({"container": "person", "where": "b"})], "are of events or sessions, not of a person"),
        (["a", {"within": "3 evnts"}, "b"], "'3 evnts' is no duration. .* '3 events', '1 session'"),
        (["a", {"withn": "3 events"}, "b"], "Did you mean 'within'?"),
        (["a", {"within": {"dimension": "page", "count": -1}}, "b"], "greater than or equal to 0"),
        (["a", {"then": ["b", "c"]}], "a sequence needs container: session or person"),
        (["a", *([{"within": "1 day"}, {"exclude": "x"}] * 2), "b"], "put several in a logic_group"),
    ],
)  # fmt: skip
def test_what_is_no_sequence_says_why(then, said):
    with pytest.raises(ValueError, match=said):
        Segment.model_validate({"container": "person", "where": {"then": then}})


def test_an_event_has_no_order_and_before_needs_a_sequence():
    with pytest.raises(ValueError, match="a sequence needs container: session or person"):
        Segment.model_validate({"where": {"then": [A, B]}})
    with pytest.raises(ValueError, match="a sequence needs container: session or person"):
        Segment.model_validate({"container": "person", "where": {"container": "event", "where": {"all": [{"then": [A]}, B]}}})
    with pytest.raises(ValueError, match="include: only_before needs a sequence"):
        Segment.model_validate({"container": "person", "include": "only_before", "where": A})


def test_changes_are_counted_of_one_value_per_event():
    then = [A, {"within": {"dimension": "sku", "count": 1}}, B]
    report = Table.model_validate({
        "report": "table", "metrics": ["events"], "range": JANUARY,
        "segments": [{"container": "person", "where": {"then": then}}],
    })  # fmt: skip
    with pytest.raises(ConfigurationError, match="a distance in its values .*dimension 'sku' has several values"):
        asks_of([report], View.model_validate(VIEW), None, data_until=0, as_of=0, arrays={})


def test_a_segment_is_written_as_it_was_read():
    written = {
        "container": "person", "include": "only_after",
        "where": {"then": [A, {"exclude": group(B, C)}, {"after": "1 minute", "within": "3 events"}, C, {"within": {"dimension": "page", "count": 2}}, group(B, C, join="any")]},
    }  # fmt: skip
    segment = Segment.model_validate(written)
    assert Segment.model_validate_json(segment.model_dump_json(exclude_none=True)) == segment
    assert dt.timedelta(minutes=1) == segment.where.then[2].after.duration
