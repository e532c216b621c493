"""Rule Q, functions of experiments: what units have, and which row is the control, on journeys written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cja_spark.kernels.squares import paired, squares_per_code
from cja_spark.view.context import CONTEXTS
from tests.unit.kernels.by_hand import DAY, HOUR, VIEW, page, rows_of

A_AND_B = [
    [page(0, "A", orders=1), page(1, "A", orders=2)], [page(0, "A"), page(HOUR, "A", orders=1)], [page(0, "A")],
    [page(0, "B", orders=3)], [page(0, "B", orders=5), page(1, "A")],
]  # fmt: skip
NULL = pytest.approx(float("nan"), nan_ok=True)


def one(formula, *dimensions, persons=A_AND_B, view=None, **asked):
    """A formula on each row, by the values of dimensions."""
    given = {**VIEW, "metrics": {**VIEW["metrics"], "it": {"calculate": formula}}, **(view or {})}
    names = dimensions or ("page",)
    rows = rows_of(persons, report="table", dimensions=list(names), metrics=["it", "events"], sort="events", view=given, **asked)
    values = [tuple(row[name] for name in names) if row["row_kind"] == "item" else row["row_kind"] for row in rows]
    return {value[0] if len(value) == 1 else value: row["it"] for value, row in zip(values, rows, strict=True)}


def test_q_a_unit_is_squared_as_a_whole():
    """Persons on A have 3, 1, 0 and 0 orders: variance (9 + 1 - 16/4) / 3; their events 1, 2, 0, 1, 0, 0."""
    assert one("sample_variance(orders, people)")["A"] == pytest.approx((10 - 16 / 4) / 3)
    assert one("sample_variance(orders, sessions)")["A"] == pytest.approx((10 - 16 / 5) / 4)
    assert one("sample_variance(orders, events)")["A"] == pytest.approx((6 - 16 / 6) / 5)


def test_q_in_total_a_unit_has_what_it_has_on_all_rows():
    """Of five persons: 3, 1, 0, 3, 5."""
    found = one("sample_variance(orders, people)")
    assert found["total"] == pytest.approx((9 + 1 + 9 + 25 - 144 / 5) / 4)
    assert one("total(sample_variance(orders, people))")["A"] == found["total"]


def test_q_units_of_a_segment_are_those_of_all_where_the_segment_is_the_metrics():
    segments = {"segments": {"many": {"where": {"metric": "orders", "at_least": 2}}}}
    assert one("sample_variance(orders[many], people)", view=segments)["A"] == pytest.approx((4 - 4 / 4) / 3)
    assert one("sample_variance(orders, people)[many]", view=segments)["B"] == pytest.approx(9 + 25 - 64 / 2)
    assert one("sample_variance(people[many], people)", view=segments)["A"] == pytest.approx((1 - 1 / 4) / 3)


def test_q_what_persons_have_of_sessions_and_events():
    assert one("sample_variance(sessions, people)")["A"] == pytest.approx((1 + 4 + 1 + 1 - 25 / 4) / 3)
    assert one("sample_variance(events, people)")["A"] == pytest.approx((4 + 4 + 1 + 1 - 36 / 4) / 3)
    assert one("sample_variance(bounces, sessions)")["A"] == pytest.approx((3 - 9 / 5) / 4)


def test_m6_an_item_counts_once_per_unit_and_row():
    """Persons have 3 and 4 units of x; of the second event's two items with x the amounts are the person's together."""
    persons = [[page(0, sku=["x", "y"], units=[1.0, 7.0]), page(1, sku=["x"], units=[2.0])], [page(0, sku=["x", "x"], units=[1.0, 3.0])]]
    assert one("sample_variance(units, people)", "sku", persons=persons)["x"] == pytest.approx(9 + 16 - 49 / 2)
    assert one("sample_variance(events, people)", "sku", persons=persons)["x"] == pytest.approx(4 + 1 - 9 / 2)
    assert one("sample_variance(orders, events)", "sku", persons=persons)["x"] == 0


def test_t3_without_no_value_the_total_is_of_what_lies_on_rows():
    persons = [[page(0, "A", orders=1), page(1, orders=9)], [page(0, "A", orders=2)], [page(0, orders=4)]]
    found = one("sample_variance(orders, people)", persons=persons, include_no_value=False)
    assert (found["total"], found["grand_total"]) == (pytest.approx(0.5), pytest.approx((100 + 4 + 16 - 256 / 3) / 2))
    items = [[page(0, sku=["x", None], units=[1.0, 9.0])], [page(0, sku=["x", "y"], units=[2.0, 1.0])]]
    assert one("sample_variance(units, people)", "sku", persons=items, include_no_value=False)["total"] == pytest.approx(1 + 9 - 16 / 2)


def test_q_lift_is_of_the_metric_per_unit():
    assert one("lift(orders, people, control='A')") == {"total": None, "A": 0, "B": pytest.approx(4 / 1 - 1)}
    assert one("lift(orders, events, control='A')")["B"] == pytest.approx(4 / (4 / 6) - 1)
    assert one("lift(orders, people, control='B')")["A"] == pytest.approx(-0.75)


def test_q_the_control_is_found_where_it_is_not_shown():
    persons = [*A_AND_B, [page(at, "C", orders=8) for at in range(9)]]
    found = one("lift(orders, people, control='B')", persons=persons, rows=1)
    assert found == {"total": None, "C": pytest.approx(72 / 4 - 1), "other": None}


def test_q_without_a_control_there_is_nothing_to_compare_with():
    assert one("lift(orders, people, control='Z')") == dict.fromkeys(("total", "A", "B"))
    assert one("confidence(orders, people, control='a')") == dict.fromkeys(("total", "A", "B"))
    assert one("difference_lower(orders, people, control='A')", persons=[]) == {"total": None}


def test_q_a_control_that_has_nothing_has_no_lift_and_a_confidence():
    persons = [[page(0, "A")], [page(0, "A")], [page(0, "B", orders=1)], [page(0, "B")]]
    assert one("lift(orders, people, control='A')", persons=persons)["B"] is None
    assert one("confidence(orders, people, control='A')", persons=persons)["B"] == 0  # of four persons nothing is known
    many = [persons[at // 400] for at in range(1_600)]
    assert one("confidence(orders, people, control='A')", persons=many)["B"] == pytest.approx(1)


def test_q_one_unit_has_no_variance_and_so_nothing_that_needs_one():
    persons = [[page(0, "A", orders=1)], [page(0, "B", orders=2)], [page(0, "B", orders=3)]]
    for name in ("confidence", "difference_upper"):
        assert one(f"{name}(orders, people, control='A')", persons=persons) == dict.fromkeys(("total", "A", "B"))
    assert one("confidence_lower(orders, people)", persons=persons)["A"] is None
    assert one("lift(orders, people, control='A')", persons=persons)["B"] == 1.5


def test_q_without_variance_the_bounds_are_the_mean_and_without_anything_there_is_no_confidence():
    persons = [[page(0, name, orders=2)] for name in "AABB"]
    assert one("confidence_lower(orders, people)", persons=persons) == one("confidence_upper(orders, people)", persons=persons)
    assert one("confidence(orders, people, control='A')", persons=persons)["B"] == 0
    nothing = [[page(0, name)] for name in "AABB"]
    assert one("confidence(orders, people, control='A')", persons=nothing) == dict.fromkeys(("total", "A", "B"))


def test_q_no_value_is_a_control_by_its_label():
    persons = [[page(0, "A", orders=3)], [page(0, orders=2)]]
    assert one("lift(orders, people, control='No value')", persons=persons)["A"] == 0.5
    assert one("lift(orders, people, control='No value')", persons=persons, include_no_value=False)["A"] is None
    labelled = {"dimensions": {**VIEW["dimensions"], "page": {"field": "page", "no_value": {"label": "nobody"}}}}
    assert one("lift(orders, people, control='nobody')", persons=persons, view=labelled)["A"] == 0.5


def test_q_a_value_called_as_no_value_comes_before_it():
    persons = [[page(0, "A", orders=3)], [page(0, orders=2)], [page(0, "No value", orders=1)]]
    lift = {row["it"] for row in rows_of(persons, report="table", dimensions=["page"], metrics=["it"], view={**VIEW, "metrics": {**VIEW["metrics"], "it": {"calculate": "lift(orders, people, control='No value')"}}})}
    assert lift == {None, 2, 1, 0}


def test_q_in_a_group_without_the_value_no_value_of_its_name_is_the_control():
    persons = [[(0, {"page": name, "channel": test, "orders": amount})] for test, name, amount in
               (("one", "No value", 1), ("one", "B", 2), ("two", None, 4), ("two", "B", 2))]  # fmt: skip
    view = {"dimensions": {"page": {"field": "page", "context": "variant"}, "channel": "channel"}}
    found = one("lift(orders, people, control='No value')", "channel", "page", persons=persons, view=view)
    assert (found["one", "B"], found["two", "B"]) == (1, -0.5)


def test_q_in_a_table_of_several_dimensions_each_row_has_the_control_of_its_own_group():
    persons = [[(0, {"page": name, "channel": test, "orders": amount})] for test, name, amount in
               (("one", "A", 1), ("one", "B", 2), ("two", "A", 4), ("two", "B", 2), ("three", "B", 9))]  # fmt: skip
    view = {"dimensions": {"page": {"field": "page", "context": "variant"}, "channel": "channel"}}
    found = one("lift(orders, people, control='A')", "channel", "page", persons=persons, view=view)
    assert found == {"total": None, ("one", "A"): 0, ("one", "B"): 1, ("two", "A"): 0, ("two", "B"): -0.5, ("three", "B"): None}


def test_q_rows_are_sorted_by_lift():
    given = {**VIEW, "metrics": {**VIEW["metrics"], "it": {"calculate": "lift(orders, people, control='A')"}}}
    rows = rows_of(A_AND_B, report="table", dimensions=["page"], metrics=["it"], sort="it", rows=1, view=given)
    assert [(row["row_kind"], row["page"], row["it"]) for row in rows[1:]] == [("item", "B", 3), ("other", None, None)]


def test_q_time_is_in_seconds_also_squared():
    persons = [[page(0, "A"), page(2_000, "A")], [page(0, "A"), page(4_000, "A")]]
    assert one("sample_variance(time_spent_seconds, people)", persons=persons)["A"] == pytest.approx(2)


def test_q_over_time_each_bucket_has_its_own_units():
    view = {**VIEW, "metrics": {**VIEW["metrics"], "it": {"calculate": "sample_variance(orders, people)"}, "low": {"calculate": "confidence_lower(orders, people)"}}}
    persons = [[page(0, orders=1), page(1, orders=1), page(DAY, orders=5)], [page(0), page(DAY, orders=5)]]
    rows = rows_of(persons, report="trend", metrics=["it", "low"], view=view)
    assert [row["it"] for row in rows[:4]] == [pytest.approx(49 + 25 - 144 / 2), 2, 0, None]
    assert (rows[2]["low"], rows[3]["low"]) == (5, None)


def test_what_a_unit_has_under_a_code_is_a_pair_of_its_own():
    pairs, of_pair = paired(np.array([0, 1, 0, 0, 1], np.int32), np.array([3, 3, 3, 4, 3]), 2)
    assert (pairs.tolist(), of_pair.tolist()) == ([0, 1, 0, 2, 1], [0, 1, 0])
    assert squares_per_code(np.array([3.0, 2.0, -1.0]), of_pair, 3).tolist() == [10, 4, 0]


def test_labels_are_those_of_experiments():
    assert CONTEXTS == ("experiment", "variant")
