"""Rule Q with T2 to T4, O10 and A7: calculated metrics in tables and trends, on the product's kernels and finish."""

from __future__ import annotations

import pytest

from cja_spark.view.standard import STANDARD_DIMENSIONS
from tests.unit.kernels.by_hand import DAY, GAP, VIEW, page, rows_of, table

SEGMENTS = {
    "on_a": {"where": {"dimension": "page", "equals": "a"}},
    "buying": {"container": "session", "where": {"metric": "orders", "at_least": 1}},
    "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
}
BUYERS = [
    [page(0, "a"), page(1, "b", orders=2), page(GAP + 2, "a")],
    [page(0, "b"), page(1, "a", orders=1)],
    [page(0, "c"), page(1)],
]


def shown(persons, *dimensions, metrics, formulas, segments=SEGMENTS, **asked):
    calculated = {name: {"calculate": text} for name, text in formulas.items()}
    view = {"metrics": {**VIEW["metrics"], **calculated}, "segments": segments}
    return table(persons, *dimensions, metrics=metrics, view=view, **asked)


def one(text, *dimensions, persons=BUYERS, **asked):
    """A formula's column, by what its rows are."""
    rows = shown(persons, *(dimensions or ("page",)), metrics=["it", "events"], formulas={"it": text}, **{"sort": "events", **asked})
    return {row[0] if row[0] != "item" else row[1]: row[-2] for row in rows}


def test_q_a_segment_counts_people_and_sessions_again_on_rows_and_in_the_total():
    assert one("people[buyers]") == {"total": 2, "a": 2, "b": 2, "No value": 0, "c": 0}
    assert one("sessions[buying]") == {"total": 2, "a": 2, "b": 2, "No value": 0, "c": 0}
    assert one("orders[on_a]") == {"total": 1, "a": 1, "b": 0, "No value": 0, "c": 0}


def test_o10_column_segments_are_each_asked_of_what_there_is_and_all_met():
    assert one("events[buying, on_a]") == one("events[on_a][buying]") == one("(events[buying])[on_a]")
    assert one("events[buying, on_a]")["total"] == 2


def test_o10_a_column_segment_and_one_of_the_report_are_both_met():
    view = {"metrics": {**VIEW["metrics"], "it": {"calculate": "events[buying]"}}, "segments": SEGMENTS}
    assert table(BUYERS, "page", metrics=["it"], view=view)[0] == ("total", None, 4)
    assert table(BUYERS, "page", metrics=["it"], view=view, segments=["on_a"])[0] == ("total", None, 2)


def test_q_a_segment_around_a_calculated_metric_holds_for_all_it_is_made_of():
    formulas = {"rate": "orders / people", "it": "rate[on_a]", "same": "orders[on_a] / people[on_a]"}
    rows = shown(BUYERS, "page", metrics=["it", "same", "rate"], formulas=formulas)
    assert [row[2] for row in rows] == [row[3] for row in rows]
    assert rows[0][2:] == (0.5, 0.5, 1.0)


def test_q_a_segment_reads_dimensions_that_no_column_shows_and_their_persistence():
    view = {
        "metrics": {"it": {"calculate": "events[on_a]"}}, "segments": SEGMENTS,
        "dimensions": {"page": {"field": "page", "persistence": {}}},
    }  # fmt: skip
    assert table([[page(0, "a"), page(1), page(2, "b"), page(3)]], metrics=["it"], view=view) == [("total", 2)]


def test_q_other_is_computed_from_sums_that_add_up():
    formulas = {"rate": "orders / events", "each": "orders / people", "in_a": "orders[buyers] / events", "mean_": "mean(events)"}
    rows = shown(BUYERS, "page", metrics=[*formulas, "events"], formulas=formulas, rows=1, sort="events")
    assert rows[1:] == [
        ("item", "a", pytest.approx(1 / 3), 0.5, pytest.approx(1 / 3), 3, 3),
        ("other", None, 0.5, None, 0.5, 3, 4),
    ]  # fmt: skip


def test_q_functions_over_rows_see_the_items_alone():
    found = one("mean(events)", rows=2)
    assert found == {"total": 2.5, "a": 2.5, "b": 2.5, "other": 2.5}
    assert one("row_count()", rows=2)["other"] == 2
    assert one("cumulative(0, events)", rows=2) == {"total": None, "a": 3, "b": 5, "other": None}
    assert one("z_score(events)", rows=2) == {"total": None, "a": 1, "b": -1, "other": None}


def test_q_rows_are_sorted_by_what_a_metric_is_over_all_rows():
    farthest = "absolute(events - mean(events))"
    assert one(farthest) == {"total": 5.25, "a": 1.25, "No value": 0.75, "c": 0.75, "b": 0.25}
    assert list(one(farthest, sort="it", rows=3)) == ["total", "a", "No value", "c", "other"]
    assert one(farthest, sort="it", rows=3)["a"] == pytest.approx(3 - 5 / 3)


