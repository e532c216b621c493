"""Rules G1 to G5, G10 (everyone) and O7, on the product's kernels."""

import datetime as dt

import pytest
from pydantic import ValidationError

from cja_spark.errors import ConfigurationError
from cja_spark.reports.compile import asks_of
from cja_spark.reports.table import Table
from cja_spark.view.condition import Segment
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import GAP, JANUARY, VIEW, kept, page, table

HELP, HOME = {"dimension": "page", "equals": "help"}, {"dimension": "page", "equals": "home"}
ORDER = {"metric": "orders", "at_least": 1}
FAR = GAP + 1
TWO_SESSIONS = [page(0, "home"), page(1, orders=1), page(FAR + 1, "help"), page(FAR + 2, "home")]
EVENTS = ["0.0", "0.1", "0.2", "0.3"]


def test_g1_leaves_of_an_event_need_the_same_event():
    assert kept([TWO_SESSIONS], {"all": [HOME, ORDER]}) == []


def test_g1_leaves_of_a_session_or_person_may_use_different_events():
    assert kept([TWO_SESSIONS], {"all": [HOME, ORDER]}, "session") == EVENTS[:2]
    assert kept([TWO_SESSIONS], {"all": [HELP, ORDER]}, "session") == []
    assert kept([TWO_SESSIONS], {"all": [HELP, ORDER]}, "person") == EVENTS


@pytest.mark.parametrize(("at_least", "person"), [(3, EVENTS[:3]), (3.5, [])])
def test_g1_a_metric_leaf_compares_the_sum_of_the_unit(at_least, person):
    events = [page(0, orders=1), page(1, orders=2), page(FAR + 1)]
    where = {"metric": "orders", "at_least": at_least}
    assert kept([events], where, "person") == person
    assert kept([events], where, "session") == person[:2]
    assert kept([events], where) == []


def test_g1_more_than_and_less_than_leave_out_the_bound_itself():
    three = [[page(0, orders=3)]]
    for name, at_bound, beside in (("more_than", 3, 2.5), ("less_than", 3, 3.5)):
        assert kept(three, {"metric": "orders", name: at_bound}) == []
        assert kept(three, {"metric": "orders", name: beside}) == ["0.0"]


@pytest.mark.parametrize(("model", "events"), [("repeating", 2), ("instance", 1)])
def test_g5_an_instance_is_a_value_of_the_events_own(model, events):
    view = {"dimensions": {"page": {"field": "page", "persistence": {}}, "sku": "items[].sku"}}
    where = {"dimension": "page", "equals": "a", "model": model}
    assert table([[page(0, "a"), page(1)]], metrics=["events"], segments=[{"where": where}], view=view) == [("total", events)]


def test_g1_a_metric_that_is_not_set_is_zero_in_a_sum_and_matches_nothing_on_an_event():
    few = {"metric": "orders", "at_most": 0}
    assert kept([[page(0), page(1, orders=0)]], few) == ["0.1"]
    assert kept([[page(0)]], few, "person") == ["0.0"]


def test_g1_every_event_is_of_one_session_and_units_count_theirs():
    assert kept([TWO_SESSIONS], {"metric": "sessions", "equals": 1}) == EVENTS
    assert kept([TWO_SESSIONS], {"metric": "sessions", "equals": 1}, "session") == EVENTS
    assert kept([TWO_SESSIONS], {"metric": "sessions", "equals": 2}, "person") == EVENTS


def distinct(dimension, **comparisons):
    return {"dimension": dimension, "distinct": comparisons}


def test_g1_a_distinct_count_is_of_the_values_of_the_unit():
    person = [page(0, "a"), page(1, "a"), page(2), page(FAR + 2, "b")]
    assert kept([person, [page(0, "a")]], distinct("page", at_least=2), "person") == EVENTS
    assert kept([person], distinct("page", at_least=2), "session") == []
    assert kept([person], distinct("page", equals=1), "session") == EVENTS
    assert kept([person], distinct("page", at_most=0)) == ["0.2"]
    assert kept([[page(0)], [], [page(0), page(1)]], distinct("page", less_than=1), "person") == ["0.0", "2.0", "2.1"]


