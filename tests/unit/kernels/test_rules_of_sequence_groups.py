"""Rules G9 and G10, G4 and O7 of sequences, on the product's kernels: groups, both sides, and what is no sequence."""

import datetime as dt

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.reports.compile import asks_of
from cja_spark.reports.table import Table
from cja_spark.view.condition import Segment
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, JANUARY, MINUTE, START, VIEW, kept, page
from tests.unit.kernels.test_rules_of_sequences import FAR, A, B, C, X, is_page, meets, numbers, pages


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


def test_g7_o7_checkpoints_outside_the_range_are_not_seen():
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
