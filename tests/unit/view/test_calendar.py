"""The calendar's edges equal the reference that walks minute by minute, also on days that are not 24 hours."""

from datetime import date

import pytest

from cja_spark.view.calendar import edges, instant_ms
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