def test_g1_a_distinct_count_of_items_takes_all_items_of_the_unit():
    person = [page(0, sku=["x", "y", "x"]), page(1, sku=["y"]), page(FAR + 1, sku=["z"]), page(FAR + 2)]
    two = {"container": "session", "where": distinct("sku", more_than=1, at_most=2)}
    assert events_kept(person, distinct("sku", equals=3), "person") == 4
    assert events_kept(person, distinct("sku", equals=2), "session") == 2
    assert events_kept(person, distinct("sku", equals=2)) == 1
    assert events_kept(person, {"exclude": two}, "person") == 0


def events_kept(person, where, container="event"):
    """How many events a segment keeps; `kept` would add items of its own."""
    return table([person], metrics=["events"], segments=[{"container": container, "where": where}])[0][1]


def test_g1_a_distinct_count_sees_only_events_of_the_range():
    assert kept([[page(-1, "b"), page(0, "a")]], distinct("page", at_least=2), "person") == []


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ({"dimension": "page", "distinct": {}}, "distinct needs one of at_least"),
        ({"dimension": "page", "distinct": {"at_least": 2}, "equals": "a"}, "needs exactly one of"),
        ({"dimension": "page", "distinct": {"at_least": 2}, "model": "instance"}, "distinct counts values"),
    ],
    ids=str,
)
def test_g1_a_distinct_count_that_makes_no_sense_is_refused(where, fault):
    with pytest.raises(ValidationError, match=fault):
        Segment.model_validate({"where": where})


def test_g2_the_outermost_container_returns_all_events_of_its_units():
    assert kept([TWO_SESSIONS], {"container": "event", "where": HELP}, "session") == EVENTS[2:]
    assert kept([TWO_SESSIONS], {"container": "event", "where": HELP}, "person") == EVENTS


def test_g2_a_nested_container_is_a_condition_on_its_parent_unit_only():
    order_and_home = {"container": "session", "where": {"all": [HOME, ORDER]}}
    help_and_order = {"container": "session", "where": {"all": [HELP, ORDER]}}
    assert kept([TWO_SESSIONS], order_and_home, "person") == EVENTS
    assert kept([TWO_SESSIONS], help_and_order, "person") == []
    whole_person = {"container": "person", "where": {"all": [HELP, ORDER]}}
    assert kept([TWO_SESSIONS], whole_person, "session") == []


def test_g2_a_segment_used_in_another_is_its_container():
    segments = {"helped": {"container": "session", "where": HELP}}
    assert kept([TWO_SESSIONS], {"segment": "helped"}, "person", segments) == EVENTS
    assert kept([TWO_SESSIONS], {"segment": "helped"}, "session", segments) == EVENTS[2:]


VALUES = [page(0, "a"), page(1), page(2, "b")]


@pytest.mark.parametrize(("positive", "negative"), [("equals", "does_not_equal"), ("equals_any_of", "equals_none_of")])
def test_g3_negative_operators_are_complements_and_null_matches_them(positive, negative):
    asked = "a" if positive == "equals" else ["a", "zzz"]
    assert kept([VALUES], {"dimension": "page", positive: asked}) == ["0.0"]
    assert kept([VALUES], {"dimension": "page", negative: asked}) == ["0.1", "0.2"]


def test_g3_exists_asks_whether_a_value_is_set():
    assert kept([VALUES], {"dimension": "page", "exists": True}) == ["0.0", "0.2"]
    assert kept([VALUES], {"dimension": "page", "exists": False}) == ["0.1"]


def test_g3_several_values_match_if_any_does():
    baskets = [page(0, sku=["x", "y"]), page(1, sku=["y"]), page(2)]
    assert kept([baskets], {"dimension": "sku", "equals": "x"}) == ["0.0"]
    assert kept([baskets], {"dimension": "sku", "does_not_equal": "x"}) == ["0.1", "0.2"]


