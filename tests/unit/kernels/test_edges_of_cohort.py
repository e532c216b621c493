"""Cohorts at the edges of the calendar, of ranges and segments, and what is no cohort table (rules O4, O5, O7)."""

import datetime as dt

import pytest
from pydantic import ValidationError

from cja_spark.reports.cohort import Cohort
from tests.unit.kernels.by_hand import DAY, HOUR, START, page
from tests.unit.kernels.test_rules_of_cohort import MINUTE, THREE, at, back, cells, cohorts, days, visit


def test_o4_a_day_of_23_or_25_hours_is_one_period():
    zone = {"time_zone": "America/New_York"}
    for day, length in (("2025-03-09", 23), ("2025-11-02", 25)):
        asked = {"range": days(day, (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()), "view": zone, "until": START + 400 * DAY}
        begin = at(day, "America/New_York")
        for after, found in ((length * HOUR - 1, [1, 0]), (length * HOUR, [1, 1])):
            assert cells(cohorts([visit(begin), back(begin + after)], **asked))[day] == found


def test_o4_a_clock_that_is_set_by_half_an_hour_moves_a_period_by_it():
    begin = at("2025-04-06", "Australia/Lord_Howe")
    asked = {"range": days("2025-04-06", "2025-04-07"), "view": {"time_zone": "Australia/Lord_Howe"}}
    for after, found in ((24 * HOUR + 30 * MINUTE - 1, [1, 0]), (24 * HOUR + 30 * MINUTE, [1, 1])):
        assert cells(cohorts([visit(begin), back(begin + after)], **asked))["2025-04-06"] == found


def test_o4_a_day_without_midnight_is_a_period_from_its_first_instant():
    begin = at("2025-09-07", "America/Santiago")
    asked = {"range": days("2025-09-06", "2025-09-07"), "view": {"time_zone": "America/Santiago"}}
    for t, found in ((begin - 1, [1, 0]), (begin, [1, 1])):
        assert cells(cohorts([visit(begin - HOUR), back(t)], **asked))["2025-09-06"] == found


def test_o4_a_week_over_new_year_is_one_period():
    asked = {"range": days("2025-12-31", "2026-01-01"), "granularity": "week"}
    assert cells(cohorts([visit(at("2025-12-29"))], [visit(at("2026-01-04"))], [visit(at("2026-01-05"))], **asked, until=START + 500 * DAY)) == {"2026-W01": [2]}


def test_o4_months_are_as_long_as_the_calendar_has_them():
    asked = {"range": days("2025-01-01", "2025-03-31"), "granularity": "month"}
    assert cells(cohorts([visit(at("2025-01-31")), back(at("2025-02-28")), back(at("2025-03-31"))], **asked))["2025-01"] == [1, 1, 1]
    retail = {"calendar": {"week_start": "sunday"}}
    sundays = cells(cohorts([visit(at("2025-01-04"))], [visit(at("2025-01-05"))], range=days("2025-01-03", "2025-01-06"), granularity="week", view=retail))
    assert sundays == {"week of 2024-12-29": [1, 0], "week of 2025-01-05": [1]}


def test_o5_an_empty_range_has_the_total_alone():
    rows = cohorts([visit(0)], range=days("2025-01-02", "2025-01-01"), granularity="month")
    assert [(row["row_kind"], row["people"]) for row in rows] == [("total", 0)]


def test_o7_nobody_is_every_cell_with_0():
    assert cells(cohorts(**THREE)) == cells(cohorts([visit(-1)], **THREE)) == {"2025-01-01": [0, 0, 0], "2025-01-02": [0, 0], "2025-01-03": [0]}


def test_o7_segments_hide_inclusion_and_return():
    home = {"where": {"dimension": "page", "equals": "home"}}
    own = [visit(0, "home"), page(DAY, "cart", orders=1), page(2 * DAY, "home", orders=1)]
    assert cells(cohorts(own, segments=[home], **THREE))["2025-01-01"] == [1, 0, 1]
    assert cells(cohorts([page(0, "cart", opens=1), *own[1:]], segments=[home], **THREE))["2025-01-01"] == [0, 0, 0]


def test_without_a_return_the_inclusion_again_is_one():
    assert cells(cohorts([visit(0), visit(DAY)], **{"return": None}, **THREE))["2025-01-01"] == [1, 1, 0]
    assert Cohort.model_validate({"inclusion": "opens"}).effective().return_.name() == "opens"


def test_criteria_are_told_in_words():
    told = Cohort.model_validate({"inclusion": {"metrics": ["opens", {"metric": "orders", "at_least": 2, "at_most": 9}], "match": "any", "segments": ["home", "new"]}})
    assert told.inclusion.name() == "opens or orders at least 2 at most 9 in home and new"
    assert Cohort.model_validate({"inclusion": {"segments": ["home"]}}).inclusion.name() == "home"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"inclusion": None}, "inclusion"),
        ({"inclusion": {}}, "name a metric under 'metrics', or a segment under 'segments'"),
        ({"inclusion": ["opens"] * 4}, "at most 3 items"),
        ({"inclusion": {"segments": [f"s{number}" for number in range(11)]}}, "at most 10 items"),
        ({"return": {"match": "any"}}, "name a metric under 'metrics'"),
        ({"granularity": "hour"}, "'day', 'week', 'month', 'quarter' or 'year'"),
        ({"entry": "last"}, "first_ever"),
        ({"mode": "after"}, "on_or_after"),
        ({"type": "retained"}, "'retention' or 'churn'"),
        ({"rolling": True, "mode": "on_or_after"}, "rolling: every period counts by itself; leave out mode: on_or_after"),
        ({"latency": True, "mode": "on_or_after"}, "latency: periods before count by itself; leave out mode: on_or_after"),
        ({"latency": True, "rolling": True}, "leave out one of rolling and latency"),
        ({"latency": True, "dimension": "page"}, "leave out latency or dimension"),
        ({"rows": 0}, "greater than or equal to 1"),
        ({"granularity": "day", "range": "last 400 days"}, "the range has more than 366 periods of a day; choose longer ones"),
        ({"granularity": "week", "range": "last 8 years"}, "more than 366 periods of a week"),
    ],
)
def test_what_is_no_cohort_table_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Cohort.model_validate({"inclusion": "opens", **wrong})


@pytest.mark.parametrize(("size", "span"), [("day", "last 366 days"), ("day", "last 1 year"), ("day", "this year"), ("week", "last 366 weeks"), ("year", "last 100 years")])
def test_as_many_periods_as_there_may_be_are_taken(size, span):
    assert Cohort.model_validate({"inclusion": "opens", "granularity": size, "range": span}).whole_periods() == size
