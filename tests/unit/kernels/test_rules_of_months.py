"""Rule O6: months, quarters and years as spans of time, on the product's kernels; at month ends and where clocks change."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cja_spark.kernels.months import months_later, reach
from cja_spark.span import Months, parse_span, span_text
from cja_spark.view.calendar import instant_months_before
from tests.reference.months import earlier, later
from tests.unit.kernels.by_hand import VIEW, kept, page, table

NEW_YORK = "America/New_York"
HOUR = 3_600_000


def at(text, zone=NEW_YORK, fold=0):
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(moment.timestamp() * 1000)


def said(instant, zone=NEW_YORK):
    return datetime.fromtimestamp(instant / 1000, ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2025-01-31T10:00", 1, "2025-02-28T23:59:59.999000-05:00"), ("2024-01-30T10:00", 1, "2024-02-29T23:59:59.999000-05:00"),
        ("2025-01-28T10:00", 1, "2025-02-28T10:00:00-05:00"),
        ("2025-01-31T10:00", 2, "2025-03-31T10:00:00-04:00"), ("2024-02-29T10:00", 12, "2025-02-28T23:59:59.999000-05:00"),
        ("2025-11-30T10:00", 3, "2026-02-28T23:59:59.999000-05:00"), ("2025-01-31T10:00", 0, "2025-01-31T10:00:00-05:00"),
        ("2025-02-09T02:30", 1, "2025-03-09T03:00:00-04:00"), ("2025-02-09T01:59:59.999", 1, "2025-03-09T01:59:59.999000-05:00"),
        ("2025-02-09T03:00", 1, "2025-03-09T03:00:00-04:00"), ("2025-10-02T01:30", 1, "2025-11-02T01:30:00-04:00"),
        ("1969-12-31T23:59:59.999", 2, "1970-02-28T23:59:59.999000-05:00"),
    ],
)
def test_o6_months_are_added_on_the_local_calendar_and_clamped(start, months, expected):
    assert said(int(months_later(np.array([at(start)]), months, NEW_YORK)[0])) == expected


def test_o6_an_event_in_the_second_pass_of_a_repeated_hour_counts_from_its_end():
    both = [at("2025-11-02T01:10"), at("2025-11-02T01:50"), at("2025-11-02T01:10", fold=1), at("2025-11-02T02:00")]
    assert [said(t)[:16] for t in months_later(np.array(both), 1, NEW_YORK).tolist()] == [
        "2025-12-02T01:10", "2025-12-02T01:50", "2025-12-02T02:00", "2025-12-02T02:00",
    ]  # fmt: skip


@pytest.mark.parametrize("zone", [NEW_YORK, "UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"])
def test_o6_every_instant_has_the_reference_s_months_and_what_is_later_stays_later(zone):
    chance = random.Random(zone)
    edges = [at(f"20{year:02d}-{month:02d}-01T00:00", zone) for year in (15, 18, 25) for month in (1, 2, 3, 4, 10, 11, 12)]
    t = sorted(chance.choice(edges) + chance.randrange(-40 * 24, 40 * 24) * HOUR // 2 + chance.choice([-1, 0, 0, 1]) for _ in range(300))
    for months in (1, 3, 14):
        found = months_later(np.array(t), months, zone)
        assert found.tolist() == [later(one, months, zone) for one in t]
        assert (np.diff(found) >= 0).all()
        assert [instant_months_before(one, months, zone) for one in t] == [earlier(one, months, zone) for one in t]


def test_o6_a_span_of_fixed_length_or_none_needs_no_calendar():
    t = np.array([0, 5])
    assert reach(t, timedelta(days=1), NEW_YORK).tolist() == [24 * HOUR, 24 * HOUR + 5]
    assert (reach(t, None, NEW_YORK) == np.iinfo(np.int64).max).all()
    assert months_later(t[:0], 1, NEW_YORK).tolist() == []


@pytest.mark.parametrize(("gap_ms", "value"), [(0, "a"), (1, "No value")])
def test_a2_a_lookback_of_a_month_reaches_to_the_same_day(gap_ms, value):
    how = {"lookback": "1 month"}
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": how}}}
    start = at("2025-01-01T00:00", "UTC")
    touch, month = at("2024-12-20T10:00", "UTC") - start, at("2025-01-20T10:00", "UTC") - start
    rows = table([[page(touch, "a"), page(month + gap_ms, orders=2)]], "page", metrics=["orders"], view=view)
    assert {row[1] for row in rows if row[0] == "item" and row[2]} == {value}


@pytest.mark.parametrize(("late_ms", "end", "met"), [(0, "within", True), (1, "within", False), (0, "after", True), (-1, "after", False)])
def test_g8_a_distance_may_be_of_months(late_ms, end, met):
    days = {"range": {"from": datetime(2025, 1, 1).date(), "to": datetime(2025, 3, 31).date()}}
    start = at("2025-01-01T00:00", "UTC")
    first, second = at("2025-01-31T10:00", "UTC") - start, at("2025-02-28T23:59:59.999", "UTC") - start
    where = {"then": [{"dimension": "page", "equals": "a"}, {end: "1 month"}, {"dimension": "page", "equals": "b"}]}
    rows = table([[page(first, "a"), page(second + late_ms, "b")]], metrics=["events"], segments=[{"container": "person", "where": where}], **days)
    assert rows == [("total", 2.0 if met else 0.0)]
    assert kept([[page(0, "a")]], where, "person") == []


@pytest.mark.parametrize(("text", "months", "written"), [("1 month", 1, "1 month"), ("3 months", 3, "1 quarter"), (" 2 quarters", 6, "2 quarters"), ("1 year", 12, "1 year"), ("0 months", 0, "0 months"), ("14 months", 14, "14 months")])
def test_a_span_is_written_in_the_largest_unit(text, months, written):
    assert parse_span(text) == Months(count=months)
    assert span_text(parse_span(text)) == written
    assert span_text(parse_span("14 days")) == "2 weeks"


@pytest.mark.parametrize(("text", "said"), [("1201 months", "is too long; 1,200 months at most"), ("101 years", "is too long"), ("2 mnths", "is no duration"), (2, "is no duration")])
def test_what_is_no_span_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        parse_span(text)
