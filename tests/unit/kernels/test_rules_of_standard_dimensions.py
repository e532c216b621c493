"""Standard dimensions and session types on the product's kernels (rules O4, S2, S6), and their equality with the reference."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.journeys.batch import Journeys, Window
from cja_spark.kernels.clock import bucket_starts, local_ms
from cja_spark.kernels.session_types import depth, first_time
from cja_spark.kernels.sessions import session_numbers
from cja_spark.kernels.time_spent import spent_in
from cja_spark.reports.standard import texts_with_standard, with_standard
from cja_spark.view.spec import View
from cja_spark.view.standard import OF_SESSIONS, STANDARD_DIMENSIONS, TIME_SPENT
from tests.property.strategies import DAY, STARTS, at
from tests.property.views import CALENDARS
from tests.reference import standard as reference
from tests.reference.sessions import numbers
from tests.unit.kernels.by_hand import GAP, HOUR, MINUTE, START, VIEW, page, rows_of, table

ZONES = ("America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "UTC")
CHANGES = [at(text) for text in (
    "2025-03-09T07:00:00+00:00", "2025-11-02T06:00:00+00:00", "2025-04-05T15:00:00+00:00", "2025-10-04T15:30:00+00:00",
    "2018-11-04T03:00:00+00:00", "2011-12-30T10:00:00+00:00", "2025-01-01T00:00:00+00:00", "1969-12-31T23:59:59+00:00",
)]  # fmt: skip


def texts(instants, name, view):
    """The values of some instants in a dimension of time, as a report shows them."""
    t = np.array(sorted(instants), np.int64)
    journeys = Journeys(np.array([0, len(t)]), t, {})
    window = Window(int(t[0]), int(t[0]), int(t[-1]) + 1, int(t[-1]) + 1, int(t[-1]) + 1, int(t[0]))
    laid = with_standard(journeys, view, window, np.zeros(len(t), np.int64), (name,))
    known = texts_with_standard(lambda dimension, ids: {}, view)(name, laid.ids(name))
    return [known[one] for one in laid.ids(name).tolist()]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", [name for name in STANDARD_DIMENSIONS if name not in (*OF_SESSIONS, *TIME_SPENT)])
def test_o4_times_around_clock_changes_equal_the_reference(zone, name):
    steps = (-DAY, -3_600_001, -1_800_000, -1, 0, 1, 999, 29 * MINUTE, 1_800_000, 3_599_999, 3_600_000, 7_200_000, DAY)
    instants = sorted({change + step for change in CHANGES for step in steps})
    for calendar in CALENDARS[:: 3 if name in ("day", "week", "week_of_year") else 6]:
        view = View.model_validate({"name": "v", "time_zone": zone, "calendar": calendar})
        written = {"time_zone": zone, "calendar": calendar}
        assert texts(instants, name, view) == [reference.text(t, name, written) for t in instants]


def test_o4_the_repeated_hour_is_two_hours_and_one_hour_of_day():
    view = View.model_validate({"name": "v", "time_zone": "America/New_York"})
    twice = [at("2025-11-02T05:30:00+00:00"), at("2025-11-02T06:30:00+00:00")]
    assert texts(twice, "hour", view) == ["2025-11-02 01:00-0400", "2025-11-02 01:00-0500"]
    assert texts(twice, "hour_of_day", view) == ["1", "1"]


def test_o4_a_clock_that_is_set_by_half_an_hour_begins_a_bucket():
    t = np.array([at("2025-04-05T14:59:59+00:00"), at("2025-04-05T15:00:00+00:00")])
    assert (bucket_starts(t, 3_600_000, "Australia/Lord_Howe") == [at("2025-04-05T14:00:00+00:00"), t[1]]).all()
    assert (local_ms(t, "Australia/Lord_Howe") // MINUTE % 1440 == [119, 90]).all()


def test_o4_a_clock_is_set_at_its_very_second():
    change = at("2025-03-09T07:00:00+00:00")
    assert (local_ms(np.array([change - 1, change]), "America/New_York") - change == [-5 * 3_600_000 - 1, -4 * 3_600_000]).all()


def test_o4_the_hours_of_a_zone_begin_when_its_clock_says_so():
    t = np.array([at("2025-03-01T00:14:59+00:00"), at("2025-03-01T00:15:00+00:00")])  # 05:59:59 and 06:00 in Kathmandu
    assert (bucket_starts(t, 3_600_000, "Asia/Kathmandu") == [at("2025-02-28T23:15:00+00:00"), t[1]]).all()


@pytest.mark.parametrize(
    ("calendar", "day", "parts"),
    [
        ("gregorian", "2025-03-09", ["Sunday", "9", "68", "10", "March", "Q1", "Weekend"]),
        ({"week_start": "sunday"}, "2025-03-09", ["Sunday", "9", "68", "11", "March", "Q1", "Weekend"]),
        ({"first_month": "july"}, "2025-03-09", ["Sunday", "9", "252", "36", "March", "Q3", "Weekend"]),
        ("4-5-4", "2025-03-09", ["Sunday", "8", "36", "6", "M02", "Q1", "Weekend"]),
        ("gregorian", "2024-12-30", ["Monday", "30", "365", "1", "December", "Q4", "Weekday"]),
    ],
)
def test_parts_of_a_date_follow_the_calendar(calendar, day, parts):
    view = View.model_validate({"name": "v", "calendar": calendar})
    names = ("day_of_week", "day_of_month", "day_of_year", "week_of_year", "month_of_year", "quarter_of_year", "weekday_or_weekend")
    assert [texts([at(f"{day}T12:00:00+00:00")], name, view)[0] for name in names] == parts


VISITS = [page(0, "a"), page(1, "b"), page(GAP + 2, "c"), page(GAP + 3, "d"), page(GAP + 4, "e")]


def test_s2_depth_counts_from_the_start_of_the_session_also_before_the_range():
    assert table([VISITS], "event_depth", "page", metrics=["events"]) == [
        ("total", None, None, 5), ("item", "1", "a", 1), ("item", "1", "c", 1), ("item", "2", "b", 1), ("item", "2", "d", 1),
        ("item", "3", "e", 1),
    ]  # fmt: skip
    assert table([[page(-1), page(0, "a")]], "event_depth", metrics=["events"]) == [("total", None, 1), ("item", "2", 1)]


def types_of(*events, **asked):
    """(first-time, return) sessions of one person in January 2025."""
    [total] = table([list(events)], metrics=["first_time_sessions", "return_sessions"], **asked)
    return total[1:]


def months_ago(months_text):
    return at(f"{months_text}T00:00:00+00:00") - START


@pytest.mark.parametrize(("off", "found"), [(-1, (1, 0)), (0, (0, 1)), (1, (0, 1))])
def test_s6_an_event_thirteen_months_before_the_range_makes_a_return_session(off, found):
    assert types_of(page(months_ago("2023-12-01") + off), page(5, "a")) == found


def test_s6_the_edges_of_thirteen_months_and_of_the_range():
    def first(*t, sessions=(0, 1)):
        one = np.array([0, len(t)])
        return first_time(np.array(t), one, np.array(sessions[: len(t)]), since=10, start=20, end=30).tolist()

    assert [first(19), first(20), first(29), first(30)] == [[False], [True], [True], [False]]
    assert [first(9, 20), first(10, 20)] == [[False, True], [False, False]]
    assert first(9, 20, sessions=(0, 0)) == [False, False]  # the session began before


def test_s6_only_the_first_session_of_the_range_is_a_first_time_one():
    assert types_of(*VISITS) == (1, 1)
    assert types_of(page(0, "a")) == (1, 0)
    assert types_of() == (0, 0)


def test_s6_a_session_begun_before_the_range_is_a_return_one_and_so_are_all_later_ones():
    assert types_of(page(-1), page(0, "a"), page(GAP + 1, "b")) == (0, 2)


def test_s6_two_sessions_at_equal_times_are_told_apart_by_position():
    assert types_of(page(0, "a"), page(0, "b", opens=1)) == (1, 1)


def test_s6_a_session_counts_where_its_events_are_masked_and_keeps_its_type():
    only_b = [{"where": {"dimension": "page", "equals": "b"}}]
    assert types_of(*VISITS, segments=only_b) == (1, 0)
    assert types_of(*VISITS, segments=[{"where": {"dimension": "session_type", "equals": "Return"}}]) == (0, 1)
    assert table([VISITS, [page(0, "a")]], "session_type", metrics=["sessions", "people", "events"]) == [
        ("total", None, 3, 2, 6), ("item", "First-time", 2, 2, 3), ("item", "Return", 1, 1, 3),
    ]  # fmt: skip


def test_s6_sessions_by_day_are_distinct_sessions():
    rows = rows_of([VISITS], report="trend", granularity="day", metrics=["first_time_sessions", "return_sessions", "sessions"])
    assert [(row["first_time_sessions"], row["return_sessions"], row["sessions"]) for row in rows[:2]] == [(1, 1, 2), (1, 1, 2)]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"dimension": "hour_of_day", "equals": 0}, 2), ({"dimension": "hour_of_day", "does_not_equal": "0"}, 3),
        ({"dimension": "event_depth", "equals_any_of": [1, 3]}, 3), ({"dimension": "day", "starts_with": "2025-01"}, 5),
        ({"dimension": "day", "equals": "2025-02-01"}, 0), ({"dimension": "hour", "contains": " 00:"}, 2),
        ({"dimension": "minute", "exists": True}, 5), ({"metric": "first_time_sessions", "at_least": 1}, 2),
        ({"metric": "return_sessions", "equals": 0}, 2), ({"dimension": "month_of_year", "equals": "M01"}, 0),
    ],
)
def test_conditions_compare_the_texts_that_reports_show(where, found):
    later = [page(0, "a"), page(1, "b"), page(2 * GAP + 2, "c"), page(2 * GAP + 3, "d"), page(2 * GAP + 4, "e")]
    assert table([later], metrics=["events"], segments=[{"where": where}]) == [("total", found)]


def test_a_person_is_asked_for_a_sum_of_session_types():
    person = {"container": "person", "where": {"metric": "return_sessions", "at_least": 1}}
    assert table([VISITS, [page(0, "a")]], metrics=["events", "people"], segments=[person]) == [("total", 5, 1)]


@settings(max_examples=220, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_s2_s6_types_and_depths_of_generated_journeys_equal_the_reference(seed):
    chance = random.Random(seed)
    start, end = at("2025-03-01T05:00:00+00:00"), at("2025-04-01T04:00:00+00:00")
    since = at("2024-02-01T05:00:00+00:00")
    corners = (*STARTS, since - 1, since, since + 1, since + GAP, start - GAP, start - GAP - 1)
    written = {"time_zone": "America/New_York", "session": {"timeout": chance.choice(["30 minutes", "1 days", "500 days"])}}
    people = [
        [{"t": t, "opens": float(chance.random() < 0.2)} for t in sorted(chance.choice(corners) + chance.choice((0, 0, 1, GAP, GAP + 1))
         for _ in range(chance.randint(0, 6)))] for _ in range(100)
    ]  # fmt: skip
    written |= {"metrics": {"opens": "opens"}}
    written["session"]["starts_with"] = ["opens"]
    ask = {"from": start, "to": end}
    t = np.array([event["t"] for own in people for event in own], np.int64)
    offsets = np.append(0, np.cumsum([len(own) for own in people]))
    timeout = {"30 minutes": GAP, "1 days": DAY, "500 days": 500 * DAY}[written["session"]["timeout"]]
    opens = np.array([event["opens"] != 0 for own in people for event in own], bool)
    sessions = session_numbers(t, offsets, timeout, opens)
    expected = [
        (reference.first_time(own, session_of, place, written, ask), place - session_of[place] + 1)
        for own in people for session_of in [numbers(own, written)] for place in range(len(own))
    ]  # fmt: skip
    first = first_time(t, offsets, sessions, since, start, end)
    assert list(zip(first.tolist(), depth(sessions).tolist(), strict=True)) == expected


def test_times_beyond_a_calendar_of_python_have_a_clock():
    far = np.array([int(datetime(9998, 12, 31, tzinfo=UTC).timestamp()) * 1000])
    assert (local_ms(far, "America/New_York") == far - 5 * 3_600_000).all()


SECOND = 1000


def times_spent(*events, unit="session"):
    """Rows of one person's events by the time spent of some unit."""
    return {row[1]: row[2] for row in table([list(events)], f"time_spent_per_{unit}", metrics=["events"])[1:]}


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (0, "Less than 1 minute"), (60 * SECOND - 1, "Less than 1 minute"), (60 * SECOND, "1 to 5 minutes"), (5 * MINUTE - 1, "1 to 5 minutes"),
        (5 * MINUTE, "5 to 10 minutes"), (10 * MINUTE, "10 to 30 minutes"), (GAP, "30 to 60 minutes"),
    ],
)  # fmt: skip
def test_s5_a_range_of_time_spent_holds_its_lower_edge(ms, shown):
    assert times_spent(page(0), page(ms), unit="event") == {shown: 1, "No value": 1}
    assert times_spent(page(0), page(ms)) == {shown: 2}


