"""Rules T1 to T4 and O5, on the product's kernels and finish."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.hashing import value_id
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Sums
from cja_spark.reports.compile import window_of
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.table import Table
from cja_spark.reports.table_rows import combined
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, END, GAP, START, VIEW, page, rows_of, table

RATE = {"metrics": {**VIEW["metrics"], "rate": {"calculate": "orders / people"}}}
BUYERS = [[page(0, "a", orders=2), page(1, "b"), page(2, "a", orders=1)], [page(0, "b", orders=5)], [page(0)]]


def test_t1_a_person_counts_once_in_a_cell():
    rows = table(BUYERS, "page", metrics=["people"])
    assert rows == [("total", None, 3), ("item", "b", 2), ("item", "No value", 1), ("item", "a", 1)]


def test_t2_people_and_sessions_of_the_total_are_counted_and_not_summed():
    total, *items = table(BUYERS, "page", metrics=["people", "sessions", "events"])
    assert total == ("total", None, 3, 3, 5)
    assert [sum(row[at] for row in items) for at in (2, 3, 4)] == [4, 4, 5]


def test_t3_without_no_value_the_total_is_counted_again():
    rows = table(BUYERS, "page", metrics=["people", "events"], include_no_value=False)
    assert rows[:2] == [("total", None, 2, 4), ("grand_total", None, 3, 5)]


def test_t3_a_grand_total_is_a_row_only_where_it_is_another_one():
    known = [[page(0, "a", orders=0.1), page(1, "b", orders=0.2), page(2, "a", orders=0.3)]]
    metrics = {"metrics": ["orders", "people"], "include_no_value": False}
    assert [row[0] for row in table(known, "page", **metrics)] == ["total", "item", "item"]
    assert [row[0] for row in table([*known, [page(0)]], "page", **metrics)] == ["total", "grand_total", "item", "item"]
    assert [row[0] for row in table([*known, [page(0)]], "page", metrics=["orders"], include_no_value=False)][1] == "item"
    assert [row[0] for row in table([*known, [page(0)]], **metrics)] == ["total"]


def test_t2_a_trend_has_a_total_that_counts_a_person_of_two_days_once():
    persons = [[page(0, orders=1), page(DAY, orders=2)], [page(DAY - 1000), page(DAY)]]
    rows = rows_of(persons, report="trend", metrics=["people", "sessions", "orders", "rate"], view=RATE)
    found = [tuple(row.values()) for row in rows[:3]]
    assert [(row[0], row[2], *row[3:]) for row in found] == [
        ("total", None, 2, 3, 3, 1.5), ("bucket", "2025-01-01", 2, 2, 1, 0.5), ("bucket", "2025-01-02", 2, 2, 2, 1),
    ]  # fmt: skip
    assert (rows[0]["bucket"], len(rows)) == (None, 32)


def test_t2_the_total_of_a_trend_without_events_is_zero():
    assert rows_of([], report="trend", metrics=["people"])[0]["people"] == 0


def test_t3_without_no_value_only_items_that_have_one_are_totalled():
    basket = [[page(0, sku=["x", None], units=[2.0, 7.0])], [page(0, sku=[None], units=[9.0])]]
    rows = table(basket, "sku", metrics=["units", "people"], include_no_value=False)
    assert rows == [("total", None, 2, 1), ("grand_total", None, 18, 2), ("item", "x", 2, 1)]


def test_t3_the_number_of_rows_is_no_filter():
    total = table(BUYERS, "page", metrics=["people", "orders"])[0]
    assert table(BUYERS, "page", metrics=["people", "orders"], rows=1)[0] == total


def test_t4_rows_sort_by_metric_then_by_the_bytes_of_the_value():
    person = [page(at, text) for at, text in enumerate(["é", "z", "Z", "a", "a"])]
    assert [row[1] for row in table([person], "page", metrics=["events"])[1:]] == ["a", "Z", "z", "é"]


def test_t4_another_metric_may_sort():
    rows = table(BUYERS, "page", metrics=["people"], sort="orders")
    assert [row[1] for row in rows[1:]] == ["b", "a", "No value"]


def test_t4_other_sums_what_adds_up_and_leaves_distinct_things_open():
    rows = table(BUYERS, "page", metrics=["events", "orders", "people", "sessions"], sort="orders", rows=1)
    assert rows[1:] == [("item", "b", 2, 5, 2, 2), ("other", None, 3, 3, None, None)]


def test_t4_an_amount_above_items_does_not_add_up_in_other():
    basket = [[page(0, sku=["x", "y"], orders=1, units=[1.0, 2.0])]]
    rows = table(basket, "sku", metrics=["units", "orders"], rows=1)
    assert rows == [("total", None, 3, 1), ("item", "y", 2, 1), ("other", None, 1, None)]


def test_t4_sessions_beyond_the_rows_are_other_and_its_people_stay_open():
    persons = [[page(0, "a"), page(GAP + 1, "b")], [page(0, "a")], [page(0, "c")]]
    rows = rows_of(persons, report="sessions", dimension="page", rows=1)
    assert [(row["row_kind"], row["entry_page"], row["sessions"], row["people"]) for row in rows] == [
        ("total", None, 4, 3), ("item", "a", 2, 2), ("other", None, 2, None),
    ]  # fmt: skip
    assert rows[2]["bounce_rate"] == 1
    assert rows[2]["sessions_per_person"] is None


def test_o5_the_range_is_half_open():
    at_edges = [page(-1), page(0), page(END - START - 1), page(END - START)]
    assert table([at_edges], metrics=["events"]) == [("total", 2)]


ORDERED = {"report": "fallout", "steps": ["events", "orders"]}
REPORTS_OF_PEOPLE = [{"report": "table", "metrics": ["people", "events"]}, {"report": "trend", "metrics": ["people", "events"]}, {"report": "sessions"}, ORDERED]


@pytest.mark.parametrize("asked", REPORTS_OF_PEOPLE, ids=lambda asked: asked["report"])
@pytest.mark.parametrize(("t", "people"), [(-1, 0), (0, 1), (END - START - 1, 1), (END - START, 0)])
def test_o5_an_event_is_in_the_range_from_its_first_instant_on_and_before_its_last(asked, t, people):
    assert rows_of([[page(t)]], **asked)[0]["people"] == people


@pytest.mark.parametrize("asked", REPORTS_OF_PEOPLE, ids=lambda asked: asked["report"])
@pytest.mark.parametrize("persons", [[], [[]], [[page(-2, "a", orders=1), page(-1, "a")]]], ids=["no person", "no event", "before"])
def test_o7_nobody_and_who_came_only_before_the_range_are_no_people(asked, persons):
    first, *rows = rows_of(persons, **asked)
    assert first["people"] == 0
    assert [row["people"] for row in rows] == [0] * len(rows)
    empty = {"from": dt.date(2025, 1, 5), "to": dt.date(2025, 1, 4)}
    assert rows_of([[page(4 * DAY, orders=1)]], range=empty, **asked)[0]["people"] == 0


def test_o5_from_equal_to_is_empty_and_from_after_to_is_an_error():
    day = dt.date(2025, 1, 5)
    empty = {"from": day, "to": day - dt.timedelta(days=1)}
    assert table([[page(4 * 86_400_000)]], metrics=["events", "people"], range=empty) == [("total", 0, 0)]
    with pytest.raises(ValidationError, match="is after to"):
        table([[page(0)]], range={"from": day, "to": day - dt.timedelta(days=2)})


def test_rows_of_many_values_in_four_dimensions_keep_their_values():
    """The product of the four numbers of values is above 2^63."""
    count = 60_000
    keys = tuple(np.random.default_rng(at).permutation(count).astype(np.int64) * 7 + at for at in range(4))
    values, codes = combined(keys)
    for key, found in zip(keys, values, strict=True):
        assert (found[codes] == key).all()
    assert len(values[0]) == count


def test_combinations_are_told_apart_and_numbered_once():
    keys = tuple(np.array(key, np.int64) for key in ([1, 1, 2, 1, 2], [5, 6, 5, 5, 6]))
    values, codes = combined(keys)
    assert [one.tolist() for one in values] == [[1, 1, 2, 2], [5, 6, 5, 6]]
    assert codes.tolist() == [0, 1, 2, 0, 3]


def test_totals_of_more_than_a_hundred_metrics_are_their_own():
    names = [f"m{at}" for at in range(250)]
    view = View.model_validate({"name": "many", "dimensions": {"page": "page"}, "metrics": dict.fromkeys(names, "orders")})
    report = Table(dimensions=("page",), metrics=tuple(names))
    ask = Ask(report, view, window_of(report, view, END, END))
    amounts = {f"m_{name}": np.array([1.0, 2.0]) for name in names}
    journeys = Journeys(np.array([0, 1, 2]), np.array([START, START]), {"d_page": np.array([20, 21]), **amounts})
    kind = REPORTS.named("table")
    sums = Sums(pa.Table.from_batches(list(kind.kernel(Seen(journeys, ask)).batches(0))))
    rows = kind.finish(sums, ask, lambda name, ids: {20: "home", 21: "cart"}).to_pylist()
    assert [{row[name] for name in names} for row in rows] == [{3.0}, {2.0}, {1.0}]


@pytest.mark.parametrize("label", [f"none {number}" for number in range(6)])
def test_t4_a_row_without_a_value_stands_before_one_whose_value_is_called_the_same(label):
    assert {value_id(f"none {number}") > 0 for number in range(6)} == {True, False}
    view = {
        "dimensions": {"sku": {"field": "items[].sku", "no_value": {"label": label, "as_value": True}}},
        "metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "last_touch"}}},
    }
    rows = table([[page(0, orders=3)], [page(1, sku=[None])]], "sku", metrics=["opens", "orders"], view=view)
    assert rows == [("total", None, 0, 3), ("item", label, 0, 3), ("item", label, 0, 0)]
