"""Rules T3, G3: the rows of a table that meet its filter, and the total that is theirs."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.table import Table
from tests.unit.kernels.by_hand import DAY, VIEW, page, table

PERSONS = [
    [page(0, "help", orders=1, sku=["s", "t"]), page(1, "shoes", orders=2), page(DAY, "shirts", orders=4)],
    [page(0, "shoes", orders=8), page(1, orders=16, sku=["t", "u"])],
    [page(0, "help")],
]

SH, NOT_SH = {"equals_any_of": ["shoes", "shirts"]}, {"equals_none_of": ["shoes", "shirts"]}


def rows(*dimensions, where, **asked):
    conditions = [{"dimension": dimensions[0], **one} if "dimension" not in one else one for one in where]
    return table(PERSONS, *dimensions, filter=conditions, **asked)


def test_the_table_is_of_the_rows_that_pass_and_people_are_counted_again():
    assert rows("page", where=[SH], metrics=["orders", "people"]) == [
        ("total", None, 14, 2), ("grand_total", None, 31, 3), ("item", "shoes", 10, 2), ("item", "shirts", 4, 1)
    ]  # fmt: skip


def test_what_is_cut_is_no_filter():
    assert rows("page", where=[SH], metrics=["orders", "people"], rows=1) == [
        ("total", None, 14, 2), ("grand_total", None, 31, 3), ("item", "shoes", 10, 2), ("other", None, 4, None)
    ]  # fmt: skip


def test_no_value_passes_what_is_negative_alone():
    assert [row[1] for row in rows("page", where=[NOT_SH], metrics=["orders"])] == [None, None, "No value", "help"]
    assert [row[1] for row in rows("page", where=[{"exists": False}], metrics=["orders"])] == [None, None, "No value"]
    assert [row[1] for row in rows("page", where=[NOT_SH], metrics=["orders"], include_no_value=False)] == [None, None, "help"]


def test_all_conditions_are_met_by_the_values_of_a_row():
    found = rows("page", "day", where=[{"exists": True}, {"dimension": "day", "equals": "2025-01-01"}, {"does_not_equal": "help"}], metrics=["orders"])
    assert found == [("total", None, None, 10), ("grand_total", None, None, 31), ("item", "shoes", "2025-01-01", 10)]


def test_a_filter_that_all_rows_pass_has_no_grand_total():
    assert [row[0] for row in rows("page", where=[{"does_not_equal": "x"}], metrics=["orders"])] == ["total", *["item"] * 4]


def test_where_no_row_passes_there_is_a_total_of_nothing():
    assert rows("page", where=[{"equals": "x"}], metrics=["orders", "people"]) == [("total", None, 0, 0), ("grand_total", None, 31, 3)]


def test_items_are_rows_by_their_own_values():
    assert rows("sku", where=[{"equals_any_of": ["t", "u"]}], metrics=["orders", "people"]) == [
        ("total", None, 17, 2), ("grand_total", None, 31, 3), ("item", "t", 17, 2), ("item", "u", 16, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "items"),
    [
        ("linear", {"shoes": 1 + 4 / 3 + 8 + 16, "shirts": 4 / 3}), ("last_touch", {"shoes": 26, "shirts": 4}),
        ("participation", {"shoes": 30, "shirts": 4}), ("algorithmic", {"shoes": 1 + 4 / 3 + 8 + 16, "shirts": 4 / 3}),
    ],
)
def test_credit_is_that_of_the_rows(model, items):
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": model}}}}
    [(_, _, whole), grand, *found] = rows("page", where=[SH], metrics=["orders"], view=view)
    assert grand == ("grand_total", None, 31)
    assert {row[1]: row[2] for row in found} == pytest.approx(items)
    assert whole == pytest.approx(30 if model == "participation" else sum(items.values()))


def test_credit_beside_days_is_that_of_the_days_that_pass():
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "linear"}}}}
    found = rows("page", "day", where=[{"dimension": "day", "equals": "2025-01-02"}], metrics=["orders"], view=view)
    assert found[:2] == [("total", None, None, 4), ("grand_total", None, None, 31)]
    assert {row[1]: row[3] for row in found[2:]} == pytest.approx({"help": 4 / 3, "shoes": 4 / 3, "shirts": 4 / 3})


def test_each_segment_has_the_rows_that_pass():
    found = table(PERSONS, "page", metrics=["orders"], filter=[{"dimension": "page", **SH}],
                  by_segments=["helped"], view={"segments": {"helped": {"container": "person", "where": {"dimension": "page", "equals": "help"}}}})  # fmt: skip
    assert [row for row in found if row[0] != "grand_total"] == [
        ("total", None, None, 14), ("segment", "helped", None, 6), ("item", "helped", "shirts", 4), ("item", "helped", "shoes", 2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"dimension": "pages", "equals": "a"}, "filter: 'pages' is no dimension of the table. Did you mean 'page'"),
        ({"dimension": "page", "distinct": {"at_least": 1}}, "rows are values, so 'distinct' and 'model' say nothing of them"),
        ({"dimension": "page", "equals": "a", "model": "instance"}, "rows are values, so 'distinct' and 'model' say nothing of them"),
    ],
)
def test_what_is_no_filter_is_refused(condition, said):
    with pytest.raises(ValidationError, match=said):
        Table.model_validate({"dimensions": ["page"], "filter": [condition]})