def test_t4_a_null_is_last_and_ties_fall_to_the_bytes_of_the_value():
    assert list(one("events / orders", sort="it")) == ["total", "a", "b", "No value", "c"]
    assert list(one("0 - orders", sort="it")) == ["total", "No value", "c", "a", "b"]


def test_q_the_grand_total_sees_no_table_filter():
    persons = [[page(0, "a", orders=1), page(1, orders=3)]]
    asked = {"persons": persons, "include_no_value": False}
    assert one("orders / total(orders)", **asked) == {"total": 0.25, "grand_total": 1, "a": 0.25}
    assert one("total(orders[on_a])", **asked) == {"total": 1, "grand_total": 1, "a": 1}
    assert one("total(people)", rows=1)["other"] == 3


def test_q_a_table_without_dimensions_has_no_rows_to_run_over():
    rows = shown(BUYERS, metrics=["it", "sum_", "twice"], formulas={"it": "mean(events)", "sum_": "column_sum(events)", "twice": "2 * people"})
    assert rows == [("total", None, 0, 6)]


def test_a7_a_segment_hides_conversions_and_no_touches():
    persons = [[page(0, "a"), page(1, "b"), page(2, orders=1)], [page(0, "b", orders=4)]]
    assert one("attributed(orders, first_touch)", persons=persons) == {"total": 5, "b": 4, "a": 1, "No value": 0}
    none = {"nothing": {"where": {"dimension": "page", "exists": False}}}
    assert one("attributed(orders, first_touch)[nothing]", persons=persons, segments=none) == {"total": 1, "b": 0, "a": 1, "No value": 0}
    assert one("attributed(orders[nothing], first_touch)", persons=persons, segments=none)["a"] == 1


def test_q_an_attribution_of_a_formula_replaces_the_metrics_own_and_reads_as_far_back():
    before = [[page(-40 * DAY, "a"), page(0, "b"), page(1, orders=1)]]
    assert one("attributed(orders, first_touch)", persons=before)["b"] == 1
    found = one("attributed(orders, first_touch, lookback='60 days')", persons=before)
    assert (found["a"], found["b"]) == (1, 0)
    assert one("orders", persons=before)["No value"] == 1
    assert one("attributed(orders, participation)", persons=[[page(0, "a"), page(1, "b"), page(2, "a", orders=1)]], rows=1)["other"] is None


def test_q_an_attribution_is_what_events_carry_in_a_trend():
    view = {"metrics": {**VIEW["metrics"], "it": {"calculate": "attributed(orders, first_touch)"}, "run": {"calculate": "cumulative(2, orders)"}}}
    persons = [[page(0, "a"), page(DAY, orders=2), page(2 * DAY, orders=3)]]
    rows = rows_of(persons, report="trend", metrics=["it", "run"], view=view)
    assert [tuple(row.values())[3:] for row in rows[:5]] == [(5, None), (0, 0), (2, 2), (3, 5), (0, 3)]


def test_q_a_trend_counts_the_people_of_a_segment_in_each_bucket_and_in_the_total():
    view = {"metrics": {**VIEW["metrics"], "it": {"calculate": "people[buyers] / people"}}, "segments": SEGMENTS}
    persons = [[page(0, orders=1), page(DAY)], [page(0)]]
    rows = rows_of(persons, report="trend", metrics=["it"], view=view)
    assert [row["it"] for row in rows[:4]] == [0.5, 0.5, 1, None]


def test_m5_counts_are_rounded_half_up_where_they_are_shown_and_nowhere_else():
    persons = [[page(0, "a"), page(1, "b"), page(2, orders=5)], [page(0, "b", orders=2)]]
    view = {
        "metrics": {
            "orders": {"field": "orders", "attribution": {"model": "linear"}}, "money": {"field": "orders", "decimals": 2},
            "half": {"calculate": "orders / 2"},
        },
    }  # fmt: skip
    asked = {"metrics": ["orders", "half", "people"], "view": view, "include_no_value": False}
    assert table(persons, "page", **asked)[1:] == [("item", "b", 4.5, 2.25, 2), ("item", "a", 2.5, 1.25, 1)]
    assert table(persons, "page", **asked, round_counts=True) == [
        ("total", None, 7, 3.5, 2), ("item", "b", 5, 2.25, 2), ("item", "a", 3, 1.25, 1),
    ]  # fmt: skip


