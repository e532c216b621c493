"""Derived fields that look at other events, on the product's kernels and finish: W5, M4, O10, at their boundaries."""

import datetime as dt

import numpy as np
import pytest

from cja_spark.journeys.batch import Journeys, Window
from cja_spark.kernels.neighbours import all_distinct
from cja_spark.reports.neighbours import with_neighbours
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, GAP, MINUTE, VIEW, page, table


def has(*events, asked=None, input="page", **function):
    """What each event has: the dimension `made` of events that are numbered by a page of their own (`sku`)."""
    numbered = [(t, {**values, "sku": [f"#{number}"]}) for number, (t, values) in enumerate(events)]
    view = {
        "derived": {"made": [{"input": input, **function}]},
        "dimensions": {**VIEW["dimensions"], "page": {"derived": "made"}},
        "metrics": {**VIEW["metrics"], "orders": {"derived": "made"}},
    }
    view |= {"metrics": VIEW["metrics"]} if input == "page" else {"dimensions": VIEW["dimensions"]}
    if input == "page":
        rows = table([numbered], "sku", "page", metrics=["events"], view=view, **(asked or {}))
    else:
        rows = table([numbered], "sku", metrics=["orders"], view=view, **(asked or {}))
    found = {row[1]: row[2] for row in rows if row[0] == "item"}
    return [None if found.get(f"#{at}") == "No value" else found.get(f"#{at}") for at in range(len(events))]


def pages(*names, apart=1):
    return [page(at * apart, name) for at, name in enumerate(names)]


def moved(direction="next", **how):
    return {"function": "next_or_previous", "direction": direction, **how}


@pytest.mark.parametrize(
    ("names", "how", "found"),
    [
        (["a"], moved(), [None]),
        ([None, None], moved(), [None, None]),
        (["a", "a", "a"], moved(), [None] * 3),
        (["a", "a", "a"], moved(include_repeats=True), ["a", "a", None]),
        (["a", "b", "c"], moved(index=2), ["c", None, None]),
        (["a", "b", "c"], moved(index=3), [None] * 3),
        (["a", "b", "c"], moved("previous", index=2), [None, None, "a"]),
        (["a", None, "a", "b"], moved(), ["b", None, "b", None]),
        (["a", None, "b", "a"], moved("previous"), [None, None, "a", "b"]),
        (["a", "b", "a", "a", "c"], moved(index=2), ["a", "c", None, None, None]),
    ],
)  # fmt: skip
def test_w5_the_nth_value_of_a_later_or_earlier_run(names, how, found):
    assert has(*pages(*names), **how) == found


def test_w5_at_equal_times_the_order_of_events_decides():
    assert has(*pages("a", "b", "c", apart=0), **moved()) == ["b", "c", None]


@pytest.mark.parametrize(("scope", "found"), [("session", [None, None]), ("person", ["b", None])])
def test_w5_a_session_ends_before_a_person_does(scope, found):
    assert has(page(0, "a"), page(GAP + 1, "b"), scope=scope, **moved()) == found


def test_w5_nobody_else_is_a_neighbour():
    view = {"derived": {"made": [{"input": "page", "scope": "person", **moved()}]}, "dimensions": {"page": {"derived": "made"}}}
    rows = table([pages("a", "b"), pages("c"), pages("d", "e")], "page", metrics=["events"], view=view)
    assert sorted(row[1:] for row in rows if row[0] == "item") == [("No value", 3), ("b", 1), ("e", 1)]


def test_w5_a_run_of_equal_values_ends_with_its_person():
    columns = {"d_x": [21, 21, 22]}
    assert made_of(columns, 1, 2, scope="person", **moved("previous")) == [0, 0, 21]


LATER = {"range": {"from": dt.date(2025, 1, 10), "to": dt.date(2025, 1, 12)}}


@pytest.mark.parametrize(("person_scope", "found"), [("month", "a"), ("range", None), ("all", "a")])
def test_o7_what_lies_before_the_range_is_seen_since_the_person_scope(person_scope, found):
    events = [page(0, "a"), page(9 * DAY, "b")]
    assert has(*events, asked={**LATER, "person_scope": person_scope}, scope="person", **moved("previous"))[1] == found


def test_o7_what_lies_after_the_range_is_no_neighbour():
    assert has(page(10 * DAY, "a"), page(12 * DAY, "b"), asked=LATER, scope="person", **moved())[0] is None


