"""The calendar's edges equal the reference that walks minute by minute, also on days that are not 24 hours."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from cja_spark.view.calendar import edges, instant_ms, label
from tests.reference import calendar as reference

SPANS = [
    ("America/New_York", date(2025, 3, 8), date(2025, 3, 11)),
    ("America/New_York", date(2025, 11, 1), date(2025, 11, 4)),
    ("Australia/Lord_Howe", date(2025, 4, 5), date(2025, 4, 8)),
    ("Australia/Lord_Howe", date(2025, 10, 4), date(2025, 10, 7)),
    ("America/Sao_Paulo", date(2018, 11, 3), date(2018, 11, 6)),
    ("Pacific/Apia", date(2011, 12, 28), date(2012, 1, 2)),
    ("Asia/Kathmandu", date(2025, 1, 1), date(2025, 1, 3)),
    ("UTC", date(2025, 12, 28), date(2026, 1, 6)),
]


@pytest.mark.parametrize(("zone", "first", "after"), SPANS)
@pytest.mark.parametrize("granularity", ["hour", "day", "week", "month"])
def test_edges_equal_the_reference(zone, first, after, granularity):
    start, end = instant_ms(first, zone), instant_ms(after, zone)
    assert edges(start, end, granularity, zone) == list(reference.edges(start, end, granularity, zone))


def test_an_empty_range_has_no_bucket():
    assert edges(5, 5, "day", "UTC") == []


HALF = 30 * 60_000
HOURS = [2] * 24  # of a day, in half hours


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2025, 3, 9), HOURS[1:]), ("America/New_York", date(2025, 11, 2), [*HOURS, 2]),
        ("Australia/Lord_Howe", date(2025, 10, 5), [2, 2, 1, *HOURS[3:]]), ("Australia/Lord_Howe", date(2025, 4, 6), [2, 2, 1, *HOURS[2:]]),
        ("America/Sao_Paulo", date(2018, 11, 4), HOURS[1:]), ("UTC", date(2025, 3, 9), HOURS),
    ],
)  # fmt: skip
def test_o4_a_day_of_a_clock_change_has_the_hours_that_its_clock_shows(zone, day, hours):
    start, end = instant_ms(day, zone), instant_ms(day + timedelta(days=1), zone)
    assert [(b - a) / HALF for a, b in pairwise([*edges(start, end, "hour", zone), end])] == hours
    assert edges(start, end, "day", zone) == [start]


def test_o4_a_day_without_midnight_begins_at_its_first_instant():
    first = instant_ms(date(2018, 11, 4), "America/Sao_Paulo")
    assert first == datetime(2018, 11, 4, 3, tzinfo=UTC).timestamp() * 1000  # 01:00 there
    assert [label(t, "day", "America/Sao_Paulo") for t in (first - 1, first)] == ["2018-11-03", "2018-11-04"]


def test_o4_a_week_over_new_year_is_one_week():
    start, end = instant_ms(date(2024, 12, 31), "UTC"), instant_ms(date(2025, 1, 7), "UTC")
    found = edges(start, end, "week", "UTC")
    assert found == [instant_ms(date(2024, 12, 30), "UTC"), instant_ms(date(2025, 1, 6), "UTC")]
    assert [label(t, "week", "UTC") for t in found] == ["2025-W01", "2025-W02"]