def test_q_distinct_values_are_counted_exactly_on_rows_and_again_in_totals():
    persons = [
        [page(0, "a", sku=["x", "y"]), page(1, "b", sku=["x", None])], [page(0, "a", sku=["x"]), page(1, sku=["z"])], [page(0, "c")],
    ]  # fmt: skip
    assert one("count_distinct(sku)", persons=persons) == {"total": 3, "a": 2, "b": 1, "No value": 1, "c": 0}
    assert one("count_distinct(page)", persons=persons) == {"total": 3, "a": 1, "b": 1, "c": 1, "No value": 0}
    assert one("count_distinct(page)", "sku", persons=persons) == {"total": 3, "x": 2, "y": 1, "z": 0, "No value": 1}
    filtered = one("count_distinct(sku) / total(count_distinct(sku))", persons=persons, include_no_value=False)
    assert filtered == {"total": pytest.approx(2 / 3), "grand_total": 1, "a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3), "c": 0}
    assert one("count_distinct(sku)[on_a]", persons=persons) == {"total": 2, "a": 2, "b": 0, "No value": 0, "c": 0}
    assert one("count_distinct(sku)", persons=persons, rows=1)["other"] is None
    assert shown(persons, metrics=["it"], formulas={"it": "count_distinct(page)"}) == [("total", 3)]
    assert shown([], "page", metrics=["it"], formulas={"it": "count_distinct(page)"}) == [("total", None, 0)]


def test_q_distinct_values_of_items_pair_with_the_items_of_rows():
    basket = [[page(0, sku=["x", None, "y"], units=[1.0, 2.0, 3.0])], [page(0, sku=["x"])]]
    assert one("count_distinct(sku)", "sku", persons=basket, include_no_value=False) == {"total": 2, "x": 1, "y": 1}


def test_q_distinct_values_over_time():
    view = {"metrics": {**VIEW["metrics"], "it": {"calculate": "count_distinct(page)"}}}
    rows = rows_of([[page(0, "a"), page(1, "a"), page(DAY, "b")], [page(1, "b"), page(DAY)]], report="trend", metrics=["it"], view=view)
    assert [row["it"] for row in rows[:4]] == [2, 2, 1, 0]


def test_q_distinct_days_and_hours_are_counted_per_row_and_again_in_totals():
    persons = [[page(0, "a"), page(1, "b"), page(DAY, "a")], [page(DAY + 1, "b"), page(2 * DAY)]]
    assert one("count_distinct(day)", persons=persons) == {"total": 3, "a": 2, "b": 2, "No value": 1}
    assert one("count_distinct(day) / people", "day_of_week", persons=persons) == {"total": 1.5, "Wednesday": 1, "Thursday": 0.5, "Friday": 1}
    assert one("count_distinct(hour_of_day)", persons=persons) == {"total": 1, "a": 1, "b": 1, "No value": 1}
    assert one("count_distinct(day)[on_a]", persons=persons) == {"total": 2, "a": 2, "b": 0, "No value": 0}
    assert one("total(count_distinct(day))", persons=persons, include_no_value=False) == {"total": 3, "grand_total": 3, "a": 3, "b": 3}
    assert one("count_distinct(day)", persons=persons, include_no_value=False) == {"total": 2, "grand_total": 3, "a": 2, "b": 2}


@pytest.mark.parametrize("dimension", STANDARD_DIMENSIONS)
def test_q_values_of_every_standard_dimension_are_those_that_its_table_has(dimension):
    persons = [[page(0, "a"), page(61_000, "b"), page(3 * GAP, "a")], [page(40 * DAY, "b")], [page(3 * DAY, "a"), page(3 * DAY + 7, "b")]]
    found = one(f"count_distinct({dimension})", persons=persons, include_no_value=False)["total"]
    rows = shown(persons, dimension, metrics=["events"], formulas={}, include_no_value=False, rows=1_000)
    assert found == sum(row[0] == "item" for row in rows) > 0


def test_q_distinct_days_over_time():
    view = {"metrics": {**VIEW["metrics"], "it": {"calculate": "count_distinct(day)"}}}
    persons = [[page(0, "a"), page(1, "a"), page(DAY, "b")], [page(8 * DAY, "b")]]
    rows = rows_of(persons, report="trend", granularity="week", metrics=["it"], view=view)
    assert [row["it"] for row in rows[:3]] == [3, 2, 1]


def test_q_metrics_made_of_each_other_may_be_as_deep_as_a_view_is_large():
    chain = {f"m{at}": f"m{at - 1} + m{at - 1} - m{at - 1}[buyers] * 0 + 1" for at in range(1, 3_000)}
    formulas = {"m0": "orders", **chain, "it": "total(m2999) + m2999[on_a]"}
    halves = {name: text.replace("+ m", "+ 0 * m", 1) if name in chain else text for name, text in formulas.items()}
    found = shown(BUYERS, "page", metrics=["it"], formulas=halves)
    assert {row[1]: row[2] for row in found} == {None: 3 + 1 + 2 * 2_999, "a": 3 + 1 + 2 * 2_999, "b": 3 + 2 * 2_999, "c": 3 + 2 * 2_999, "No value": 3 + 2 * 2_999}