def test_s5_time_between_sessions_is_not_spent_and_a_session_of_one_event_has_no_time():
    events = [page(0), page(20 * MINUTE), page(20 * MINUTE + GAP + 1), page(DAY), page(DAY + 50 * SECOND)]
    assert times_spent(*events) == {"10 to 30 minutes": 2, "Less than 1 minute": 2, "No value": 1}
    assert times_spent(*events, unit="person") == {"10 to 30 minutes": 5}
    assert times_spent(page(0), unit="person") == {"No value": 1}


def test_s5_time_spent_before_the_range_is_not_in_it():
    assert times_spent(page(-10 * MINUTE), page(0), page(2 * MINUTE)) == {"1 to 5 minutes": 2}


def test_s5_many_events_make_the_longest_range():
    hours = [page(at * GAP) for at in range(31)]
    assert times_spent(*hours) == {"15 hours or more": 31}
    assert times_spent(*hours[:-1]) == {"10 to 15 hours": 30}


def test_s5_events_that_a_report_does_not_see_have_no_time_of_their_unit():
    units, t, sessions, seen = np.zeros(4, int), np.array([0, 5, 9, 20]), np.zeros(4, int), np.array([False, True, True, False])
    assert spent_in(units, t, sessions, seen).tolist() == pytest.approx([np.nan, 4, 4, np.nan], nan_ok=True)


def credited_by(dimension, model, apart):
    """What each value is credited with for an order of 6 at midnight in New York, after two other events."""
    events = [page(5 * HOUR - 2 * apart, "a"), page(5 * HOUR - apart), page(5 * HOUR, orders=6)]
    view = {"time_zone": "America/New_York", "metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": model}}}}
    total, *rows = table([events], dimension, metrics=["orders"], view=view)
    assert total[2] == 6
    return {row[1]: row[2] for row in rows if row[0] == "item" and row[2]}


@pytest.mark.parametrize("model", ["first_touch", "last_touch", "linear", "participation", "algorithmic"])
def test_a7_credit_falls_in_the_conversions_own_time(model):
    assert credited_by("hour_of_day", model, 2 * HOUR) == {"0": 6}
    assert credited_by("day_of_week", model, 2 * HOUR) == {"Wednesday": 6}


@pytest.mark.parametrize(
    ("model", "depths"),
    [("first_touch", {"1": 6}), ("last_touch", {"3": 6}), ("linear", {"1": 2, "2": 2, "3": 2}), ("participation", {"1": 6, "2": 6, "3": 6})],
)
def test_a1_every_event_is_a_touch_of_its_depth(model, depths):
    assert credited_by("event_depth", model, MINUTE) == depths
