"""Rule H on the product's kernel and finish: amounts of units in buckets, all of them counted."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.histogram import Histogram
from tests.unit.kernels.by_hand import GAP, page, rows_of

COUNTS = ("people", "sessions", "events")


def persons(*amounts):
    """Persons with some orders each; several amounts are of one session, and None is an event without."""
    return [[page(at, orders=one) if one is not None else page(at) for at, one in enumerate(own)] for own in amounts]


def counts(*own, **asked):
    """Units per row, by what the row is called."""
    rows = rows_of([*own], report="histogram", **{"metric": "orders", **asked})
    return {row["amount_range"] or "total": row[asked.get("count", "people")] for row in rows}


@pytest.mark.parametrize(
    ("amount", "row"),
    [(0, "< 1"), (0.999999999, "< 1"), (1, "1-2"), (2.999999999, "1-2"), (3, "3-4"), (5, ">= 5"), (-1, "< 1"), (1e300, ">= 5")],
)
def test_h_a_bucket_holds_its_start_and_not_its_end(amount, row):
    found = counts(*persons([amount]), size=2, buckets=2)
    assert found == {"total": 1, **dict.fromkeys(("< 1", "1-2", "3-4", ">= 5"), 0), row: 1}


def test_decimals_add_up_to_the_bucket_that_people_expect():
    assert counts(*persons([0.1] * 10), size=1, buckets=1) == {"total": 1, "< 1": 0, "1": 1, ">= 2": 0}


@pytest.mark.parametrize(("start", "size"), [(0, 0.1), (1.1, 0.05), (0, 0.7), (2.3, 1.1)])
def test_h_an_amount_on_an_edge_is_in_the_bucket_that_begins_there(start, size):
    edges = [round(start + size * at, 9) for at in range(50)]
    rows = rows_of(persons(*([edge] for edge in edges)), report="histogram", metric="orders", start=start, size=size, buckets=50)
    assert [row["people"] for row in rows[2:]] == [1] * 50 + [0]
    assert [row["at_least"] for row in rows[2:]][:50] == edges


def test_h_who_has_nothing_has_0_and_an_event_without_is_not_counted():
    own = persons([None, None], [2, None])
    assert counts(*own, start=0, buckets=3) == {"total": 2, "< 0": 0, "0": 1, "1": 0, "2": 1, ">= 3": 0}
    assert counts(*own, start=0, buckets=3, count="events") == {"total": 1, "< 0": 0, "0": 0, "1": 0, "2": 1, ">= 3": 0}


def test_h_amounts_that_cancel_each_other_are_0():
    assert counts(*persons([3, -3], [0.1, 0.2, -0.3]), start=0, buckets=1) == {"total": 2, "< 0": 0, "0": 2, ">= 1": 0}


def test_people_of_sessions_and_events_count_once_in_a_bucket_and_once_in_all():
    own = [[page(0, orders=1), page(GAP + 1, orders=1), page(2 * (GAP + 1), orders=2)], [page(0, orders=2)]]
    for count in ("sessions", "events"):
        rows = rows_of(own, report="histogram", metric="orders", count=count, buckets=2)
        assert [(row["amount_range"], row[count], row["people"]) for row in rows] == [(None, 4, 2), ("< 1", 0, 0), ("1", 2, 1), ("2", 2, 2), (">= 3", 0, 0)]


def test_a_session_and_a_person_are_units_of_their_own():
    own = [[page(0, orders=1), page(GAP + 1, orders=1), page(GAP + 2)]]
    assert counts(*own, count="sessions", buckets=2) == {"total": 2, "< 1": 0, "1": 2, "2": 0, ">= 3": 0}
    assert counts(*own, buckets=2) == {"total": 1, "< 1": 0, "1": 0, "2": 1, ">= 3": 0}
    assert counts(*own, metric="sessions", buckets=2) == {"total": 1, "< 1": 0, "1": 0, "2": 1, ">= 3": 0}
    assert counts(*own, metric="events", count="sessions", buckets=2) == {"total": 2, "< 1": 0, "1": 1, "2": 1, ">= 3": 0}


def test_time_is_in_seconds():
    own = [[page(0), page(90_000)]]
    assert counts(*own, metric="time_spent_seconds", start=0, size=60, buckets=2) == {"total": 1, "< 0": 0, "0-59": 0, "60-119": 1, ">= 120": 0}


def test_segments_hide_events_and_units_without_one():
    own = [[page(0, "a", orders=1), page(1, "b", orders=5)], [page(0, "b", orders=1)]]
    assert counts(*own, buckets=1, segments=[{"where": {"dimension": "page", "equals": "a"}}]) == {"total": 1, "< 1": 0, "1": 1, ">= 2": 0}


@pytest.mark.parametrize("count", COUNTS)
def test_nobody_is_every_row_with_0(count):
    rows = rows_of([], report="histogram", metric="orders", count=count, buckets=2)
    assert [(row["row_kind"], row[count], row["percent_of_total"]) for row in rows] == [
        ("total", 0, None), ("below", 0, None), ("bucket", 0, None), ("bucket", 0, None), ("above", 0, None)
    ]  # fmt: skip


def test_edges_that_are_no_whole_numbers_are_shown_as_they_are():
    assert [*counts(start=0.5, size=0.25, buckets=2)] == ["total", "< 0.5", "0.5 to < 0.75", "0.75 to < 1", ">= 1"]


@pytest.mark.parametrize(
    "wrong", [{"buckets": 0}, {"buckets": 51}, {"size": 0}, {"size": float("inf")}, {"start": -1}, {"start": float("nan")}, {"count": "persons"}, {"metric": None}]
)
def test_what_is_no_histogram_is_refused(wrong):
    with pytest.raises(ValidationError):
        Histogram.model_validate({"metric": "orders", **wrong})


@pytest.mark.parametrize("count", COUNTS)
def test_the_rows_add_up_to_the_total(count):
    own = persons([1, None, 3], [None], [7, 0.5], [0], [100])
    rows = rows_of(own, report="histogram", metric="orders", count=count, size=3, buckets=4)
    assert sum(row[count] for row in rows[1:]) == rows[0][count]
    assert sum(row["percent_of_total"] for row in rows[1:]) == pytest.approx(1)
