"""Rules O8, O9, O10 (1), (2), M1, M2 on the product's kernels and finish: what settings make of values."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from cja_spark.errors import CollisionError
from cja_spark.journeys.built import definition_of
from cja_spark.journeys.hashing import value_id
from cja_spark.journeys.merge import merge
from cja_spark.kernels.values import ListMap, ValueMap
from cja_spark.reports import dictionary
from cja_spark.view.spec import View
from cja_spark.view.text_numbers import is_set, marked
from tests.unit.kernels.by_hand import GAP, VIEW, page, table


def pages(*persons, metrics=("events",), asked=None, **settings):
    """Rows of a table by page, where page has some settings."""
    given = {"dimensions": {**VIEW["dimensions"], "page": {"field": "page", **settings}}}
    rows = table(list(persons), "page", metrics=list(metrics), view=given, **(asked or {}))
    return {row[1]: row[2] if len(metrics) == 1 else row[2:] for row in rows if row[0] == "item"}


def skus(*persons, metrics=("units",), **settings):
    given = {"dimensions": {**VIEW["dimensions"], "sku": {"field": "items[].sku", **settings}}}
    return {row[1]: row[2] for row in table(list(persons), "sku", metrics=list(metrics), view=given) if row[0] == "item"}


def amounts(field="orders", *, view=None, **settings):
    """What a metric with settings makes of null, NaN, 0, 1, a fraction and a negative amount."""
    metric = View.model_validate({"name": "v", "metrics": {"m": {"field": field, **settings}}}).metrics["m"]
    return [None if np.isnan(one) else one for one in metric.amounts(np.array([np.nan, 0.0, 1.0, 2.5, -1.0])).tolist()]


def bucket(text, *edges):
    view = View.model_validate({"name": "v", "dimensions": {"d": {"field": "d", "buckets": list(edges)}}})
    return view.dimensions["d"].shown(pa.array([text])).to_pylist()[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4.999999999999999", "Less than 5"), ("5", "5 to 7.5"), ("5.0", "5 to 7.5"), ("7.499999999999999", "5 to 7.5"),
        ("7.5", "7.5 to 10"), ("10", "Greater than or equal to 10"), ("-Infinity", "Less than 5"), ("1.0E300", "Greater than or equal to 10"),
        ("NaN", None), ("five", None), ("-0.0", "Less than 5"),
    ],
)  # fmt: skip
def test_m2_a_bucket_holds_its_lower_edge_and_not_its_upper_one(text, shown):
    assert bucket(text, 5, 7.5, 10) == shown


def test_m2_one_edge_makes_two_buckets_and_null_stays_null():
    assert [bucket(text, 0) for text in ("-1", "0")] == ["Less than 0", "Greater than or equal to 0"]
    assert pages([page(0, "3"), page(1)], buckets=[5]) == {"Less than 5": 1, "No value": 1}


def test_m2_the_uncounted_side_of_a_boolean_is_not_set():
    assert amounts(values_to_count=True) == [None, None, 1, 1, 1]
    assert amounts(values_to_count=False) == [None, 1, None, None, None]
    assert amounts(values_to_count="both") == amounts(behavior="instances") == [None, 1, 1, 1, 1]


def test_m2_instances_count_what_is_set_and_no_number_and_values_do_not():
    metric = {how: View.model_validate({"name": "v", "metrics": {"m": {"field": "m", **written}}}).metrics["m"] for how, written in {
        "values": {}, "instances": {"behavior": "instances"}, "both": {"values_to_count": "both"},
        "not_5": {"behavior": "instances", "include": {"does_not_equal": 5}}, "from_1": {"behavior": "instances", "include": {"at_least": 1}},
    }.items()}  # fmt: skip
    raw = marked(np.array([np.nan, np.nan, 5.0]), np.array([False, True, False]))  # nothing, a word, a number
    found = {how: [None if np.isnan(one) else one for one in made.amounts(raw).tolist()] for how, made in metric.items()}
    assert found == {"values": [None, None, 5], "instances": [None, 1, 1], "both": [None, None, 1], "not_5": [None, 1, None], "from_1": [None, None, 1]}


def test_o8_a_stored_nan_is_a_word_and_null_is_not_set():
    amounts = pa.array([None, float("nan"), 2.0], pa.float64())
    rows = pa.table({
        "person": pa.array([1]), "t": pa.array([[0, 1, 2]]), "m_plain": pa.ListArray.from_arrays([0, 3], amounts),
        "m_items": pa.ListArray.from_arrays([0, 3], pa.ListArray.from_arrays([0, 1, 1, 3], amounts)),
    })  # fmt: skip
    columns = merge([rows], ["m_plain", "m_items"]).columns
    assert is_set(columns["m_plain"]).tolist() == is_set(columns["m_items"].values).tolist() == [False, True, True]
    assert np.isnan(columns["m_plain"]).tolist() == [True, True, False]


def test_o9_instances_count_a_value_of_0_and_rules_look_at_the_amount_before():
    assert amounts(behavior="instances", include={"at_least": 1}) == [None, None, 1, 1, None]
    assert amounts(include={"any": [{"less_than": 0}, {"equals": 2.5}]}) == [None, None, None, 2.5, -1]


def test_m1_a_rule_acts_on_each_item_and_an_event_without_items_stays_without():
    basket = [page(0, sku=["a", "b"], units=[1, 2]), page(1, sku=["b"], units=[4]), page(2)]
    assert skus(basket, include={"equals": "a"}) == {"No value": 6, "a": 1}
    assert skus(basket, metrics=["events"], include={"equals": "a"}) == {"No value": 2, "a": 1}


def counted(events, field="page", name="pages", **include):
    """How many texts of a field a metric counts."""
    metrics = {**VIEW["metrics"], name: {"field": field, "behavior": "instances", "include": include}}
    return table([events], metrics=[name], view={"metrics": metrics})[0][1]


def test_m1_rules_of_texts_say_where_a_metric_counts():
    events = [page(0, "error 404"), page(1, "Error 500"), page(2, "home"), page(3)]
    assert counted(events, contains="rror") == 2
    assert counted(events, starts_with="e", case_sensitive=False) == 2
    assert counted(events, any=[{"equals": "home"}, {"ends_with": "404"}]) == 2
    assert counted(events, does_not_contain="rror") == 1
    assert counted(events, after=date(2025, 1, 1)) == 0


def test_m1_rules_of_texts_act_on_each_item():
    events = [page(0, sku=["a", "b", "a", ""]), page(1, sku=["b"]), page(2)]
    assert counted(events, "items[].sku", "skus", equals="a") == 2
    assert counted(events, "items[].sku", "skus", does_not_equal="a") == 2


def test_m1_rules_of_texts_look_at_what_came_and_not_at_what_a_dimension_makes_of_it():
    metrics = {**VIEW["metrics"], "pages": {"field": "page", "behavior": "instances", "include": {"equals": "Home"}}}
    shown = {"page": {"field": "page", "lowercase": True, "persistence": {}}}
    rows = table([[page(0, "Home"), page(1)]], "page", metrics=["pages"], view={"metrics": metrics, "dimensions": shown})
    assert rows == [("total", None, 1), ("item", "home", 1)]


def test_m1_items_that_become_the_same_value_are_one_row_and_count_an_event_once():
    basket = [page(0, sku=["A", "a", "b"], units=[1, 2, 4])]
    assert skus(basket, lowercase=True) == {"a": 3, "b": 4}
    assert skus(basket, metrics=["events"], lowercase=True) == {"a": 1, "b": 1}


def test_o8_a_value_twice_in_a_list_counts_its_event_once_and_no_items_are_no_row():
    basket = [page(0, sku=["a", "a", "", ""], units=[1, 2, 4, 8]), page(1, sku=["a"], units=[16]), page(2)]
    assert skus(basket, metrics=["events"]) == {"a": 2, "No value": 1}
    assert skus(basket) == {"a": 19, "No value": 12}


def test_o8_no_value_as_a_value_is_on_items_that_have_none_and_on_no_event_without_items():
    basket = [page(0, sku=["a", ""], units=[1, 2]), page(1, units=[])]
    assert skus(basket, metrics=["events"], no_value={"label": "a", "as_value": True}) == {"a": 1}
    assert skus(basket, no_value={"label": "none", "as_value": True}) == {"a": 1, "none": 2}


def test_o10_what_a_rule_leaves_out_is_no_value_as_a_value_too():
    events = [page(0, "a"), page(1, "b"), page(2)]
    assert pages(events, include={"equals": "a"}, no_value={"label": "none", "as_value": True}) == {"a": 1, "none": 2}


def test_o8_no_value_as_a_value_overwrites_what_persists_and_merges_with_an_equal_text():
    events = [page(0, "blue", orders=1), page(1, orders=10), page(2, "Red", orders=100)]
    as_red = {"label": "Red", "as_value": True}
    assert pages(events, metrics=["orders"], persistence={}) == {"blue": 11, "Red": 100}
    assert pages(events, metrics=["orders"], persistence={}, no_value=as_red) == {"blue": 1, "Red": 110}
    assert pages(events, metrics=["orders"], no_value=as_red) == {"blue": 1, "Red": 110}


def test_o8_what_is_cut_to_nothing_or_to_white_space_is_not_set():
    events = [page(0, "a-"), page(1, "-b"), page(2, "a- ")]
    assert pages(events, substring={"delimiter": {"by": "-", "index": 2}}) == {"No value": 2, "b": 1}


def test_o10_include_comes_first_then_case_then_substring():
    events = [page(0, "Shop/A"), page(1, "shop/a"), page(2, "blog/a")]
    assert pages(events, include={"starts_with": "S"}, lowercase=True, substring={"from_left": {"from": {"match": "p/"}}}) == {"No value": 2, "a": 1}
    assert pages(events, include={"starts_with": "S", "case_sensitive": False}, lowercase=True) == {"shop/a": 2, "No value": 1}


def test_o10_values_come_before_persistence_deduplication_and_segments():
    events = [page(0, "spring", orders=1), page(1, "internal", orders=10)]
    assert pages(events, metrics=["orders"], persistence={}, include={"does_not_contain": "internal"}) == {"spring": 11}
    where = {"container": "event", "where": {"dimension": "page", "equals": "sp"}}
    cut = {"from_left": {"to": 2}}
    assert pages(events, substring=cut, asked={"segments": [where]}) == {"sp": 1}
    view = {
        "dimensions": {"page": {"field": "page", "lowercase": True}},
        "metrics": {**VIEW["metrics"], "orders": {"field": "orders", "deduplication": {"id": "page"}}},
    }
    assert table([[page(0, "X", orders=1), page(1, "x", orders=2)]], metrics=["orders"], view=view) == [("total", 1)]


def test_o10_a_metric_that_its_rules_refuse_opens_no_session():
    events = [[page(0, opens=1), page(1, opens=5)]]
    assert table(events, metrics=["sessions"]) == [("total", 2)]
    metrics = {**VIEW["metrics"], "opens": {"field": "opens", "include": {"less_than": 5}}}
    assert table([[page(0), *events[0]]], metrics=["sessions"], view={"metrics": metrics}) == [("total", 2)]
    assert table([[page(0, opens=5), page(GAP, opens=5)]], metrics=["sessions"], view={"metrics": metrics}) == [("total", 1)]


def test_t3_a_dimension_hides_its_own_no_value_and_a_table_decides_for_all():
    view = {"dimensions": {"page": {"field": "page", "no_value": {"label": "-", "show": False}}, "sku": "items[].sku"}}
    events = [[page(0, "a", sku=["x"]), page(1, sku=["x"]), page(2, "a", sku=[""])]]

    def rows(**asked):
        return [row[:-1] for row in table(events, "page", "sku", metrics=["events"], view=view, **asked)[1:] if row[0] == "item"]

    assert rows() == [("item", "a", "No value"), ("item", "a", "x")]
    assert rows(include_no_value=True) == [("item", "-", "x"), ("item", "a", "No value"), ("item", "a", "x")]
    assert rows(include_no_value=False) == [("item", "a", "x")]
    assert rows(include_no_value=["page"]) == [("item", "-", "x"), ("item", "a", "x")]


def test_o4_days_are_shown_by_a_bucket_of_the_views_calendar():
    view = {"dimensions": {"page": {"field": "page", "granularity": "month", "no_value": "never"}}}
    events = [page(0, "2025-03-09"), page(1, "2025-03-31 23:59:59"), page(2, "2025-04-01"), page(3, "soon"), page(4, "2025-02-30"), page(5)]
    assert table([events], "page", metrics=["events"], view=view)[1:] == [("item", "never", 3), ("item", "2025-03", 2), ("item", "2025-04", 1)]
    retail = table([events[:3]], "page", metrics=["events"], view={**view, "calendar": "4-5-4"})
    assert retail[1:] == [("item", "FY2025-M02", 3)]


def parts(*events, metric="events", by=",", **settings):
    """A metric by the parts of pages."""
    view = {"dimensions": {"page": {"field": "page", "substring": {"delimiter": {"by": by, "array": True}}, **settings}, "sku": "items[].sku"}}
    return {row[1]: row[2] for row in table([list(events)], "page", metrics=[metric], view=view)[1:]}


def test_m6_parts_of_a_text_are_values_and_an_amount_goes_to_each_once():
    events = [page(0, "a,b,a", orders=5), page(1, "b, ,c", orders=1), page(2, orders=7), page(3, ",", orders=9)]
    assert parts(*events, metric="orders") == {"b": 6, "a": 5, "c": 1}
    assert parts(*events) == {"b": 2, "a": 1, "c": 1}


def test_o10_parts_are_made_after_include_and_case_and_before_labels_and_days():
    events = [page(0, "A,true"), page(1, "no,A"), page(2, "a")]
    assert parts(*events, include={"does_not_contain": "no"}, lowercase=True, true_label="Yes") == {"a": 2, "Yes": 1}
    assert parts(page(0, "2025-03-09,2025-03-31,x"), granularity="month") == {"2025-03": 1}


def test_parts_are_ten_at_most():
    assert len(parts(page(0, ",".join("abcdefghijkl")))) == 10


def test_conditions_ask_for_any_part():
    view = {"dimensions": {"page": {"field": "page", "substring": {"delimiter": {"by": "|", "array": True}}}}}
    where = {"container": "event", "where": {"dimension": "page", "equals": "b"}}
    events = [[page(0, "a|b"), page(1, "ab"), page(2, "b"), page(3)]]
    assert table(events, metrics=["events"], view=view, segments=[where]) == [("total", 2)]
    without = {"container": "event", "where": {"dimension": "page", "exists": False}}
    assert table(events, metrics=["events"], view=view, segments=[without]) == [("total", 1)]


def test_a_map_to_lists_knows_ids_with_parts_without_and_unknown_ones():
    how = ListMap(np.array([-5, 20, 30]), np.array([0, 2, 2, 3]), np.array([7, 8, 7]))
    offsets, found = how.parts_of(np.array([30, 0, 20, -5, 99]))
    assert (offsets.tolist(), found.tolist()) == ([0, 1, 1, 1, 3, 3], [7, 7, 8])
    assert how.sources(np.array([8])) == {8: -5}
    assert how.parts_of(np.zeros(0, np.int64))[0].tolist() == [0]


def test_one_field_is_many_components_with_settings_of_their_own():
    view = {"dimensions": {"page": "page", "sku": {"field": "items[].sku", "lowercase": True}}}
    rows = table([[page(0, "A", sku=["A"]), page(1, "a", sku=["a"])]], "page", "sku", metrics=["events"], view=view)
    assert [row[1:3] for row in rows[1:]] == [("A", "a"), ("a", "a")]


def test_a_map_knows_ids_that_stay_those_that_change_and_those_that_are_not_set():
    how = ValueMap(np.array([20, 30, 40]), np.array([50, 0, 20]), nothing=99)
    assert how.of(np.array([10, 20, 30, 40, 0, 20, 60])).tolist() == [10, 50, 99, 20, 99, 50, 60]
    assert how.of(np.zeros(0, np.int64)).tolist() == []
    assert ValueMap().of(np.array([0, 7])).tolist() == [0, 7]
    assert how.sources(np.array([50, 20, 10])) == {50: 20, 20: 40, 10: 10}


def test_two_shown_texts_under_one_id_are_refused(monkeypatch):
    view = View.model_validate({"name": "v", "dimensions": {"d": {"field": "d", "lowercase": True}}})
    texts = ["A", "B", "c"]
    monkeypatch.setattr(dictionary, "value_id", lambda text: 77)
    with pytest.raises(CollisionError, match="dimension 'd'.*77"):
        dictionary.shown_of("d", view, np.array([1, 2, 3]), pa.array(texts))
    monkeypatch.setattr(dictionary, "value_id", lambda text: 3)  # of a value that stays as it is
    with pytest.raises(CollisionError, match="dimension 'd'"):
        dictionary.shown_of("d", view, np.array([1, 2, 3]), pa.array(["A", "a", "c"]))


def test_texts_that_change_have_the_id_of_their_new_text():
    view = View.model_validate({"name": "v", "dimensions": {"d": {"field": "d", "lowercase": True}}})
    shown = dictionary.shown_of("d", view, np.array([value_id("A"), value_id("b")]), pa.array(["A", "b"]))
    assert shown.map.of(np.array([value_id("A"), value_id("b")])).tolist() == [value_id("a"), value_id("b")]
    assert sorted(shown.texts["value"].to_pylist()) == ["a", "b"]


@pytest.mark.parametrize(
    "settings",
    [
        {"include": {"contains": "x"}}, {"lowercase": True}, {"granularity": "week"}, {"substring": {"trim": {}}}, {"buckets": [1]}, {"true_label": "Y"},
        {"no_value": {"label": "x", "as_value": True}},
    ],
    ids=str,
)  # fmt: skip
def test_settings_of_values_are_no_part_of_what_journeys_hold(settings):
    plain = {"name": "v", "dimensions": {"d": {"field": "d"}}, "metrics": {"m": {"field": "m"}}}
    changed = {**plain, "dimensions": {"d": {"field": "d", **settings}}, "metrics": {"m": {"field": "m", "include": {"equals": 1}, "behavior": "instances"}}}
    assert definition_of(View.model_validate(plain), {}) == definition_of(View.model_validate(changed), {})
