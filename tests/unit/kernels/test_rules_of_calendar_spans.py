"""Rules S1, F6, F9, P3, O7: months in session timeouts, windows of fallouts and expirations, on the product's kernels."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.kernels.months import earliest, months_later
from cja_spark.reports.window import back_from
from cja_spark.span import Months, parse_span
from cja_spark.spec import milliseconds
from cja_spark.view.attribution import Attribution
from cja_spark.view.persistence import Persistence
from tests.unit.kernels.by_hand import END, HOUR, START, VIEW, page, rows_of, table
from tests.unit.kernels.test_rules_of_months import NEW_YORK, at

SPRING = {"range": {"from": datetime(2025, 1, 1).date(), "to": datetime(2025, 5, 31).date()}}
DAWN = at("2025-01-01T00:00", "UTC")


def after(text, zone="UTC"):
    """An instant as ms after the range's first."""
    return at(text, zone) - DAWN


def in_zone(zone=NEW_YORK, **given):
    return {**VIEW, "time_zone": zone, **given}


@pytest.mark.parametrize(("late_ms", "sessions"), [(-1, 1.0), (0, 1.0), (1, 2.0)])
@pytest.mark.parametrize(
    ("start", "end"), [("2025-01-31T10:00", "2025-04-30T23:59:59.999"), ("2025-01-09T02:30", "2025-04-09T02:30"), ("2025-02-09T12:00", "2025-05-09T12:00")]
)
def test_s1_a_session_is_idle_for_three_months_at_most(start, end, late_ms, sessions):
    view = in_zone(session={"timeout": "3 months"})
    events = [page(after(start, NEW_YORK)), page(after(end, NEW_YORK) + late_ms)]
    assert rows_of([events], view, report="sessions", **SPRING)[0]["sessions"] == sessions


def test_s1_months_of_idleness_are_those_of_one_person():
    view = in_zone(session={"timeout": "1 month", "starts_with": ["opens"]})
    persons = [[page(after("2025-01-05T10:00"))], [page(after("2025-01-06T10:00")), page(after("2025-02-05T10:00"), opens=1)], []]
    assert rows_of(persons, view, report="sessions", **SPRING)[0]["sessions"] == 3.0


@pytest.mark.parametrize(("late_ms", "reached"), [(-1, 1.0), (0, 1.0), (1, 0.0)])
@pytest.mark.parametrize(
    "options",
    [{}, {"window_start": "first"}, {"order": "any"}, {"order": "any", "one_event_one_step": False}, {"ties": "step_order"}, {"ties": {"grace": "1 seconds"}},
     {"order": "strict"}, {"window_start": "first", "count": "attempts"}],
)  # fmt: skip
def test_f6_a_window_of_a_month_ends_at_the_same_time_of_the_same_day(options, late_ms, reached):
    steps = [{"dimension": "page", "equals": name} for name in ("a", "b")]
    for start, end in (("2025-02-09T12:00", "2025-03-09T12:00"), ("2025-01-31T10:00", "2025-02-28T23:59:59.999")):
        events = [page(after(start, NEW_YORK), "a"), page(after(end, NEW_YORK) + late_ms, "b")]
        other = [page(after("2025-02-20T10:00"), "b")]
        rows = rows_of([other, events], in_zone(), report="fallout", steps=steps, window="1 month", **options, **SPRING)
        assert rows[1][next(name for name in ("people", "attempts") if name in rows[1])] == reached


@pytest.mark.parametrize(("late_ms", "reached"), [(0, 1.0), (1, 0.0)])
def test_f9_a_window_of_a_month_reaches_over_the_end_of_the_range(late_ms, reached):
    steps = [{"dimension": "page", "equals": name} for name in ("a", "b")]
    events = [page(END - START - 1, "a"), page(after("2025-02-28T23:59:59.999") + late_ms, "b")]
    asked = {"report": "fallout", "steps": steps, "window": "1 month"}
    rows = rows_of([events], in_zone("UTC"), until=END + 60 * 24 * HOUR, **asked)
    assert rows[1]["people"] == reached
    waiting = [page(after("2025-01-20T10:00"), "a")]
    until = at("2025-02-20T10:00", "UTC")
    for complete, still_open in ((until - 1, 1.0), (until, 0.0)):
        assert rows_of([waiting], in_zone("UTC"), until=complete, **asked)[0]["open_people"] == still_open


