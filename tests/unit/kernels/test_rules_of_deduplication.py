"""Rule M4 on the product's kernels and finish: of a repeated value one counts."""

import datetime as dt

import pytest
from pydantic import ValidationError

from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, END, GAP, START, VIEW, page, table

LAST = END - START


def counted(*persons, asked=None, **how):
    """Orders per page, where an order counts as `how` says; pages tell the events apart."""
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "deduplication": how}}}
    rows = table(list(persons), "page", metrics=["orders", "events"], view=view, **(asked or {}))
    return {row[1]: row[2] for row in rows if row[0] == "item"}


TWICE = [page(0, "a", orders=2), page(1, "b", orders=5), page(1 + GAP + 1, "c", orders=7)]


@pytest.mark.parametrize(
    ("scope", "keep", "found"),
    [
        ("session", "first", {"a": 2, "b": 0, "c": 7}), ("session", "last", {"a": 0, "b": 5, "c": 7}),
        ("person", "first", {"a": 2, "b": 0, "c": 0}), ("person", "last", {"a": 0, "b": 0, "c": 7}),
    ],
)  # fmt: skip
def test_m4_the_first_or_last_of_a_scope_counts(scope, keep, found):
    assert counted(TWICE, scope=scope, keep=keep) == found
    assert counted(TWICE, TWICE, scope=scope, keep=keep) == {name: 2 * amount for name, amount in found.items()}


def test_m4_a_value_of_0_or_none_is_no_first_one():
    assert counted([page(0, "a", orders=0), page(1, "b"), page(2, "c", orders=3)]) == {"a": 0, "b": 0, "c": 3}


def test_m4_at_equal_times_the_order_of_events_decides():
    assert counted([page(0, "a", orders=1), page(0, "b", orders=1)]) == {"a": 1, "b": 0}


def test_m4_an_id_tells_orders_apart_and_one_without_is_no_repetition():
    events = [page(0, "x", orders=1), page(1, "x", orders=1), page(2, "y", orders=1), page(3, orders=1), page(4, orders=1)]
    assert counted(events, id="page") == {"x": 1, "y": 1, "No value": 2}


def test_m4_equal_ids_at_equal_times_are_one_and_different_ones_are_not():
    events = [page(0, "x", orders=1), page(0, "x", orders=2), page(0, "y", orders=4), page(0, "x", orders=8)]
    assert counted(events, id="page") == {"x": 1, "y": 4}
    assert counted(events, id="page", keep="last") == {"x": 8, "y": 4}


def test_m4_a_value_of_0_is_no_first_one_of_its_id():
    events = [page(0, "x", orders=0), page(1, "x", orders=3), page(2, "x", orders=5), page(3, "x", orders=0)]
    assert counted(events, id="page") == {"x": 3}
    assert counted(events, id="page", keep="last") == {"x": 5}


@pytest.mark.parametrize(("scope", "found"), [("month", {"b": 0}), ("range", {"b": 1}), ("all", {"b": 0})])
def test_m4_one_that_counts_before_the_range_is_not_shown(scope, found):
    later = {"range": {"from": dt.date(2025, 1, 10), "to": dt.date(2025, 1, 12)}, "person_scope": scope}
    assert counted([page(0, "a", orders=1), page(9 * DAY, "b", orders=1)], scope="person", asked=later) == found
    same_id = [page(0, "b", orders=1), page(9 * DAY, "b", orders=1)]
    assert counted(same_id, scope="person", id="page", asked=later) == found


@pytest.mark.parametrize("scope", ["session", "person"])
def test_m4_what_comes_after_the_range_is_not_the_last_one(scope):
    assert counted([page(LAST - 1, "a", orders=1), page(LAST, "b", orders=1)], scope=scope, keep="last") == {"a": 1}
    assert counted([page(-1, "a", orders=1), page(0, "b", orders=1)], scope=scope, keep="last") == {"b": 1}


def test_m4_one_of_a_session_that_counts_before_the_range_is_not_shown():
    assert counted([page(-1, "a", orders=1), page(0, "b", orders=1)], scope="session") == {"b": 0}


def test_m4_amounts_of_items_go_with_their_event():
    view = {"metrics": {**VIEW["metrics"], "units": {"field": "items[].units", "deduplication": {}}}}
    events = [page(at, "a", sku=["s", "t"], units=[1.0, 2.0]) for at in (0, 1)]
    assert table([events], "sku", metrics=["units"], view=view) == [("total", None, 3), ("item", "t", 2), ("item", "s", 1)]


def test_o10_a_session_starts_with_no_metric_that_asks_for_sessions():
    orders = {"field": "orders", "deduplication": {}}
    with pytest.raises(ValidationError, match="starts_with: metric 'orders' has deduplication, which asks for sessions"):
        View.model_validate({"name": "v", "session": {"starts_with": ["orders"]}, "metrics": {"orders": orders}})


SPAN = 1_800_000


@pytest.mark.parametrize(("gap", "found"), [(SPAN, {"a": 1, "b": 0}), (SPAN + 1, {"a": 1, "b": 1})])
def test_m4_further_than_a_span_from_what_counted_counts_again_and_at_the_span_does_not(gap, found):
    events = [page(0, "a", orders=1), page(gap, "b", orders=1)]
    assert counted(events, scope="person", within="30 minutes") == found
    assert counted(events, scope="person", within="30 minutes", keep="last") == {"a": found["b"], "b": 1}


def test_m4_a_span_begins_with_what_counts_not_with_what_does_not():
    events = [page(at * (SPAN - 1), name, orders=1) for at, name in enumerate("abcde")]
    assert counted(events, scope="person", within="30 minutes") == {"a": 1, "b": 0, "c": 1, "d": 0, "e": 1}


def test_m4_each_person_and_each_id_has_spans_of_its_own():
    events = [page(0, "x", orders=1), page(1, "y", orders=1), page(2, "x", orders=1), page(SPAN + 1, "x", orders=1), page(SPAN + 1, "y", orders=1)]
    assert counted(events, events, scope="person", id="page", within="30 minutes") == {"x": 4, "y": 2}


def test_m4_with_an_id_of_two_spans_an_event_in_between_is_measured_from_its_own():
    events = [page(0, "x", orders=1), page(SPAN, "x", orders=1), page(SPAN + 1, "x", orders=1), page(2 * SPAN + 1, "x", orders=1)]
    assert counted(events, scope="person", id="page", within="30 minutes") == {"x": 2}
