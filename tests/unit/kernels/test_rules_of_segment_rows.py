"""Segments as rows of a table (rules O10, T2, T3), on the product's kernels and finish."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.table import Table
from tests.unit.kernels.by_hand import DAY, GAP, VIEW, page, rows_of

SEGMENTS = {
    "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
    "with_order": {"container": "session", "where": {"metric": "orders", "at_least": 1}},
    "nobody": {"container": "person", "where": {"metric": "orders", "at_least": 100}},
}
SEEN = {"segments": SEGMENTS, "metrics": {**VIEW["metrics"], "share": {"calculate": "orders / total(orders)"}, "rate": {"calculate": "orders / people"}, "column": {"calculate": "column_sum(events)"}}}
PERSONS = [[page(0, "a", orders=2), page(GAP + 1, "b"), page(DAY, "a", orders=1)], [page(0, "b", orders=5)], [page(0, "a")]]
ON_A = {"label": "on a", "where": {"dimension": "page", "equals": "a"}}


def table(*segments, persons=PERSONS, **asked):
    return [tuple(row.values()) for row in rows_of(persons, view=SEEN, report="table", by_segments=[*segments], **asked)]


def test_o10_each_segment_is_a_row_of_what_it_keeps_and_rows_may_overlap():
    assert table("buyers", "with_order", ON_A, metrics=["people", "sessions", "events", "orders"]) == [
        ("total", None, 3, 5, 5, 8), ("item", "buyers", 2, 4, 4, 8), ("item", "with_order", 2, 3, 3, 8), ("item", "on a", 2, 3, 3, 3),
    ]  # fmt: skip


def test_o10_rows_are_stacked_on_the_reports_own_segments():
    assert table("buyers", metrics=["people", "events"], segments=[ON_A]) == [("total", None, 2, 3), ("item", "buyers", 1, 2)]


def test_t2_a_segment_that_nobody_meets_is_a_row_of_zeros():
    assert table("nobody", metrics=["people", "orders"]) == [("total", None, 3, 8), ("item", "nobody", 0, 0)]
    assert table("nobody", metrics=["people"], persons=[]) == [("total", None, 0), ("item", "nobody", 0)]
    assert table("nobody", metrics=["people"], dimensions=["page"])[1:] == [("segment", "nobody", None, 0)]


def test_t4_segments_stand_as_they_are_written_or_by_the_metric_that_sorts():
    assert [row[1] for row in table("nobody", ON_A, "buyers", metrics=["people"])[1:]] == ["nobody", "on a", "buyers"]
    assert [row[1] for row in table("nobody", ON_A, "buyers", metrics=["people"], sort="events")[1:]] == ["buyers", "on a", "nobody"]


def test_t3_formulas_read_the_grand_total_of_the_report_and_run_over_the_segments():
    assert table(ON_A, "buyers", metrics=["share", "rate", "column"]) == [
        ("total", None, 1, 8 / 3, 7), ("item", "on a", 3 / 8, 3 / 2, 7), ("item", "buyers", 1, 4, 7),
    ]  # fmt: skip


def test_t3_a_segment_is_parted_by_the_values_of_a_dimension():
    assert table("buyers", ON_A, dimensions=["page"], metrics=["events", "people", "share"], rows=1) == [
        ("total", None, None, 5, 3, 1),
        ("segment", "buyers", None, 4, 2, 1), ("item", "buyers", "a", 2, 1, 3 / 8), ("other", "buyers", None, 2, None, 5 / 8),
        ("segment", "on a", None, 3, 2, 3 / 8), ("item", "on a", "a", 3, 2, 3 / 8),
    ]  # fmt: skip


def test_a7_credit_is_given_before_segments_hide_touches():
    persons = [[page(0, "a"), page(1, orders=1)]]
    view = {**SEEN, "metrics": {"orders": {"field": "orders", "attribution": {"model": "last_touch"}}}}
    asked = {"report": "table", "dimensions": ["page"], "metrics": ["orders"], "include_no_value": False}
    rows = rows_of(persons, view=view, by_segments=[{"label": "with an order", "where": {"metric": "orders", "at_least": 1}}], **asked)
    assert [tuple(row.values()) for row in rows][-1] == ("item", "with an order", "a", 1)


@pytest.mark.parametrize(
    ("segments", "message"),
    [([{"where": ON_A["where"]}], "with its 'label'"), (["buyers", "buyers"], "two rows are called 'buyers'"), ([ON_A, ON_A], "two rows are called 'on a'")],
)
def test_rows_of_segments_have_texts_that_tell_them_apart(segments, message):
    with pytest.raises(ValidationError, match=message):
        Table(by_segments=segments)