def made_of(columns, *persons, **function):
    """Columns of hand-written events, a minute apart, after the function ran."""
    offsets = np.append(0, np.cumsum(persons)).astype(np.int64)
    stored = {name: np.array(values, np.int64 if name.startswith("d_") else np.float64) for name, values in columns.items()}
    journeys = Journeys(offsets, MINUTE * np.arange(offsets[-1], dtype=np.int64), stored)
    component = next(iter(columns))[2:]
    number = function["function"] == "depth" or function.get("how") == "count_distinct" or f"m_{component}" in columns
    section = "metrics" if number else "dimensions"
    view = View.model_validate({"name": "v", "derived": {"a": [{"input": "x", **function}]}, section: {component: {"derived": "a"}}})
    window = Window(0, 0, DAY, DAY, DAY, 0)
    found = with_neighbours(journeys, view, window, journeys.sessions(GAP), (component,))
    return found.columns[f"{section[0]}_{component}"].tolist()


@pytest.mark.parametrize(("how", "found"), [("earliest", [22, 22, 22, 22, 0]), ("latest", [23, 23, 23, 23, 0])])
def test_o10_the_earliest_and_the_latest_date_whatever_their_events_order(how, found):
    columns = {"d_x": [21, 22, 23, 24, 0], "e_x": [5.0, 1.0, 9.0, 9.0, 3.0]}
    assert made_of(columns, 4, 1, function="summarize", how=how) == found
    assert made_of({"d_x": [21, 22], "e_x": [np.nan, np.nan]}, 2, function="summarize", how=how) == [0, 0]


@pytest.mark.parametrize(("keep", "found"), [("first", ["a", None, None, None]), ("last", [None, None, None, "a"])])
def test_m4_of_the_values_of_a_scope_one_stays(keep, found):
    assert has(*pages("a", "b", None, "a"), function="deduplicate", keep=keep) == found


def test_m4_one_stays_for_each_id_and_one_without_is_no_repetition():
    columns = {"d_x": [21, 22, 23, 24, 25], "d_id": [31, 31, 32, 0, 0]}
    assert made_of(columns, 5, function="deduplicate", id="id") == [21, 0, 23, 24, 25]
    assert made_of(columns, 5, function="deduplicate", id="id", keep="last") == [0, 22, 23, 24, 25]
    assert made_of({"m_x": [1, 2, 3, np.nan, 0], "d_id": [31, 31, 32, 31, 31]}, 5, function="deduplicate", id="id")[:3] == [1, pytest.approx(np.nan, nan_ok=True), 3]


def test_m4_numbers_of_0_are_no_first_ones():
    events = [page(0, orders=0.0), page(1, orders=2.0), page(2, orders=3.0)]
    assert has(*events, input="orders", function="deduplicate") == [0, 2, 0]


def test_the_depth_of_a_field_counts_the_events_that_set_it():
    found = made_of({"d_x": [0, 21, 21, 0, 22, 21, 0]}, 5, 2, function="depth")
    assert found == [pytest.approx(one, nan_ok=True) for one in (np.nan, 1, 2, np.nan, 3, 1, np.nan)]


def test_distinct_values_of_a_scope_are_counted_on_all_its_events():
    assert made_of({"d_x": [0, 21, 21, 0, 22, 0]}, 5, 1, function="summarize", how="count_distinct") == [2, 2, 2, 2, 2, 0]


@pytest.mark.parametrize(("scope", "found"), [("session", ["ab"] * 4 + ["c"] + [""]), ("person", ["abc"] * 6)])
def test_all_different_values_of_a_scope_are_on_each_of_its_events(scope, found):
    events = [*pages(None, "b", "a", "b"), page(GAP + 4, "c"), page(2 * GAP + 5)]
    function = {"function": "summarize", "how": "distinct", "input": "page", "scope": scope}
    view = {"derived": {"made": [function]}, "dimensions": {**VIEW["dimensions"], "page": {"derived": "made"}}}
    numbered = [(t, {**values, "sku": [f"#{at}"]}) for at, (t, values) in enumerate(events)]
    rows = [row for row in table([numbered, pages("d")], "sku", "page", metrics=["events"], view=view) if row[0] == "item"]
    values = [sorted(row[2] for row in rows if row[1] == f"#{at}" and row[2] != "No value") for at in range(6)]
    assert ["".join(some) for some in values] == found
    assert len(rows) == len({row[1:3] for row in rows}) == len("".join(found)) + found.count("")


def test_all_different_values_are_as_many_as_there_are_and_nobodys_are_none():
    scope = np.repeat(np.arange(3, dtype=np.int64), [3, 2, 1])
    offsets, values = all_distinct(np.array([7, 9, 7, 0, 0, 7], np.int64), scope)
    assert (offsets.tolist(), values.tolist()) == ([0, 2, 4, 6, 7, 8, 9], [7, 9, 7, 9, 7, 9, 0, 0, 7])
    assert [part.tolist() for part in all_distinct(np.zeros(0, np.int64), np.zeros(0, np.int64))] == [[0], []]


