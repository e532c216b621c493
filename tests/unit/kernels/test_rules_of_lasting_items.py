"""Rules P1, P3, P5 to P7 on the product's kernels and finish: which values the items of events have."""

import numpy as np
import pytest

from cja_spark.kernels.lasting_items import items_of_lasting
from cja_spark.project_bindings import binding_faults
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import GAP, page, table


def items(*events, **persistence):
    """What each item of one person has of `page`, in order; `views` is the metric that binds."""
    view = {
        "dimensions": {"page": {"field": "page", "persistence": {"expiration": "person", "binding": "sku", **persistence}}, "sku": "items[].sku"},
        "metrics": {"orders": "orders", "opens": "opens", "units": "items[].units"},
    }  # fmt: skip
    rows = table([list(events)], "sku", "page", metrics=["units"], view=view)
    return {(sku, value): units for kind, sku, value, units in rows if kind == "item"}


BINDS = {"binding_metric": "orders"}


def test_p6_an_event_that_carries_the_metric_binds_its_value_to_its_items():
    found = items(
        page(0, "a", orders=1, sku=["x", "y"]), page(1, "b", orders=1, sku=["z"]), page(2, sku=["x", "z"], units=[1, 2]), **BINDS
    )  # fmt: skip
    assert (found["x", "a"], found["z", "b"]) == (1, 2)


def test_p6_without_a_value_of_its_own_it_binds_the_one_that_persists():
    assert items(page(0, "a"), page(1, orders=1, sku=["x"]), page(2, "b"), page(3, sku=["x"], units=[1]), **BINDS)["x", "a"] == 1
    original = {**BINDS, "allocation": "original"}
    assert items(page(0, "a"), page(1, "b"), page(2, orders=1, sku=["x"], units=[1]), **original)["x", "a"] == 1
    assert items(page(0, "a"), page(1, "b", orders=1, sku=["x"], units=[1]), **original)["x", "b"] == 1  # its own comes first


def test_p6_an_unknown_item_has_no_value_and_none_is_taken_instead():
    found = items(page(0, "a", orders=1, sku=["x"]), page(1, "b", sku=["y", "x"], units=[1, 2]), **BINDS)
    assert (found["y", "No value"], found["x", "a"]) == (1, 2)


def test_p6_nothing_is_bound_to_an_item_without_a_value():
    found = items(page(0, "a", orders=1, sku=["", "x"], units=[4, 8]), page(1, "b"), page(2, sku=["", "x"], units=[1, 2]), **BINDS)
    assert {pair: units for pair, units in found.items() if units} == {("No value", "No value"): 5, ("x", "a"): 10}


def test_p6_rebound_items_go_by_allocation():
    events = [page(0, "a", orders=1, sku=["x"]), page(1, "b", orders=1, sku=["x"]), page(2, sku=["x"], units=[1])]
    assert items(*events, **BINDS)["x", "b"] == 1
    assert items(*events, **BINDS, allocation="original")["x", "a"] == 1


@pytest.mark.parametrize(("apart", "value"), [(10, "a"), (11, "No value")])
def test_p6_what_is_bound_expires_on_its_own(apart, value):
    events = [page(0, "a", orders=1, sku=["x"]), page(5, "a", orders=1, sku=["y"]), page(apart, sku=["x"], units=[1])]
    assert items(*events, **BINDS, expiration="10 ms")["x", value] == 1
    two = [page(0, "a", orders=1, sku=["x"]), page(GAP + 1, sku=["x"], units=[1])]
    assert items(*two, **BINDS, expiration="session")["x", "No value"] == 1


def test_p6_an_event_without_items_has_no_value_of_them():
    rows = table(
        [[page(0, "a", orders=1), page(1, "a", orders=1, sku=["x"])]], "page", metrics=["orders"],
        view={"dimensions": {"page": {"field": "page", "persistence": {"binding": "sku", **BINDS}}, "sku": "items[].sku"}},
    )  # fmt: skip
    assert rows == [("total", None, 2.0), ("item", "a", 1.0)]


def skus(*events, metrics="units", **persistence):
    """A metric by what lasts on the items of one person, unbound."""
    view = {"dimensions": {"page": "page", "sku": {"field": "items[].sku", "persistence": {"expiration": "person", **persistence}}}}
    rows = table([list(events)], "sku", metrics=[metrics], view=view)
    return {sku: units for kind, sku, units in rows if kind == "item"}


def test_p1_values_of_items_last_on_items_that_set_none():
    events = [page(0, sku=["a"], units=[1]), page(1, sku=["b"], units=[2]), page(2, sku=["", ""], units=[10, 20])]
    assert skus(*events) == {"b": 32, "a": 1}
    assert skus(*events, allocation="original") == {"a": 33}
    assert skus(*events, allocation="first_known") == {"a": 33}
    assert skus(*events, allocation="last_known") == {"b": 33}


