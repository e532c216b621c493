"""Trends beside another range and with means of several buckets (rules R, O5, Q), on the product's kernel and finish."""

import datetime as dt

import pytest

from tests.unit.kernels.by_hand import DAY, HOUR, page, rows_of


def days(first, last):
    return {"from": dt.date.fromisoformat(first), "to": dt.date.fromisoformat(last)}


def trend(*persons, first="2025-01-05", last="2025-01-07", **asked):
    return rows_of([*persons], report="trend", **{"range": days(first, last), "metrics": ["events"], **asked})


def told(rows, kind, name="events"):
    return [(row["label"], row[name]) for row in rows if row["row_kind"] == kind]


def day(number, **more):
    return page((number - 1) * DAY, "home", **more)


@pytest.mark.parametrize(
    ("compare", "counted"),
    [("previous_period", [("2025-01-02", 0), ("2025-01-03", 0), ("2025-01-04", 1)]), ("year_ago", [("2024-01-05", 1), ("2024-01-06", 0), ("2024-01-07", 0)]),
     (days("2025-01-01", "2025-01-02"), [("2025-01-01", 2), ("2025-01-02", 0)])],
)  # fmt: skip
def test_o5_the_range_before_has_buckets_of_its_own(compare, counted):
    last_year = (dt.date(2024, 1, 5) - dt.date(2025, 1, 1)).days * DAY
    rows = trend([page(last_year), day(1), page(HOUR), page(4 * DAY - 1), page(4 * DAY), day(6)], compare=compare)
    assert told(rows, "bucket") == [("2025-01-05", 1), ("2025-01-06", 1), ("2025-01-07", 0)]
    assert told(rows, "bucket_before") == counted
    assert told(rows, "total_before") == [(None, sum(amount for _, amount in counted))]
    assert [row["row_kind"] for row in rows] == ["total", *["bucket"] * 3, "total_before", *["bucket_before"] * len(counted)]


def test_r_every_minute_of_the_range_is_a_row_that_begins_with_it():
    rows = trend([page(0), page(59_999), page(60_000), page(DAY - 1), page(DAY)], first="2025-01-01", last="2025-01-01", granularity="minute", metrics=["events", "people"])
    found = told(rows, "bucket")
    assert len(found) == 1440
    assert [one for one in found if one[1]] == [("2025-01-01 00:00+0000", 2), ("2025-01-01 00:01+0000", 1), ("2025-01-01 23:59+0000", 1)]
    assert told(rows, "total") == [(None, 4)]
    assert sum(amount for _, amount in told(rows, "bucket", "people")) == 3


def test_t1_people_and_sessions_before_are_counted_again():
    rows = trend([day(3), day(4), day(4), day(5)], [day(4)], metrics=["people", "sessions"], compare="previous_period")
    assert [told(rows, kind, "people") for kind in ("total", "total_before")] == [[(None, 1)], [(None, 2)]]
    assert told(rows, "bucket_before", "people") == [("2025-01-02", 0), ("2025-01-03", 1), ("2025-01-04", 2)]
    assert told(rows, "total_before", "sessions") == [(None, 3)]


def test_s2_a_session_that_reaches_into_the_range_before_is_seen_as_a_report_of_that_range_sees_it():
    reaching = [page(DAY - 1), page(DAY), page(4 * DAY - 1), page(4 * DAY)]
    rows = trend(reaching, metrics=["session_starts", "sessions"], compare="previous_period")
    assert [(row["session_starts"], row["sessions"]) for row in rows if row["row_kind"].startswith("total")] == [(0, 1), (1, 2)]


def test_o10_segments_are_asked_of_the_range_before_too():
    home = {"where": {"dimension": "page", "equals": "home"}}
    person = {"container": "person", "where": {"dimension": "page", "equals": "cart"}}
    before = [day(4), page(3 * DAY + 1, "cart"), day(5)]
    assert told(trend(before, segments=[home], compare="previous_period"), "total_before") == [(None, 1)]
    assert told(trend(before, segments=[person], compare="previous_period"), "total_before") == [(None, 2)]
    assert told(trend(before, segments=[person], compare="previous_period"), "total") == [(None, 0)]


def test_q_formulas_read_the_grand_total_of_their_own_range():
    view = {"metrics": {"orders": "orders", "share": {"calculate": "orders / total(orders)"}}}
    rows = trend([day(2, orders=1), day(4, orders=3), day(5, orders=2)], metrics=["share"], view=view, compare="previous_period")
    assert told(rows, "bucket_before", "share") == [("2025-01-02", 0.25), ("2025-01-03", 0), ("2025-01-04", 0.75)]
    assert told(rows, "bucket", "share")[0] == ("2025-01-05", 1)


def test_an_empty_range_has_a_range_before():
    rows = trend([day(5)], first="2025-01-05", last="2025-01-04", compare=days("2025-01-05", "2025-01-05"))
    assert [(row["row_kind"], row["events"]) for row in rows] == [("total", 0), ("total_before", 1), ("bucket_before", 1)]


@pytest.mark.parametrize(
    ("size", "means"),
    [(2, [("2025-01-06", 2), ("2025-01-07", 1.5)]), (3, [("2025-01-07", 2)]), (4, [])],
)
def test_a_mean_is_of_its_bucket_and_those_before_it_and_stands_at_the_last(size, means):
    own = [day(5), day(5), day(5), day(6), day(7), page(6 * DAY + 1)]
    rows = trend(own, moving_average=size)
    assert told(rows, "moving_average") == means
    assert told(rows, "bucket") == [("2025-01-05", 3), ("2025-01-06", 1), ("2025-01-07", 2)]


def test_q_a_mean_of_nothing_known_is_not_known():
    view = {"metrics": {"orders": "orders", "rate": {"calculate": "orders / events"}}}
    rows = trend([day(5, orders=1), day(6), day(8)], last="2025-01-09", metrics=["rate"], view=view, moving_average=2)
    assert told(rows, "moving_average", "rate") == [("2025-01-06", 0.5), ("2025-01-07", None), ("2025-01-08", None), ("2025-01-09", None)]


def test_means_are_told_of_the_range_alone():
    rows = trend([day(5)], moving_average=3, compare="previous_period")
    assert [row["row_kind"] for row in rows] == ["total", *["bucket"] * 3, "moving_average", "total_before", *["bucket_before"] * 3]
