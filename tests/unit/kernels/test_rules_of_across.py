"""A dimension on the columns of a table (rules T1-T4, M6, A), on the product's kernels and finish."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.table import Table
from tests.unit.kernels.by_hand import DAY, VIEW, page, rows_of

PERSONS = [
    [page(0, "help", orders=1, sku=["s", "t"], units=[1, 2], channel="a"), page(1, "shoes", orders=2, channel="b"), page(DAY, "shirts", orders=4, channel="a")],
    [page(0, "shoes", orders=8, channel="a"), page(1, orders=16, sku=["t", "u"], units=[4, 8])],
    [page(0, "help", channel="c")],
]  # fmt: skip
SEEN = {
    "dimensions": {**VIEW["dimensions"], "channel": "channel"},
    "metrics": {
        **VIEW["metrics"], "share": {"calculate": "orders / total(orders)"}, "of_column": {"calculate": "orders / column_sum(orders)"},
        "pages": {"calculate": "count_distinct(page)"},
        "lift": {"calculate": "lift(orders, events, control='a')"},
    },
    "segments": {"many": {"where": {"metric": "orders", "at_least": 4}}},
}  # fmt: skip
SHOES = [{"dimension": "page", "equals_any_of": ["shoes", "shirts"]}]


def crossed(*metrics, persons=PERSONS, view=SEEN, dimensions=("page",), across="channel", **asked):
    """Per row, by what it is called, its columns in their order: (what the column is called, figures)."""
    found = {}
    for row in rows_of(persons, view, report="table", dimensions=list(dimensions), across=across, metrics=list(metrics), **asked):
        key = row["row_kind"] if row["row_kind"] != "item" else "/".join(row[name] for name in dimensions)
        head = row["column_kind"] if row["column_kind"] != "item" else row[across]
        figures = [row[name] for name in metrics]
        found.setdefault(key, {})[head] = figures if len(figures) > 1 else figures[0]
    return found


def test_t2_people_are_counted_once_in_each_cell_row_and_column():
    assert crossed("people", "orders") == {
        "total": {"total": [3, 31], "No value": [1, 16], "a": [2, 13], "b": [1, 2], "c": [1, 0]},
        "help": {"total": [2, 1], "No value": [0, 0], "a": [1, 1], "b": [0, 0], "c": [1, 0]},
        "shoes": {"total": [2, 10], "No value": [0, 0], "a": [1, 8], "b": [1, 2], "c": [0, 0]},
        "shirts": {"total": [1, 4], "No value": [0, 0], "a": [1, 4], "b": [0, 0], "c": [0, 0]},
        "No value": {"total": [1, 16], "No value": [1, 16], "a": [0, 0], "b": [0, 0], "c": [0, 0]},
    }  # fmt: skip


def test_t4_rows_and_columns_are_ranked_by_the_same_metric_and_the_rest_of_both_is_other():
    found = crossed("orders", "people", rows=2, columns_shown=2)
    assert [[*row] for row in found.values()] == [["total", "No value", "a", "other"]] * 4
    assert [*found] == ["total", "No value", "shoes", "other"]
    assert [row["other"] for row in found.values()] == [[2, None], [0, None], [2, None], [0, None]]
    assert found["other"] == {"total": [5, None], "No value": [0, None], "a": [5, None], "other": [0, None]}


def test_t4_a_metric_that_is_not_shown_may_sort_rows_and_columns():
    found = crossed("orders", sort="people")
    assert ([*found], [*found["total"]]) == (["total", "help", "shoes", "No value", "shirts"], ["total", "a", "No value", "b", "c"])


def test_r_buckets_of_the_calendar_are_all_columns_in_their_order():
    found = crossed("orders", across="week", range={"from": "2025-01-01", "to": "2025-01-14"})
    assert found["total"] == {"total": 31, "2025-W01": 31, "2025-W02": 0, "2025-W03": 0}
    assert crossed("orders", across="day", columns_shown=1, range={"from": "2025-01-01", "to": "2025-01-02"})["total"] == {"total": 31, "2025-01-02": 4, "other": 27}


def test_other_times_are_columns_where_they_are_and_in_their_order():
    assert [*crossed("orders", across="day_of_week")["total"]] == ["total", "Wednesday", "Thursday"]
    assert [*crossed("orders", across="hour", range={"from": "2025-01-01", "to": "2025-01-01"})["total"]][-1] == "2025-01-01 23:00+0000"


def test_of_a_dimension_five_values_are_columns_and_of_times_a_hundred():
    many = [[page(0, "x", orders=10 - at, channel=f"c{at}") for at in range(7)]]
    assert [*crossed("orders", persons=many)["total"]] == ["total", "c0", "c1", "c2", "c3", "c4", "other"]
    days = crossed("events", across="hour", range={"from": "2025-01-01", "to": "2025-01-05"})["total"]
    assert (len(days), [*days][1], days["other"]) == (102, "2025-01-01 20:00+0000", 5)


def test_t3_with_a_filter_rows_and_columns_are_totalled_over_the_rows_that_pass():
    found = crossed("orders", "people", "pages", filter=SHOES)
    assert found["total"] == {"total": [14, 2, 2], "a": [12, 2, 2], "b": [2, 1, 1]}
    assert found["grand_total"] == {"total": [31, 3, 3]}
    assert crossed("orders", "people", include_no_value=False)["total"] == {"total": [15, 3], "a": [13, 2], "b": [2, 1], "c": [0, 1]}


def test_m6_on_items_the_total_of_a_column_is_that_of_the_items_that_pass():
    found = crossed("units", "orders", "people", dimensions=["sku"], filter=[{"dimension": "sku", "equals": "t"}])
    assert found == {
        "total": {"total": [6, 17, 2], "No value": [4, 16, 1], "a": [2, 1, 1]}, "grand_total": {"total": [15, 31, 3]},
        "t": {"total": [6, 17, 2], "No value": [4, 16, 1], "a": [2, 1, 1]},
    }  # fmt: skip


def test_m6_an_event_counts_once_in_a_column_however_many_rows_it_is_in():
    found = crossed("orders", dimensions=["sku"], filter=[{"dimension": "sku", "exists": True}])
    assert found["total"] == {"total": 17, "No value": 16, "a": 1}
    assert [found[name]["a"] for name in ("s", "t")] == [1, 1]


def test_m6_items_may_be_the_columns_and_events_without_items_are_in_none():
    found = crossed("orders", "units", across="sku", include_no_value=True)
    assert found["total"] == {"total": [31, 15], "t": [17, 6], "u": [16, 8], "s": [1, 1]}
    assert found["help"] == {"total": [1, 3], "t": [1, 2], "u": [0, 0], "s": [1, 1]}


def test_q_formulas_read_the_total_of_the_report_and_functions_over_rows_run_down_one_column():
    found = crossed("share", "of_column", columns_shown=2, rows=2)
    assert found["shoes"]["a"] == [8 / 31, 8 / 8]
    assert found["shoes"]["total"] == [10 / 31, 10 / 26]
    assert found["total"]["a"][0] == 13 / 31


def test_a_control_is_the_cell_of_the_same_column():
    found = crossed("lift", "orders", across="page", dimensions=["channel"], view={**SEEN, "dimensions": {**SEEN["dimensions"], "channel": {"field": "channel", "context": "variant"}}}, sort="orders")
    assert found["b"]["shoes"][0] == pytest.approx(2 / 8 - 1)
    assert found["b"]["total"][0] == pytest.approx(2 / (13 / 3) - 1)
    assert found["total"]["shoes"][0] is None


def test_a_credit_falls_on_both_values_of_the_touch_and_columns_are_credited_by_themselves():
    persons = [[page(0, "help", channel="a"), page(1, "shoes", channel="b"), page(2, orders=4)], [page(0, orders=8)]]
    found = crossed("first", persons=persons, columns={"first": {"metric": "orders", "attribution": {"model": "first_touch"}}})
    assert found == {
        "total": {"total": 12, "No value": 8, "a": 4, "b": 0}, "No value": {"total": 8, "No value": 8, "a": 0, "b": 0},
        "help": {"total": 4, "No value": 0, "a": 4, "b": 0}, "shoes": {"total": 0, "No value": 0, "a": 0, "b": 0},
    }  # fmt: skip


def test_counts_are_rounded_when_they_are_shown():
    view = {**SEEN, "metrics": {**SEEN["metrics"], "orders": {"field": "orders", "attribution": {"model": "linear"}}}}
    persons = [[page(0, "help", channel="a"), page(1, "shoes", channel="b"), page(2, orders=1)]]
    found = crossed("orders", persons=persons, view=view, round_counts=True)
    assert (found["help"]["a"], found["help"]["total"]) == (1, 1)
    assert crossed("orders", persons=persons, view=view)["help"]["a"] == 0.5


def test_metrics_of_segments_count_in_the_cells_of_their_events():
    columns = {"large": {"metric": "orders", "segments": ["many"]}, "big": {"calculate": "people[many]"}}
    found = crossed("orders", "large", "big", columns=columns, filter=SHOES)
    assert found["total"] == {"total": [14, 12, 2], "a": [12, 12, 2], "b": [2, 0, 0]}


def test_nobody_gives_a_total_of_nothing():
    assert crossed("people", persons=[]) == {"total": {"total": 0}}
    assert crossed("people", filter=[{"dimension": "page", "equals": "x"}]) == {"total": {"total": 0}, "grand_total": {"total": 3}}


def test_without_a_number_the_effective_option_says_how_many():
    assert Table(dimensions=("page",), across="channel").effective().columns_shown == 5
    assert Table(dimensions=("page",), across="week").effective().columns_shown == 100
    assert Table(dimensions=("page",)).effective().columns_shown is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"columns_shown": 2}, "columns_shown: write 'across' too"),
        ({"dimensions": ["page"], "across": "page"}, "across: 'page' is on the rows already"),
        ({"across": "page"}, "across: rows beside columns are values; write 'dimensions'"),
        ({"dimensions": ["page"], "across": "day", "by_segments": ["many"]}, "without 'by_segments'"),
        ({"dimensions": [*"abcdefghijklmnop"], "across": "day"}, "15 on the rows at most"),
        ({"dimensions": ["page"], "across": "day", "columns_shown": 101}, "less than or equal to 100"),
        ({"dimensions": ["page"], "across": "day", "columns_shown": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_columns_is_said_when_it_is_read(asked, said):
    with pytest.raises(ValidationError, match=said):
        Table.model_validate({"report": "table", **asked})