def test_g3_a_list_with_duplicates_matches_once_and_without_items_only_what_is_negative():
    baskets = [[page(0, sku=["x", "x"]), page(1, sku=["y", "x", "y"]), page(2, sku=[""]), page(3)]]

    def events(**condition):
        return table(baskets, metrics=["events"], segments=[{"where": {"dimension": "sku", **condition}}])[0][1]

    assert (events(equals="x"), events(does_not_equal="x")) == (2, 2)
    assert (events(equals="y"), events(does_not_equal="y")) == (1, 3)
    assert (events(exists=True), events(exists=False)) == (2, 2)


@pytest.mark.parametrize("container", ["event", "session", "person"])
@pytest.mark.parametrize(
    "where", [HELP, ORDER, {"any": [HELP, ORDER]}, {"dimension": "page", "does_not_equal": "home"}]
)
def test_g4_a_segment_and_its_exclusion_part_the_events(container, where):
    persons = [TWO_SESSIONS, VALUES, [page(0, "help")], []]
    included, excluded = kept(persons, where, container), kept(persons, {"exclude": where}, container)
    assert sorted(included + excluded) == [*EVENTS, "1.0", "1.1", "1.2", "2.0"]


def test_g4_a_nested_exclusion_means_no_such_unit_inside_the_parent():
    no_help = {"exclude": {"container": "session", "where": HELP}}
    assert kept([TWO_SESSIONS, VALUES], {"all": [HOME, no_help]}, "person") == []
    assert kept([TWO_SESSIONS, VALUES], no_help, "person") == ["1.0", "1.1", "1.2"]
    assert kept([TWO_SESSIONS, VALUES], no_help, "session") == [*EVENTS[:2], "1.0", "1.1", "1.2"]


# The published example; its event 4 has its value only by persistence, so it sets none itself.
PUBLISHED = [page(at, name) for at, name in enumerate(["Women", "Men", "Women", None, "Checkout", "Women", "Home"])]


@pytest.mark.parametrize("model", ["instance", "non_repeating"])
def test_g5_the_published_example(model):
    where = {"dimension": "page", "equals": "Women", "model": model}
    assert kept([PUBLISHED], where) == ["0.0", "0.2", "0.5"]


def test_g5_non_repeating_skips_what_the_person_set_last_and_null_is_transparent():
    runs = [page(0, "a"), page(1, "a"), page(2), page(3, "a"), page(4, "b"), page(5, "a")]
    where = {"dimension": "page", "equals": "a", "model": "non_repeating"}
    assert kept([runs, [page(0, "a")]], where) == ["0.0", "0.5", "1.0"]
    other = {"dimension": "page", "does_not_equal": "a", "model": "non_repeating"}
    assert kept([runs], other) == ["0.4"]
    assert kept([[page(0)]], other) == []


def test_g5_non_repeating_refuses_a_dimension_with_several_values_on_an_event():
    where = {"dimension": "sku", "equals": "x", "model": "non_repeating"}
    report = Table.model_validate({"range": JANUARY, "segments": [{"where": where}]})
    with pytest.raises(ConfigurationError, match="'sku' has several values"):
        asks_of([report], View.model_validate(VIEW), None, data_until=0, as_of=0, arrays={})


def test_g10_everyone_keeps_events_before_and_after_the_match():
    events = [page(0), page(1, "help"), page(2)]
    assert kept([events], HELP, "session") == ["0.0", "0.1", "0.2"]


def test_o7_segments_see_only_events_of_the_range():
    start = JANUARY["from"]
    assert start == dt.date(2025, 1, 1)
    assert kept([[page(-1, "help"), page(0, "home")]], HELP, "session") == []
    assert kept([[page(-1, "home"), page(0, "help"), page(1, orders=1)]], {"metric": "events", "equals": 2}, "person") == [
        "0.1", "0.2",
    ]  # fmt: skip
