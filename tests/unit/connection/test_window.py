"""The rolling window of a connection: what is older when it comes is dropped, what gets older goes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from cja_spark.connection.window import first_day
from cja_spark.span import parse_span
from tests.unit.connection.shop import load, put, shop


def event(number, when, **more):
    return {"id": f"e{number}", "time": when, "login": "ann", "sku": "a", **more}


def there(lake):
    return sorted(row["event_id"] for row in lake.events.rows("event_id"))


@pytest.mark.parametrize(
    ("window", "now", "first"),
    [
        ("13 months", datetime(2026, 3, 31, tzinfo=UTC), date(2025, 2, 28)), ("13 months", datetime(2026, 1, 15, 23, 59, tzinfo=UTC), date(2024, 12, 15)),
        ("1 month", datetime(2024, 3, 30, tzinfo=UTC), date(2024, 2, 29)), ("1 year", datetime(2024, 2, 29, tzinfo=UTC), date(2023, 2, 28)),
        ("10 days", datetime(2026, 1, 15, 12, tzinfo=UTC), date(2026, 1, 5)), ("12 months", datetime(2026, 12, 1, tzinfo=UTC), date(2025, 12, 1)),
    ],
)  # fmt: skip
def test_a_window_reaches_back_to_the_same_day_or_to_the_last_of_its_month(window, now, first):
    assert first_day(parse_span(window), now) == first


def test_older_events_are_dropped_when_they_come_and_go_when_they_get_older(lake, tmp_path):
    spec = shop("web", window="1 month")
    put(tmp_path, "web/a.json", event(1, "2026-01-09T23:59:59Z"), event(2, "2026-01-10T00:00:00Z"), event(3, "2026-02-10T12:00:00Z"))
    assert load(lake, tmp_path, spec).dropped == {"web": {"before_window": 1}}
    assert there(lake) == ["e2", "e3"]
    put(tmp_path, "web/b.json", event(4, "2026-02-11T00:00:00Z"), event(5, "2026-01-10T05:00:00Z"))
    assert load(lake, tmp_path, spec).dropped == {"web": {"before_window": 1}}
    assert there(lake) == ["e3", "e4"]


def test_as_of_says_what_the_window_is_counted_from(lake, tmp_path):
    put(tmp_path, "web/a.json", event(1, "2026-01-10T00:00:00Z"), event(2, "2026-02-10T00:00:00Z"))
    load(lake, tmp_path, shop("web", window="1 month"), as_of=datetime(2026, 3, 1, tzinfo=UTC))
    assert there(lake) == ["e2"]


def test_an_event_with_a_wrong_clock_does_not_end_the_window_of_the_others(lake, tmp_path):
    """The file came on 1 March: no event of it can have happened later."""
    put(tmp_path, "web/a.json", event(1, "2026-02-10T00:00:00Z"), event(2, "2099-01-01T00:00:00Z"))
    came = (datetime(2026, 3, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)
    os.utime(tmp_path / "web" / "a.json", (came, came))
    assert load(lake, tmp_path, shop("web", window="1 month")).dropped == {}
    assert there(lake) == ["e1", "e2"]


def test_without_a_window_nothing_goes(lake, tmp_path):
    put(tmp_path, "web/a.json", event(1, "1999-01-10T00:00:00Z"), event(2, "2026-02-10T00:00:00Z"))
    load(lake, tmp_path, shop("web"))
    assert there(lake) == ["e1", "e2"]
