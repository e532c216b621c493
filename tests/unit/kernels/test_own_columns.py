"""Columns of a report alone: a metric of some segments, credited in its own way, or a formula (rules Q, A8)."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.table import Table
from cja_spark.reports.trend import Trend
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, VIEW, page, rows_of, table

IN_B = {"in_b": {"container": "session", "where": {"dimension": "page", "equals": "b"}}}
PERSONS = [
    [page(0, "a", orders=1), page(1, "b", orders=2)],
    [page(0, "a", orders=4), page(DAY, "c"), page(DAY + 1, orders=8)],
]


def test_one_metric_stands_there_in_segments_and_with_models_side_by_side():
    columns = {
        "with_b": {"metric": "orders", "segments": ["in_b"]},
        "first": {"metric": "orders", "attribution": {"model": "first_touch"}},
        "first_with_b": {"metric": "orders", "segments": ["in_b"], "attribution": {"model": "first_touch"}},
        "share": {"calculate": "orders[in_b] / orders"},
    }
    found = table(PERSONS, "page", metrics=["orders"], columns=columns, view={"segments": IN_B})
    assert found == [
        ("total", None, 15, 3, 15, 3, 3 / 15), ("item", "No value", 8, 0, 0, 0, 0), ("item", "a", 5, 1, 15, 3, 1 / 5),
        ("item", "b", 2, 2, 0, 0, 1), ("item", "c", 0, 0, 0, 0, None),
    ]  # fmt: skip


def test_a_trend_has_columns_too():
    found = rows_of(PERSONS, report="trend", range={"from": "2025-01-01", "to": "2025-01-02"}, metrics=["orders"],
                    columns={"with_b": {"metric": "orders", "segments": ["in_b"]}}, view={"segments": IN_B})  # fmt: skip
    assert [(row["label"], row["orders"], row["with_b"]) for row in found] == [(None, 15, 3), ("2025-01-01", 7, 3), ("2025-01-02", 8, 0)]


@pytest.mark.parametrize(
    ("written", "metrics"),
    [
        ({}, ("events", "people", "sessions")), ({"columns": {"x": {"metric": "orders"}}}, ("x",)),
        ({"metrics": ["orders"], "columns": {"x": {"metric": "orders"}}}, ("orders", "x")),
        ({"metrics": ["x", "orders"], "columns": {"y": {"calculate": "orders"}, "x": {"metric": "orders"}}}, ("x", "orders", "y")),
    ],
)
def test_columns_that_metrics_do_not_name_come_after_it(written, metrics):
    for kind in (Table, Trend):
        report = kind.model_validate(written)
        assert report.metrics == metrics
        assert kind.model_validate(report.model_dump(mode="json", exclude_unset=True, by_alias=True)) == report


def test_rows_may_be_sorted_by_a_column():
    found = table(PERSONS, "page", metrics=["orders"], columns={"with_b": {"metric": "orders", "segments": ["in_b"]}}, sort="with_b", view={"segments": IN_B})
    assert [row[1] for row in found] == [None, "b", "a", "No value", "c"]


def test_amounts_are_shown_as_those_of_the_metric():
    view = View.model_validate({**VIEW, "currency": "CHF", "segments": IN_B, "metrics": {
        "revenue": {"field": "r", "format": "currency", "currency": "EUR", "decimals": 1}, "costs": {"field": "c", "upward_trend": "bad", "label": "Costs"},
        "rate": {"calculate": "revenue / costs", "format": "percent"},
    }})  # fmt: skip
    columns = {
        "r": {"metric": "revenue", "segments": ["in_b"]}, "plain": {"metric": "revenue", "format": "decimal", "decimals": 0},
        "c": {"metric": "costs", "label": "Own costs"}, "p": {"metric": "rate", "segments": ["in_b"]}, "f": {"calculate": "revenue * 2"},
        "e": {"metric": "events", "segments": ["in_b"]}, "t": {"metric": "time_spent_seconds"},
    }  # fmt: skip
    found = with_columns(view, [Table.model_validate({"columns": columns})]).metrics
    shown = {name: (found[name].format, found[name].decimals, found[name].currency, found[name].upward_trend, found[name].label) for name in columns}
    assert shown == {
        "r": ("currency", 1, "EUR", "good", None), "plain": ("decimal", 0, None, "good", None), "c": ("decimal", 0, None, "bad", "Own costs"),
        "p": ("percent", 2, None, "good", None), "f": ("decimal", 2, None, "good", None), "e": ("decimal", 0, None, "good", None),
        "t": ("time", 0, None, "good", None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({}, "give exactly one of 'metric', 'calculate'"), ({"metric": "orders", "calculate": "orders"}, "give exactly one of"),
        ({"calculate": "orders", "segments": ["in_b"]}, "a formula names its segments and attributions itself"),
        ({"calculate": "orders +"}, "orders"), ({"metric": "orders", "decimals": 11}, "less than or equal to 10"),
        ({"metric": "orders", "segments": ["in_b", "in_b"]}, "in_b"),
    ],
)
def test_what_is_no_column_is_refused(column, said):
    with pytest.raises(ValidationError, match=said):
        Table.model_validate({"columns": {"x": column}})
