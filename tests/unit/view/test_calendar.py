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
@pytest.mark.parametrize("granularity", ["minute", "hour", "day", "week", "month"])
def test_edges_equal_the_reference(zone, first, after, granularity):
    start, end = instant_ms(first, zone), instant_ms(after, zone)
    assert edges(start, end, granularity, zone) == list(reference.edges(start, end, granularity, zone))


def test_an_empty_range_has_no_bucket():
    assert edges(5, 5, "day", "UTC") == []


@pytest.mark.parametrize(("start", "end"), [(1, 2), (59_999, 60_001), (60_000, 120_000), (3_599_999, 3_660_001)])
@pytest.mark.parametrize("granularity", ["minute", "hour"])
def test_buckets_of_a_clock_that_touch_a_range_are_told_whole(start, end, granularity):
    assert edges(start, end, granularity, "UTC") == list(reference.edges(start, end, granularity, "UTC"))


def test_o4_the_minutes_of_a_repeated_hour_are_told_twice_and_those_of_a_skipped_one_never():
    counts = {}
    for day in (date(2025, 3, 9), date(2025, 11, 2)):
        start, end = (instant_ms(one, "America/New_York") for one in (day, day + timedelta(days=1)))
        names = [label(edge, "minute", "America/New_York") for edge in edges(start, end, "minute", "America/New_York")]
        counts[day.month] = (len(names), [name for name in names if name[11:16] in ("01:59", "02:00")])
    assert counts[3] == (23 * 60, ["2025-03-09 01:59-0500"])
    assert counts[11] == (25 * 60, ["2025-11-02 01:59-0400", "2025-11-02 01:59-0500", "2025-11-02 02:00-0500"])


def test_o4_where_a_clock_is_set_by_seconds_a_minute_is_shorter_and_the_next_ones_begin_on_the_clock():
    zone = "Africa/Monrovia"  # 44 minutes and 30 seconds behind UTC before 7 January 1972
    start, end = instant_ms(date(1972, 1, 6), zone), instant_ms(date(1972, 1, 8), zone)
    for granularity, many in (("minute", 2 * 1440 - 44), ("hour", 48)):
        found = edges(start, end, granularity, zone)
        assert (len(found), found[0]) == (many, start)
        clocks = {label(edge, granularity, zone)[14:16] for edge in found} if granularity == "hour" else set()
        assert clocks <= {"00", "44"}
        assert [at for at, (one, following) in enumerate(pairwise(found)) if following - one not in (60_000, 3_600_000)] == [24 * (60 if granularity == "minute" else 1)]


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
