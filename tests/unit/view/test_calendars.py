"""Calendars of a view (rules O4, O6): where weeks, months, quarters and years begin, and what they are called."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from pydantic import ValidationError

from cja_spark.journeys.batch import Window
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.window import days_of, looking_back
from cja_spark.view.calendar import (
    edges,
    floor_day,
    instant_months_before,
    instant_ms,
    label,
    label_of_day,
    months_before,
)
from cja_spark.view.spec import View
from tests.property.views import CALENDARS
from tests.reference import calendar as reference

ZONE = "America/New_York"
CUSTOM = {"weeks": "4-4-5", "first_day": "2025-02-02", "long_years": 2023}
JULY = {"first_month": "july", "week_start": "sunday"}


def calendar(written):
    return View.model_validate({"name": "v", "calendar": written}).calendar


@pytest.mark.parametrize("written", CALENDARS, ids=str)
@pytest.mark.parametrize("granularity", ["day", "week", "month", "quarter", "year"])
def test_o4_buckets_and_names_of_all_days_of_fourteen_years_equal_the_reference(written, granularity):
    spec = calendar(written)
    days = [date(2016, 1, 1) + timedelta(days=number) for number in range(14 * 365)]
    names = [reference.bucket_name(day, granularity, written) for day in days]
    begins = [at for at in range(1, len(days)) if names[at] != names[at - 1]]
    first = None
    for at, day in enumerate(days):
        first = day if at in begins[:1] or (first and names[at] != names[at - 1]) else first
        assert label_of_day(day, granularity, spec) == reference.label_of_day(day, granularity, written), day
        assert first in (None, floor_day(day, granularity, spec)), day


@pytest.mark.parametrize("written", CALENDARS, ids=str)
@pytest.mark.parametrize("granularity", ["week", "month", "quarter", "year"])
def test_o4_edges_over_new_year_and_clock_changes_equal_the_reference(written, granularity):
    start, end = instant_ms(date(2024, 12, 20), ZONE), instant_ms(date(2025, 4, 10), ZONE)
    found = edges(start, end, granularity, ZONE, calendar(written))
    assert found == reference.edges(start, end, granularity, ZONE, written)
    assert [label(edge, granularity, ZONE, calendar(written)) for edge in found] == [
        reference.label(edge, granularity, ZONE, written) for edge in found
    ]


FIRST_DAYS = {2012: "2012-01-29", 2013: "2013-02-03", 2017: "2017-01-29", 2018: "2018-02-04", 2022: "2022-01-30", 2023: "2023-01-29",
              2024: "2024-02-04", 2025: "2025-02-02", 2026: "2026-02-01"}  # fmt: skip


@pytest.mark.parametrize(("year", "first"), FIRST_DAYS.items())
def test_the_retail_year_begins_where_the_nrf_says(year, first):
    assert calendar("4-5-4").years().first_day(year) == date.fromisoformat(first)


def test_the_53rd_week_of_2023_lies_in_its_last_month():
    years = calendar("4-5-4")
    assert [year for year in range(2006, 2030) if years.years().is_long(year)] == [2006, 2012, 2017, 2023, 2028]
    assert [label_of_day(date(2024, 2, 3), size, years) for size in ("week", "month", "quarter")] == ["FY2023-W53", "FY2023-M12", "FY2023-Q4"]
    assert floor_day(date(2024, 2, 3), "month", years) == date(2023, 12, 31)
    assert label_of_day(date(2024, 2, 4), "month", years) == "FY2024-M01"


@pytest.mark.parametrize(("weeks", "lengths"), [("4-5-4", [4, 5, 4]), ("4-4-5", [4, 4, 5]), ("5-4-4", [5, 4, 4])])
def test_months_of_a_quarter_have_the_weeks_that_the_calendar_names(weeks, lengths):
    spec = calendar({**CUSTOM, "weeks": weeks})
    start = instant_ms(date(2025, 2, 2), "UTC")
    months = [*edges(start, start + 364 * 86_400_000, "month", "UTC", spec), start + 364 * 86_400_000]
    assert [(b - a) // (7 * 86_400_000) for a, b in pairwise(months)] == lengths * 4


def test_one_long_year_decides_the_rule_and_two_may_be_named():
    assert [year for year in range(2010, 2041) if calendar(CUSTOM).years().is_long(year)] == [2012, 2017, 2023, 2028, 2034, 2040]
    two = calendar({**CUSTOM, "long_years": [2022, 2028]})
    assert [year for year in range(2010, 2041) if two.years().is_long(year)] == [2011, 2016, 2022, 2028, 2033, 2039]


def test_a_year_has_the_number_that_the_author_gives():
    october = {"weeks": "4-4-5", "first_day": "2025-09-28", "long_years": 2028, "year": 2026}
    assert label_of_day(date(2025, 9, 28), "week", calendar(october)) == "FY2026-W01"
    assert label_of_day(date(2025, 9, 27), "year", calendar(october)) == "FY2025"
    assert label_of_day(date(2025, 9, 28), "year", calendar({**october, "long_years": 2027, "year": None})) == "FY2026"


@pytest.mark.parametrize(
    ("written", "day", "names"),
    [
        ("gregorian", date(2024, 12, 31), ["2025-W01", "2024-12", "2024-Q4", "2024"]),
        (JULY, date(2025, 6, 30), ["week of 2025-06-29", "2025-06", "2024/25-Q4", "2024/25"]),
        (JULY, date(2025, 7, 1), ["week of 2025-06-29", "2025-07", "2025/26-Q1", "2025/26"]),
        ({"first_month": "july"}, date(1999, 8, 1), ["1999-W30", "1999-08", "1999/00-Q1", "1999/00"]),
        ("4-5-4", date(2025, 2, 1), ["FY2024-W52", "FY2024-M12", "FY2024-Q4", "FY2024"]),
    ],
    ids=str,
)  # fmt: skip
def test_labels_say_which_kind_of_year_they_mean(written, day, names):
    assert [label_of_day(day, size, calendar(written)) for size in ("week", "month", "quarter", "year")] == names


@pytest.mark.parametrize(
    ("written", "day", "months", "found"),
    [
        ("gregorian", date(2025, 3, 31), 1, date(2025, 2, 28)), ("gregorian", date(2024, 3, 31), 1, date(2024, 2, 29)),
        ("gregorian", date(2025, 1, 31), 13, date(2023, 12, 31)), (JULY, date(2025, 1, 31), 13, date(2023, 12, 31)),
        ("4-5-4", date(2025, 3, 2), 1, date(2025, 2, 2)), ("4-5-4", date(2025, 4, 5), 1, date(2025, 3, 1)),
        ("4-5-4", date(2024, 2, 3), 12, date(2023, 1, 28)),
    ],
)  # fmt: skip
def test_o6_the_same_day_of_an_earlier_month_is_clamped_to_its_end(written, day, months, found):
    assert months_before(day, months, calendar(written)) == found


@pytest.mark.parametrize("written", CALENDARS, ids=str)
def test_ranges_of_last_months_and_weeks_end_today(written):
    def days(text):
        spec = calendar(written)
        return days_of(REPORTS.named("table").spec.model_validate({"report": "table", "range": text}), date(2025, 3, 14), spec)

    assert days("last 2 weeks") == (date(2025, 3, 1), date(2025, 3, 15))
    first, after = days("last 3 months")
    assert after == date(2025, 3, 15)
    assert first == months_before(after, 3, calendar(written))


@pytest.mark.parametrize(
    ("written", "month"), [("gregorian", date(2025, 2, 1)), (JULY, date(2025, 2, 1)), ("4-5-4", date(2025, 2, 2)), (CUSTOM, date(2025, 2, 2))]
)
def test_o7_the_person_scope_of_a_month_is_the_calendars_month(written, month):
    view = View.model_validate({"name": "v", "time_zone": ZONE, "calendar": written})
    start = instant_ms(date(2025, 2, 20), ZONE)
    window = looking_back(Window(start, start, start + 1, start + 1, start, start), view, ())
    assert window.person_from == instant_ms(month, ZONE)


@pytest.mark.parametrize(
    ("day", "zone"), [(date(2025, 4, 9), ZONE), (date(2024, 3, 31), "UTC"), (date(2019, 12, 4), "America/Sao_Paulo"), (date(2025, 4, 9), "Pacific/Apia")]
)
def test_o6_thirteen_months_before_an_instant_equal_the_reference(day, zone):
    for more in (0, 9_000_000, 5_400_000, 86_399_999):
        t = instant_ms(day, zone) + more
        assert instant_months_before(t, 13, zone) == reference.add_months(t, -13, zone)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("4-5-5", "'4-5-5' is no calendar. Write gregorian, 4-5-4, or the settings of one. Did you mean '4-5-4'?"),
        ({"weeks": "4-4-5"}, "Field required"), ({"weeks": "4-6-4", "first_day": "2025-02-02", "long_years": 2023}, "Input should be '4-5-4'"),
        ({**CUSTOM, "long_years": [2023, 2026]}, "no rule by which years begin on a Sunday near 02 February makes 2023 and 2026 years of 53 weeks"),
        ({**CUSTOM, "long_years": []}, "at least 1 item"), ({**CUSTOM, "long_years": "2023"}, "valid tuple"), ({**CUSTOM, "year": 1999}, "has a number near 2025"),
        ({**CUSTOM, "first_month": "july"}, "Extra inputs"), ({"weeks": "4-5-4", "week_start": "monday"}, "Extra inputs"),
        ({"week_start": "sun"}, "'sunday'"), ({"first_month": 7}, "'july'"), (454, "'454' is no calendar. Write gregorian, 4-5-4, or the settings of one. Did you mean '4-5-4'?"), (None, "valid dictionary"),
    ],
    ids=str,
)  # fmt: skip
def test_a_calendar_that_is_none_is_a_fault(written, said):
    with pytest.raises(ValidationError) as caught:
        calendar(written)
    assert said in str(caught.value)
