"""Rolling date ranges by their names (rules O5, O6): the days that they are in the view's calendar and time zone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import TypeAdapter

from cja_spark.reports.compile import today_at
from cja_spark.view.calendar import instant_ms
from cja_spark.view.ranges import NAMED, Range, days_in
from cja_spark.view.spec import View
from cja_spark.words.condition import range_in_words
from tests.property.views import CALENDARS
from tests.reference.calendar import first_instant
from tests.reference.ranges import instants

ZONE = "America/New_York"
SUNDAY = {"week_start": "sunday"}
JULY = {"first_month": "july"}
COUNTED = [f"last {count} {full}{unit}s" for count in (1, 2, 5) for full in ("", "full ") for unit in ("day", "week", "month", "quarter", "year")]
RANGE = TypeAdapter(Range)


def days(written, today, calendar="gregorian"):
    first, after = days_in(RANGE.validate_python(written), today, View.model_validate({"name": "v", "calendar": calendar}).calendar)
    return first, after - timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("today", date(2025, 3, 9), date(2025, 3, 9)), ("yesterday", date(2025, 3, 8), date(2025, 3, 8)),
        ("this week", date(2025, 3, 3), date(2025, 3, 9)), ("last week", date(2025, 2, 24), date(2025, 3, 2)),
        ("this month", date(2025, 3, 1), date(2025, 3, 9)), ("last month", date(2025, 2, 1), date(2025, 2, 28)),
        ("this quarter", date(2025, 1, 1), date(2025, 3, 9)), ("last quarter", date(2024, 10, 1), date(2024, 12, 31)),
        ("this year", date(2025, 1, 1), date(2025, 3, 9)), ("last year", date(2024, 1, 1), date(2024, 12, 31)),
        ("last 1 month", date(2025, 2, 10), date(2025, 3, 9)), ("last 3 quarters", date(2024, 6, 10), date(2025, 3, 9)),
        ("last 3 full days", date(2025, 3, 6), date(2025, 3, 8)), ("last 2 full weeks", date(2025, 2, 17), date(2025, 3, 2)),
        ("last 3 full months", date(2024, 12, 1), date(2025, 2, 28)), ("last 2 full quarters", date(2024, 7, 1), date(2024, 12, 31)),
        ("last 2 full years", date(2023, 1, 1), date(2024, 12, 31)),
    ],
)  # fmt: skip
def test_this_ones_end_with_the_day_of_as_of_and_full_ones_before_it(written, first, last):
    assert days(written, date(2025, 3, 9)) == (first, last)


@pytest.mark.parametrize(
    ("written", "today", "calendar", "first", "last"),
    [
        ("this month", date(2025, 3, 1), "gregorian", date(2025, 3, 1), date(2025, 3, 1)),
        ("last month", date(2025, 3, 1), "gregorian", date(2025, 2, 1), date(2025, 2, 28)),
        ("last month", date(2024, 3, 31), "gregorian", date(2024, 2, 1), date(2024, 2, 29)),
        ("this year", date(2025, 1, 1), "gregorian", date(2025, 1, 1), date(2025, 1, 1)),
        ("last year", date(2025, 1, 1), "gregorian", date(2024, 1, 1), date(2024, 12, 31)),
        ("last week", date(2025, 1, 1), "gregorian", date(2024, 12, 23), date(2024, 12, 29)),
        ("last week", date(2025, 3, 10), "gregorian", date(2025, 3, 3), date(2025, 3, 9)),
        ("this week", date(2025, 3, 9), SUNDAY, date(2025, 3, 9), date(2025, 3, 9)),
        ("last week", date(2025, 3, 9), SUNDAY, date(2025, 3, 2), date(2025, 3, 8)),
        ("this year", date(2025, 3, 9), JULY, date(2024, 7, 1), date(2025, 3, 9)),
        ("last quarter", date(2025, 7, 1), JULY, date(2025, 4, 1), date(2025, 6, 30)),
        ("last month", date(2024, 2, 4), "4-5-4", date(2023, 12, 31), date(2024, 2, 3)),  # 2023 has a 53rd week, in its last month
        ("last week", date(2024, 2, 4), "4-5-4", date(2024, 1, 28), date(2024, 2, 3)),
        ("this week", date(2024, 2, 3), "4-5-4", date(2024, 1, 28), date(2024, 2, 3)),
        ("last year", date(2024, 2, 4), "4-5-4", date(2023, 1, 29), date(2024, 2, 3)),
        ("last quarter", date(2024, 2, 4), "4-5-4", date(2023, 10, 29), date(2024, 2, 3)),
        ("this quarter", date(2024, 2, 3), "4-5-4", date(2023, 10, 29), date(2024, 2, 3)),
        ("last 5 full quarters", date(2024, 2, 4), "4-5-4", date(2022, 10, 30), date(2024, 2, 3)),
    ],
)  # fmt: skip
def test_they_begin_and_end_where_the_calendar_does(written, today, calendar, first, last):
    assert days(written, today, calendar) == (first, last)


@pytest.mark.parametrize("written", CALENDARS, ids=str)
def test_o6_rolling_ranges_of_every_day_of_two_years_equal_the_reference(written):
    view = {"time_zone": "UTC", "calendar": written}
    spec = View.model_validate({"name": "v", **view}).calendar
    for today in (date(2023, 12, 20) + timedelta(days=number) for number in range(800)):
        as_of = first_instant(today, "UTC")
        for text in (*NAMED, *COUNTED):
            first, after = days_in(RANGE.validate_python(text), today, spec)
            assert (instant_ms(first, "UTC"), instant_ms(after, "UTC")) == instants(text, view, as_of), (text, today)


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 9), 23), (date(2025, 11, 2), 25)])
@pytest.mark.parametrize("text", ["today", "yesterday"])
def test_o4_a_day_of_a_clock_change_is_as_long_as_it_is(day, hours, text):
    view = View.model_validate({"name": "v", "time_zone": ZONE})
    as_of = instant_ms(day + timedelta(days=1 if text == "today" else 2), ZONE) - 1
    first, after = days_in(NAMED[text], today_at(as_of, view), view.calendar)
    assert (first, instant_ms(after, ZONE) - instant_ms(first, ZONE)) == (day, hours * 3_600_000)
    assert (instant_ms(first, ZONE), instant_ms(after, ZONE)) == instants(text, {"time_zone": ZONE}, as_of)


def test_o5_the_day_of_as_of_is_that_of_the_view_s_time_zone():
    as_of = instant_ms(date(2025, 3, 1), "UTC")
    view = View.model_validate({"name": "v", "time_zone": ZONE})
    assert days("this month", today_at(as_of, view)) == (date(2025, 2, 1), date(2025, 2, 28))


@pytest.mark.parametrize("text", [*NAMED, *COUNTED])
def test_a_range_is_read_again_from_what_is_written_of_it(text):
    span = RANGE.validate_python(text)
    assert RANGE.validate_python(span.model_dump()) == RANGE.validate_json(span.model_dump_json()) == span


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("today", " of the day of as_of"), ("this month", " of the month of as_of up to that day"), ("yesterday", " of the last full day"),
        ("last 3 full quarters", " of the last 3 full quarters"), ("last quarter", " of the last full quarter"), ("last 3 quarters", " of the last 3 quarters"),
    ],
)  # fmt: skip
def test_explain_says_which_days_a_range_means(written, said):
    assert range_in_words(RANGE.validate_python(written)) == said