@pytest.mark.parametrize(("late_ms", "value"), [(0, "a"), (1, "No value")])
@pytest.mark.parametrize("how", [{}, {"allocation": "original"}])
def test_p3_a_value_lasts_a_month_and_no_millisecond_longer(how, late_ms, value):
    view = in_zone(dimensions={"page": {"field": "page", "persistence": {"expiration": "1 month", **how}}})
    for start, end in (("2025-02-09T12:00", "2025-03-09T12:00"), ("2025-01-31T10:00", "2025-02-28T23:59:59.999")):
        events = [page(after(start, NEW_YORK), "a"), page(after(end, NEW_YORK) + late_ms, orders=1)]
        rows = table([events], "page", metrics=["orders"], sort="orders", view=view, **SPRING)
        assert next(row[1] for row in rows if row[0] == "item" and row[2]) == value


@pytest.mark.parametrize(("early_ms", "value"), [(0, "a"), (1, "No value")])
def test_o7_what_was_set_a_month_before_the_range_is_read(early_ms, value):
    view = in_zone("UTC", dimensions={"page": {"field": "page", "persistence": {"expiration": "1 month", "allocation": "first_known"}}})
    events = [page(after("2024-12-01T00:00") - early_ms, "a"), page(0, orders=1)]
    assert table([events], "page", metrics=["orders"], view=view)[1][1] == value


def test_o7_a_month_that_ends_in_a_gap_of_the_clock_reaches_what_comes_after_it():
    zone = "America/Sao_Paulo"  # 4 November 2018 began at 01:00
    assert earliest_read(at("2018-11-04T01:00", zone), "1 month", zone) <= at("2018-10-04T00:30", zone)
    assert int(months_later(np.array([at("2018-10-04T00:30", zone)]), 1, zone)[0]) == at("2018-11-04T01:00", zone)
    for day in range(1, 29):
        start = at(f"2018-11-{day:02d}T01:00", zone)
        assert int(months_later(np.array([earliest_read(start, "1 month", zone) - 1]), 1, zone)[0]) < start


def earliest_read(start, text, zone):
    return start - milliseconds(back_from(start, parse_span(text), zone))


@pytest.mark.parametrize(
    ("written", "said"),
    [({"expiration": "4 months"}, "90 days, or 3 months, at most"), ({"expiration": "0 months"}, "more than nothing"), ({"expiration": "1 year"}, "at most"),
     ({"expiration": "2 mnths"}, "is no expiration")],
)  # fmt: skip
def test_p4_values_last_three_months_at_most(written, said):
    assert Persistence.model_validate({"expiration": "1 quarter"}).looks_back == Months(count=3)
    with pytest.raises(ValidationError, match=said):
        Persistence.model_validate(written)


def test_a3_a_half_life_has_a_fixed_length():
    with pytest.raises(ValidationError, match="Months, quarters and years have no fixed length"):
        Attribution.model_validate({"model": "time_decay", "half_life": "1 month"})


def test_f6_a_window_of_any_kind_begins_at_the_earliest_start_that_reaches_an_event():
    t, offsets = np.array([at("2025-01-31T10:00"), at("2025-02-28T23:59:59.999"), at("2025-03-01T00:00"), at("2025-03-01T00:00")]), np.array([0, 3, 4])
    assert earliest(t, offsets, parse_span("1 month"), NEW_YORK).tolist() == [t[0], t[0], t[1], t[3]]
    assert earliest(t, offsets, parse_span("1 hours"), NEW_YORK).tolist() == (t - HOUR).tolist()
    assert (earliest(t, offsets, None, NEW_YORK) == np.iinfo(np.int64).min).all()
