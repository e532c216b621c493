"""Rules W1-W4 on the product's kernel and finish: what comes right before and after an anchor, column by column."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.journeys.hashing import value_id
from cja_spark.kernels import flow_walk
from cja_spark.reports.flow import Flow
from cja_spark.reports.flow_rows import NODES
from tests.unit.kernels.by_hand import GAP, cells_of, page, rows_of, table_of
from tests.unit.kernels.test_rules_of_paths import visit

CART = [visit("Home", "Products", "Cart", "Products", "Cart", "Billing", "Done")]


def rows(persons, **asked):
    return rows_of(persons, report="flow", **{"dimension": "page", **asked})


def name(row, side=("item_kind", "flow_item")):
    """An item as its text, all else in brackets."""
    kind, item = (row[one] for one in side)
    return item if kind == "item" else f"({kind})"


def nodes(persons, column=1, **asked):
    return {name(row): row["path_views"] for row in rows(persons, **asked) if row["row_kind"] == "node" and row["flow_column"] == column}


def links(persons, column=0, **asked):
    some = [row for row in rows(persons, **asked) if row["row_kind"] == "link" and row["flow_column"] == column]
    return {(name(row), name(row, ("next_kind", "next_item"))): row["path_views"] for row in some}


def items(*texts):
    return {"items": [*texts]}


@pytest.mark.parametrize(
    ("way", "limit", "column", "found"),
    [
        ("starts_with", False, 1, {"Products": 1, "Billing": 1}),
        ("starts_with", True, 1, {"Products": 1}),
        ("ends_with", False, -1, {"Products": 2}),
        ("ends_with", True, -1, {"Products": 1}),
        ("contains", False, 1, {"Products": 1, "Billing": 1}),
        ("contains", True, 1, {"Products": 1}),
    ],
)
def test_w2_each_occurrence_anchors_and_limit_keeps_the_first_or_the_last(way, limit, column, found):
    assert nodes(CART, column, **{way: items("Cart")}, limit=limit) == found


def test_w2_the_limit_is_per_unit():
    own = [[page(0, "a"), page(1, "b"), page(2, "a"), page(GAP * 2, "a"), page(GAP * 2 + 1, "c")]]
    assert nodes(own, starts_with=items("a"), limit=True) == {"b": 1, "c": 1}
    assert nodes(own, starts_with=items("a"), limit=True, container="person") == {"b": 1}
    assert nodes(own, -1, ends_with=items("a"), limit=True, container="person") == {"b": 1}


def test_w2_an_anchor_that_is_last_has_the_exit_after_it():
    assert nodes([visit("a", "b")], starts_with=items("b")) == {"(exit)": 1}
    assert nodes([visit("a", "b")], -1, ends_with=items("a")) == {"(entry)": 1}


def test_w2_several_items_anchor_each_as_its_node():
    assert links([visit("a", "b", "c")], starts_with=items("a", "b")) == {("a", "b"): 1, ("b", "c"): 1}


def test_w2_entry_and_exit_are_of_units_with_a_value():
    own = [visit("a", "b"), visit("a", "c"), visit(None, None)]
    assert links(own, starts_with="entry") == {("(entry)", "a"): 2}
    assert links(own, 1, starts_with="entry") == {("a", "b"): 1, ("a", "c"): 1}
    assert links(own, -1, ends_with="exit") == {("b", "(exit)"): 1, ("c", "(exit)"): 1}


def test_w2_a_metric_is_a_node_of_its_own_between_what_is_strictly_before_and_after():
    own = [[page(0, "a"), page(1, "b", orders=1), page(2, "c")], [page(0, None, orders=1), page(1, orders=0)]]
    found = rows(own, contains={"metric": "orders"}, columns=1)
    assert [(row["flow_column"], row["item_kind"], row["flow_item"], row["path_views"]) for row in found if row["row_kind"] == "node"] == [
        (-1, "item", "a", 1), (-1, "entry", None, 1), (0, "metric", "orders", 2), (1, "item", "c", 1), (1, "exit", None, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(("repeats", "found"), [("first", "b"), ("last", "a"), ("keep", "a")])
def test_w1_a_run_stands_at_its_first_or_last_event(repeats, found):
    own = [[page(0, "a", orders=1), page(1, "a"), page(2, "b")]]
    assert nodes(own, starts_with={"metric": "orders"}, repeats=repeats) == {found: 1}


def test_w1_one_item_and_all_equal_are_one_step_and_all_null_is_none():
    own = [visit("a"), visit("a", "a", None, "a"), visit(None)]
    assert links(own, starts_with=items("a")) == {("a", "(exit)"): 2}
    assert links(own, starts_with=items("a"), repeats="keep") == {("a", "a"): 2, ("a", "(exit)"): 2}


def test_w1_excluded_values_go_before_runs_are_collapsed():
    assert links([visit("a", "x", "a", "b")], starts_with=items("a"), exclude=["x"]) == {("a", "b"): 1}


def test_w1_a_value_that_lasts_is_no_step():
    view = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "most_recent", "expiration": "session"}}}}
    assert nodes([visit("a", "b", None)], starts_with=items("a"), repeats="keep", view=view, columns=2) == {"b": 1}
    assert nodes([visit("a", "b", None)], 2, starts_with=items("a"), repeats="keep", view=view, columns=2) == {"(exit)": 1}


def skus(*lists):
    return [(at, {"sku": list_}) for at, list_ in enumerate(lists)]


def test_w1_several_values_lead_to_every_value_of_the_next_event_and_never_to_a_sibling():
    own = [skus(["shoes", "shirt"], [], ["shirt", "socks"])]
    assert links(own, dimension="sku", starts_with=items("shoes")) == {("shoes", "shirt"): 1, ("shoes", "socks"): 1}
    assert links(own, dimension="sku", starts_with="entry", columns=2, column=1) == {
        ("shirt", "shirt"): 1, ("shirt", "socks"): 1, ("shoes", "shirt"): 1, ("shoes", "socks"): 1
    }  # fmt: skip


def test_w1_the_same_value_twice_on_an_event_is_one_and_events_in_a_row_are_kept():
    own = [skus(["a", "a"], ["a"], ["a", None])]
    assert links(own, dimension="sku", starts_with=items("a")) == {("a", "a"): 2, ("a", "(exit)"): 1}


def test_w1_a_table_that_is_full_is_replaced_by_a_larger_one(monkeypatch):
    own = [skus(["a", "b"], ["c", "d", "e"], ["b"], ["a", "d"]) for _ in range(7)]
    whole = rows(own, dimension="sku", contains=items("a", "c"))
    monkeypatch.setattr(flow_walk, "ROOM", 1)
    assert rows(own, dimension="sku", contains=items("a", "c")) == whole
    assert {name(row): row["path_views"] for row in whole if row["row_kind"] == "node" and row["flow_column"] == 2}["b"] == 7


def test_w3_a_path_that_is_through_stays_at_its_exit_however_many_columns_there_are():
    found = rows([visit("a", "b")], starts_with=items("a"), columns=4)
    assert [(row["flow_column"], name(row)) for row in found if row["row_kind"] == "node"] == [(0, "a"), (1, "b"), (2, "(exit)"), (3, "(exit)"), (4, "(exit)")]
    assert links([visit("a", "b")], 3, starts_with=items("a"), columns=4) == {("(exit)", "(exit)"): 1}


def test_w3_values_are_occurrences_people_and_sessions_of_the_anchor():
    own = [[page(0, "a"), page(1, "b"), page(2, "a"), page(3, "b"), page(GAP * 2, "a"), page(GAP * 2 + 1, "b")], visit("a", "b")]
    [total, anchor, *_] = rows(own, starts_with=items("a"), columns=1)
    assert [(row["path_views"], row["people"], row["sessions"], row["percent_of_total"]) for row in (total, anchor)] == [(4, 2, 3, 1)] * 2


def test_w4_of_items_of_equal_count_the_first_bytes_are_shown_and_the_rest_is_other():
    own = [visit("a", last) for last in ("d", "b", "é", "c")]
    assert nodes(own, starts_with=items("a"), items=2) == {"b": 1, "c": 1, "(other)": 2}
    assert [*nodes(own, starts_with=items("a"))] == ["b", "c", "d", "é"]
    other = next(row for row in rows(own, starts_with=items("a"), items=2) if row["item_kind"] == "other")
    assert (other["people"], other["sessions"], other["percent_of_total"]) == (None, None, 0.5)


def test_w4_a_link_between_items_that_are_not_shown_is_one_of_other():
    own = [visit("a", one, other) for one, other in itertools.product("bc", "xy")]
    assert links(own, 1, starts_with=items("a"), items=1) == {("b", "x"): 1, ("b", "(other)"): 1, ("(other)", "x"): 1, ("(other)", "(other)"): 1}


@pytest.mark.parametrize("anchor", [{"starts_with": "entry"}, {"contains": items("a")}, {"ends_with": items("b", "c")}, {"contains": {"metric": "orders"}}])
@pytest.mark.parametrize("most", [1, 2, 10])
def test_w4_columns_add_up_to_the_anchored_paths_and_what_flows_in_flows_out(anchor, most):
    own = [visit(*pages, orders=orders) for pages in itertools.product(("a", "b", "c", None), repeat=3) for orders in (None, 1)]
    total, *rest = rows(own, **anchor, items=most, columns=3)
    columns, inflow, outflow = defaultdict(float), defaultdict(float), defaultdict(float)
    for row in rest:
        here, there = (row["flow_column"], name(row)), (row["flow_column"] + 1, name(row, ("next_kind", "next_item")))
        if row["row_kind"] == "node":
            columns[row["flow_column"]] += row["path_views"]
        else:
            outflow[here] += row["path_views"]
            inflow[there] += row["path_views"]
    assert total["path_views"] > 0
    assert {*columns.values()} == {total["path_views"]}
    inner = [key for key in inflow if key in outflow]
    assert inner
    assert all(inflow[key] == outflow[key] for key in inner)


def test_nobody_is_a_total_of_0():
    [total] = rows([], starts_with="entry")
    assert (total["path_views"], total["people"], total["percent_of_total"]) == (0, 0, None)
    assert len(rows([visit("a")], starts_with=items("z"))) == 1


def test_events_outside_the_range_and_masked_ones_are_no_steps():
    own = [[page(-1, "before"), page(0, "a"), page(1, "b"), page(2, "c")]]
    assert links(own, -1, ends_with=items("a")) == {("(entry)", "a"): 1}
    assert links(own, starts_with=items("a"), segments=[{"where": {"dimension": "page", "does_not_equal": "b"}}]) == {("a", "c"): 1}


def test_as_many_links_as_there_are_need_larger_tables(monkeypatch):
    own = [visit(*pages) for pages in itertools.product("abc", repeat=3)]
    whole = rows(own, starts_with="entry")
    monkeypatch.setattr(flow_walk, "ROOM", 1)
    assert rows(own, starts_with="entry") == whole


@pytest.mark.parametrize(
    "asked",
    [
        {"starts_with": "entry"}, {"ends_with": "exit", "limit": True}, {"contains": items("a", "b")}, {"starts_with": {"metric": "orders"}},
        {"dimension": "sku", "contains": items("a", "b"), "items": 1}, {"dimension": "sku", "starts_with": "entry", "items": 1},
    ],
)  # fmt: skip
def test_w4_links_of_what_is_shown_are_the_same_where_it_is_known_before(asked):
    own = [[(at, {"page": name, "sku": [name, "c"], "orders": int(name == "b")}) for at, name in enumerate(names)] for names in itertools.product("abcd", repeat=3)]
    asked = {"items": 2, "columns": 3, "report": "flow", "dimension": "page", **asked}
    whole = table_of(own, **asked)
    shown = {}
    for row in whole.to_pylist():
        if row["row_kind"] == "node":
            shown.setdefault(row["flow_column"], [])
            shown[row["flow_column"]] += [value_id(row["flow_item"])] if row["item_kind"] == "item" else []
    assert "other" in whole["item_kind"].to_pylist()
    known = {column: np.array(ids, np.int64) for column, ids in shown.items()}
    assert table_of(own, items_shown=known, **asked).equals(whole)
    cells = cells_of(own, items_shown=known, **asked).to_pylist()
    assert all(cell["k2"] in (*shown[cell["k1"]], *range(16)) for cell in cells if cell["measure"] == NODES)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "one of starts_with, contains and ends_with"),
        ({"starts_with": "entry", "ends_with": "exit"}, "one of starts_with, contains and ends_with"),
        ({"starts_with": "exit"}, "nothing comes after an exit"),
        ({"ends_with": "entry"}, "nothing comes after an exit or before an entry"),
        ({"contains": "entry"}, "contains: entry has paths on one side"),
        ({"starts_with": {"items": ["a"], "metric": "orders"}}, "one of items and metric"),
        ({"starts_with": {"items": []}}, "one of items and metric"),
        ({"starts_with": {"metric": "events"}}, "'events' is of every event"),
        ({"starts_with": "home"}, "starts_with"),
        ({"starts_with": "entry", "columns": 0}, "columns"),
        ({"starts_with": "entry", "columns": 21}, "columns"),
        ({"starts_with": "entry", "items": 101}, "items"),
        ({"starts_with": "entry", "container": "event"}, "container"),
        ({"starts_with": "entry", "repeats": "none"}, "repeats"),
        ({"starts_with": "entry", "dimension": None}, "dimension"),
    ],
)
def test_what_is_no_flow_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Flow.model_validate({"dimension": "page", **wrong})


LINKED = [visit("a", "b")] * 3 + [visit("a", "c")] * 2 + [visit("a", "d"), visit("z"), visit("z", "b")]


@pytest.mark.parametrize(
    ("links_", "found"),
    [(1, {"b": 4, "(other)": 3, "(exit)": 1}), (2, {"b": 4, "c": 2, "(other)": 1, "(exit)": 1}), (9, {"b": 4, "c": 2, "d": 1, "(exit)": 1})],
)
def test_links_of_most_path_views_say_which_items_are_shown(links_, found):
    assert nodes(LINKED, starts_with=items("a", "z"), columns=1, links=links_) == found


def test_links_leave_the_column_of_the_anchor_and_the_links_between_what_is_shown():
    assert nodes(LINKED, 0, starts_with=items("a", "z"), columns=1, links=1) == {"a": 6, "z": 2}
    found = links(LINKED, starts_with=items("a", "z"), columns=1, links=1)
    assert found == {("a", "b"): 3, ("a", "(other)"): 3, ("z", "b"): 1, ("z", "(exit)"): 1}


def test_links_are_of_the_items_that_a_column_shows_at_most():
    assert nodes(LINKED, starts_with=items("a"), columns=1, items=1, links=3) == {"b": 3, "(other)": 3}


def test_equal_links_are_ranked_by_column_then_by_bytes():
    assert nodes([visit("a", "c"), visit("a", "b")], starts_with=items("a"), columns=1, links=1) == {"b": 1, "(other)": 1}
    assert nodes([visit("a", "b", "c")], 2, starts_with=items("a"), columns=2, links=1) == {"(other)": 1}
    assert nodes([visit("a", "b", "c")], 1, starts_with=items("a"), columns=2, links=1) == {"b": 1}


def test_links_of_all_columns_are_ranked_together():
    persons = [visit("a", "b", "c")] * 2 + [visit("a", "d")] * 3
    assert nodes(persons, 1, starts_with=items("a"), columns=2, links=1) == {"d": 3, "(other)": 2}
    assert nodes(persons, 2, starts_with=items("a"), columns=2, links=1) == {"(other)": 2, "(exit)": 3}
