"""Segments of the view on the product's kernels: before the report's own, after everything that sees all events (O10, P7, A7)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import GAP, VIEW, page, rows_of, table

NOT_A = {"where": {"dimension": "page", "does_not_equal": "a"}}
TWO = {"container": "person", "where": {"metric": "events", "at_least": 2}}
PERSONS = [[page(0, "a"), page(1, "b")], [page(0, "b"), page(1, "c")], [page(0, "a")]]


def view(*view_segments, **more):
    return {"view_segments": list(view_segments), **more}


def test_every_report_of_the_view_sees_only_what_its_segments_keep():
    assert table(PERSONS, "page", metrics=["events", "people"], view=view(NOT_A)) == [
        ("total", None, 3, 2), ("item", "b", 2, 2), ("item", "c", 1, 1)
    ]  # fmt: skip
    assert rows_of(PERSONS, view=view(NOT_A), report="trend", metrics=["events"])[0]["events"] == 3
    assert rows_of(PERSONS, view=view(NOT_A), report="sessions")[0]["people"] == 2
    steps = rows_of(PERSONS, view=view(NOT_A, metrics=VIEW["metrics"]), report="fallout", steps=["events", {"dimension": "page", "equals": "c"}])
    assert [row["people"] for row in steps] == [2, 1]


def test_o10_a_segment_of_the_report_is_asked_of_what_the_view_leaves():
    assert table(PERSONS, metrics=["people"], view=view(), segments=[TWO]) == [("total", 2)]
    assert table(PERSONS, metrics=["people"], view=view(NOT_A), segments=[TWO]) == [("total", 1)]


def test_o10_segments_of_the_view_are_each_asked_of_all_events_so_their_order_is_nothing():
    for both in ((TWO, NOT_A), (NOT_A, TWO)):
        assert table(PERSONS, metrics=["events", "people"], view=view(*both)) == [("total", 3, 2)]


def test_o10_a_named_segment_and_one_written_in_place_are_the_same():
    named = view("not_a", segments={"not_a": NOT_A})
    assert table(PERSONS, metrics=["events"], view=named) == table(PERSONS, metrics=["events"], view=view(NOT_A))


def test_p7_sessions_and_their_figures_see_hidden_events():
    visit = [page(0, "b"), page(GAP, "a"), page(2 * GAP, "b")]  # one session; without 'a' they would be two
    figures = ["sessions", "session_starts", "session_ends", "bounces", "time_spent_seconds"]
    assert table([visit], metrics=figures, view=view(NOT_A)) == [("total", 1, 1, 1, 0, GAP / 1000)]
    begins = [{"where": {"metric": "session_starts", "at_least": 1}}]
    assert table([[page(0, "a"), page(1, "b")]], metrics=["events"], view=view(NOT_A), segments=begins) == [("total", 0)]


def test_p7_values_that_hidden_events_set_persist():
    lasting = {"dimensions": {"page": {"field": "page", "persistence": {}}, "sku": "items[].sku"}}
    not_own_a = {"where": {"dimension": "page", "model": "instance", "does_not_equal": "a"}}
    assert table([[page(0, "a"), page(1)]], "page", metrics=["events"], view=view(not_own_a, **lasting)) == [
        ("total", None, 1), ("item", "a", 1)
    ]  # fmt: skip


def test_a7_a_hidden_touch_keeps_its_credit_and_a_hidden_conversion_is_none():
    credited = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "first_touch", "container": "person"}}}}
    events = [page(0, "a"), page(1, "b", orders=2)]
    assert table([events], "page", metrics=["orders"], view=view(NOT_A, **credited))[1] == ("item", "a", 2)
    not_b = {"where": {"dimension": "page", "does_not_equal": "b"}}
    assert table([events], "page", metrics=["orders"], view=view(not_b, **credited))[0] == ("total", None, 0)


def test_m4_a_repetition_of_a_hidden_event_does_not_count():
    once = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "deduplication": {}}}}
    assert table([[page(0, "a", orders=1), page(1, "b", orders=1)]], metrics=["orders"], view=view(NOT_A, **once)) == [("total", 0)]


def test_f9_steps_after_the_range_are_those_that_the_view_keeps():
    asked = {"report": "fallout", "steps": [{"dimension": "page", "equals": "b"}, {"dimension": "page", "equals": "c"}], "window": "3 days"}
    last = 31 * 86_400_000 - 1
    journeys = [[page(last, "b"), page(last + 5, "c")]]
    no_c = {"where": {"dimension": "page", "does_not_equal": "c"}}
    assert [row["people"] for row in rows_of(journeys, view=view(), **asked)] == [1, 1]
    assert [row["people"] for row in rows_of(journeys, view=view(no_c), **asked)] == [1, 0]


@pytest.mark.parametrize("written", [[{"where": {"dimension": "page"}}], ["no name"], [3]], ids=str)
def test_what_is_no_segment_is_a_fault(written):
    with pytest.raises(ValidationError, match="view_segments"):
        View.model_validate({"name": "v", "view_segments": written})