def test_p1_the_values_of_an_events_items_are_one_list_that_lasts_whole():
    events = [page(0, sku=["a", "b", "a", ""], units=[1, 2, 4, 8]), page(1, sku=[""], units=[10])]
    assert skus(*events) == {"a": 15, "b": 12, "No value": 8}  # its own item by item, those that last each in full
    assert skus(*events, metrics="events") == {"No value": 1, "a": 2, "b": 2}


def test_p1_an_event_that_sets_some_keeps_its_items_without_a_value():
    assert skus(page(0, sku=["a"], units=[1]), page(1, sku=["b", ""], units=[2, 4])) == {"No value": 4, "b": 2, "a": 1}


def test_p1_an_original_is_the_list_of_the_first_event_on_all_later_ones():
    assert skus(page(0, sku=["a"], units=[1]), page(1, sku=["b", ""], units=[2, 4]), allocation="original") == {"a": 7}


def test_p1_values_of_items_do_not_last_on_events_without_items():
    events = [page(0, sku=["a"], units=[1]), page(1, units=[]), page(2, sku=[""], units=[2])]
    assert skus(*events, metrics="events") == {"a": 2}


@pytest.mark.parametrize(("apart", "found"), [(10, {"a": 3}), (11, {"No value": 2, "a": 1})])
def test_p3_values_of_items_expire_like_others(apart, found):
    events = [page(0, sku=["a"], units=[1]), page(apart, sku=[""], units=[2])]
    assert skus(*events, expiration="10 ms") == found
    assert skus(page(0, sku=["a"], units=[1]), page(GAP + 1, sku=[""], units=[2]), expiration="session") == {"No value": 2, "a": 1}
    assert skus(page(0, sku=["a"], units=[1], orders=1), page(1, sku=[""], units=[2]), expiration={"metric": "orders"}) == {"No value": 2, "a": 1}


def test_p1_each_person_has_a_list_of_its_own_and_nobody_without_events_has_one():
    view = {"dimensions": {"sku": {"field": "items[].sku", "persistence": {"expiration": "person"}}}}
    rows = table([[page(0, sku=["a"], units=[1])], [], [page(1, sku=["", ""], units=[2, 4])]], "sku", metrics=["units"], view=view)
    assert rows[1:] == [("item", "No value", 6), ("item", "a", 1)]


def test_p7_a_condition_asks_for_what_lasts_on_items_and_an_instance_for_what_was_set():
    view = {"dimensions": {"sku": {"field": "items[].sku", "persistence": {"expiration": "person"}}}}
    events = [[page(0, sku=["a", "b"]), page(1, sku=[""]), page(2, sku=["c"])]]

    def events_with(**condition):
        where = {"container": "event", "where": {"dimension": "sku", **condition}}
        return table(events, metrics=["events"], view=view, segments=[where])[0][1]

    assert (events_with(equals="b"), events_with(equals="b", model="instance"), events_with(exists=False)) == (2, 1, 0)


def test_p1_a_value_that_several_items_set_lasts_once():
    inner, values = items_of_lasting(np.array([5, 5, 7, 0, 0]), np.array([0, 3, 4, 5]), np.array([1, 1, 0]))
    assert (inner.tolist(), values.tolist()) == ([0, 1, 2, 3, 5, 6], [5, 5, 7, 5, 7, 0])


def test_p6_what_is_bound_to_items_that_last_themselves_is_bound_to_those_that_are_set():
    view = {"dimensions": {
        "sku": {"field": "items[].sku", "persistence": {"expiration": "person"}},
        "page": {"field": "page", "persistence": {"expiration": "person", "binding": "sku", "binding_metric": "orders"}},
    }}  # fmt: skip
    events = [page(0, "x", sku=["a", "b"], units=[1, 2], orders=1), page(1, sku=["b", ""], units=[4, 8])]
    assert dict(row[1:] for row in table([events], "page", metrics=["units"], view=view)[1:]) == {"x": 7, "No value": 8}


def test_p5_nothing_is_bound_to_the_parts_of_a_text():
    view = View.model_validate({"name": "v", "dimensions": {
        "tags": {"field": "tags", "substring": {"delimiter": {"by": ",", "array": True}}},
        "page": {"field": "page", "persistence": {"binding": "tags"}},
    }})  # fmt: skip
    assert [text for _, text in binding_faults(view, {})] == ["persistence: 'tags' makes several values of one text; values are bound to those of one value."]