def test_the_next_number_passes_over_events_without_one():
    found = made_of({"m_x": [0.0, np.nan, 5.0, 5.0, 2.5]}, 5, **moved())
    assert found == [pytest.approx(one, nan_ok=True) for one in (5, np.nan, 2.5, 2.5, np.nan)]


@pytest.mark.parametrize("how", [moved(), {"function": "deduplicate"}, {"function": "summarize", "how": "most_common"}])
def test_nobody_has_no_neighbours(how):
    assert has(**how) == []


@pytest.mark.parametrize(
    ("how", "found"),
    [("sum", 7), ("max", 4), ("min", 1), ("mean", 7 / 3), ("median", 2), ("count", 3)],
)
def test_a_summary_is_on_all_events_of_its_scope(how, found):
    events = [page(0, orders=2.0), page(1), page(2, orders=1.0), page(3, orders=4.0), page(3 + GAP + 1)]
    assert has(*events, input="orders", function="summarize", how=how) == [*[pytest.approx(found)] * 4, 0]


def test_the_median_of_an_even_count_is_the_mean_of_the_middle():
    assert has(page(0, orders=1.0), page(1, orders=4.0), input="orders", function="summarize", how="median") == [2.5, 2.5]


@pytest.mark.parametrize(
    ("names", "how", "found"),
    [
        (["a", "b", "b"], "most_common", "b"), (["b", "a", "a", "b"], "most_common", "b"), (["b", "a", "a", "b", "c"], "least_common", "c"),
        (["b", "a"], "least_common", "b"), ([None, "a", "b"], "first", "a"), (["a", "b", None], "last", "b"), ([None], "first", None),
        ([None], "most_common", None),
    ],
)  # fmt: skip
def test_values_of_a_scope_are_given_to_all_its_events(names, how, found):
    assert has(*pages(*names), function="summarize", how=how) == [found] * len(names)


def counted(function, *events, **metric):
    """How often a metric of a function of pages counts, and how much of it stands on each page."""
    view = {
        "derived": {"made": function if isinstance(function, list) else [{"input": "page", **function}]},
        "dimensions": {"sku": VIEW["dimensions"]["sku"], "channel": "channel"},
        "metrics": {**VIEW["metrics"], "page": {"derived": "made", **metric}},
    }
    rows = table([[(t, {**values, "channel": values["page"]}) for t, values in events]], "channel", metrics=["page"], view=view)
    return rows[0][2], {row[1]: row[2] for row in rows if row[0] == "item" and row[2]}


INSTANCES = {"behavior": "instances"}


@pytest.mark.parametrize(
    ("function", "metric", "total", "items"),
    [
        (moved(), INSTANCES, 3, {"a": 2, "b": 1}),
        (moved("previous", index=2), INSTANCES, 1, {"a": 1}),
        ({"function": "deduplicate"}, INSTANCES, 1, {"a": 1}),
        ({"function": "summarize", "how": "most_common"}, {}, 5, {"a": 3, "b": 1, "No value": 1}),
        ({"function": "summarize", "how": "first"}, INSTANCES, 5, {"a": 3, "b": 1, "No value": 1}),
    ],
)
def test_m1_a_metric_of_text_counts_where_the_field_is_set_after_other_events_were_asked(function, metric, total, items):
    assert counted(function, *pages("a", "a", None, "b", "a"), **metric) == (total, items)


def test_m1_a_metric_of_words_counts_where_some_case_holds():
    depth = {"function": "depth", "input": "page", "output": "x"}
    words = {"function": "case_when", "cases": [{"when": {"input": {"output": "x"}, "at_least": 2}, "value": "again"}]}
    assert counted([depth, words], *pages("a", None, "b", "a")) == (2, {"a": 1, "b": 1})
    assert counted([depth, {**words, "otherwise": "new"}], *pages("a", None, "b", "a"), **INSTANCES)[0] == 4


def test_m1_what_counts_where_it_is_set_has_its_attribution_and_its_segments():
    view = {
        "derived": {"made": [{"input": "page", **moved()}]}, "dimensions": {"channel": "channel"},
        "segments": {"on": {"container": "session", "where": {"metric": "page", "at_least": 2}}},
        "metrics": {**VIEW["metrics"], "page": {"derived": "made", "behavior": "instances", "attribution": {"model": "first_touch"}}},
    }
    persons = [[page(at, name, channel=name) for at, name in enumerate(names)] for names in ("abc", "de")]
    rows = table(persons, "channel", metrics=["page"], view=view, segments=["on"])
    assert [(row[0], row[1], row[2]) for row in rows if row[2]] == [("total", None, 2), ("item", "a", 2)]
