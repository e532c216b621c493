"""Rule G6 on the product's kernels: date ranges of containers, inside, beside and around the report's range."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.compile import ranges_of, window_of
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import (
    DAY,
    END,
    GAP,
    HOUR,
    JANUARY,
    VIEW,
    journeys_of,
    page,
    rows_of,
    table,
)

ORDER, HELP = {"metric": "orders", "at_least": 1}, {"dimension": "page", "equals": "help"}
ANY = {"metric": "events", "at_least": 1}
LAST_YEAR = {"from": dt.date(2024, 1, 1), "to": dt.date(2024, 12, 31)}
DECEMBER = {"from": dt.date(2024, 12, 10), "to": dt.date(2024, 12, 12)}
BEGIN, FINISH = -22 * DAY, -19 * DAY  # of it, ms from the report's range


def segment(where, span=None, container="person", **more):
    return {"container": container, "where": where, **({"range": span} if span else {}), **more}


def left(persons, *segments, view=None, **asked):
    """Pages of the events that segments keep, in the order of their names."""
    rows = table(persons, "page", metrics=["events"], segments=list(segments), view=view or {}, **asked)
    return [name for kind, name, _ in rows if kind == "item"]


@pytest.mark.parametrize(("t", "kept"), [(BEGIN - 1, []), (BEGIN, ["x"]), (FINISH - 1, ["x"]), (FINISH, [])])
def test_g6_a_range_holds_its_first_instant_and_not_the_one_after_its_last(t, kept):
    assert left([[page(t, orders=1), page(0, "x")]], segment(ORDER, DECEMBER)) == kept


@pytest.mark.parametrize("container", ["event", "session", "person"])
def test_g6_an_empty_range_keeps_nothing(container):
    empty = {"from": dt.date(2025, 1, 5), "to": dt.date(2025, 1, 4)}
    assert left([[page(4 * DAY, "x"), page(5 * DAY, "y")]], segment(ANY, empty, container)) == []
    assert left([[page(4 * DAY, "x")]], segment({"exclude": ANY}, empty, container)) == []


@pytest.mark.parametrize(
    ("span", "t"),
    [
        (LAST_YEAR, -40 * DAY),
        ({"from": dt.date(2025, 3, 1), "to": dt.date(2025, 3, 31)}, 70 * DAY),
        ({"from": dt.date(2024, 12, 1), "to": dt.date(2025, 3, 31)}, -10 * DAY),
        ({"from": dt.date(2024, 12, 1), "to": dt.date(2025, 3, 31)}, 40 * DAY),
        ({"from": dt.date(2025, 1, 10), "to": dt.date(2025, 1, 12)}, 10 * DAY),
    ],
    ids=["before", "after", "around, met before", "around, met after", "inside"],
)
def test_g6_persons_are_asked_in_the_range_and_kept_in_the_report(span, t):
    person = sorted([page(t, "met", orders=1), page(0, "x"), page(5 * DAY, "y")])
    shown = ["met", "x", "y"] if 0 <= t < 31 * DAY else ["x", "y"]
    assert left([person, [page(-400 * DAY, orders=1), page(DAY, "other"), page(90 * DAY, orders=1)]], segment(ORDER, span)) == shown


def test_g6_who_is_met_in_the_range_alone_is_not_in_the_report():
    assert rows_of([[page(BEGIN, orders=1)]], report="table", metrics=["people"], segments=[segment(ORDER, DECEMBER)])[0]["people"] == 0


def test_g6_events_are_kept_that_lie_in_the_range_and_in_the_report():
    span = {"from": dt.date(2024, 12, 31), "to": dt.date(2025, 1, 2)}
    person = [page(-1, "a", orders=1), page(0, "b", orders=1), page(2 * DAY - 1, "c", orders=1), page(2 * DAY, "d", orders=1), page(DAY * 3, "e")]
    assert left([person], segment(ORDER, span, "event")) == ["b", "c"]
    assert left([person], segment({"exclude": HELP}, span, "event")) == ["b", "c"]


def test_g6_a_session_is_asked_by_its_events_of_the_range_and_kept_with_those_of_the_report():
    over_midnight = [page(-2, "help"), page(-1, "a"), page(0, "b"), page(1, "c"), page(HOUR * 2, "d")]
    assert left([over_midnight], segment(HELP, LAST_YEAR, "session")) == ["b", "c"]
    assert left([over_midnight], segment(HELP, JANUARY, "session")) == []
    assert left([over_midnight], segment({"metric": "events", "equals": 2}, LAST_YEAR, "session")) == ["b", "c"]
    assert left([over_midnight], segment({"metric": "events", "equals": 2}, JANUARY, "session")) == ["b", "c"]


def test_g6_a_session_over_the_last_midnight_of_the_report_is_asked_after_it():
    february = {"from": dt.date(2025, 2, 1), "to": dt.date(2025, 2, 28)}
    person = [page(31 * DAY - 3 * HOUR, "a"), page(31 * DAY - 1, "b"), page(31 * DAY, "help")]
    assert left([person], segment(HELP, february, "session")) == ["b"]


def test_g6_a_session_without_an_event_in_the_range_does_not_meet_anything():
    assert left([[page(0, "a")]], segment({"exclude": HELP}, LAST_YEAR, "session")) == []


def test_g6_an_exclusion_in_the_container_is_of_those_that_were_there_and_around_it_of_all():
    persons = [[page(BEGIN, orders=1), page(0, "bought")], [page(BEGIN), page(0, "was there")], [page(0, "was not there")]]
    inside = segment({"exclude": ORDER}, DECEMBER)
    around = segment({"exclude": segment(ORDER, DECEMBER)})
    assert left(persons, segment(ORDER, DECEMBER)) == ["bought"]
    assert left(persons, inside) == ["was there"]
    assert left(persons, around) == ["was not there", "was there"]


def test_g6_a_container_in_another_one_is_asked_in_its_own_range_also_outside_the_report():
    both = segment({"all": [segment(ORDER, LAST_YEAR, "event"), HELP]})
    persons = [[page(-40 * DAY, orders=1), page(0, "help")], [page(-40 * DAY, "help", orders=1), page(0, "x")], [page(0, "help", orders=1)]]
    assert rows_of(persons, report="table", metrics=["people"], segments=[both])[0]["people"] == 1
    assert left(persons, both) == ["help"]


@pytest.mark.parametrize("others", [[], [page(-39 * DAY)], [page(-41 * DAY)], [page(-41 * DAY), page(-39 * DAY)]], ids=["alone", "before", "after", "between"])
def test_g6_some_event_of_the_range_is_enough_wherever_it_stands_among_others(others):
    person = [*sorted([page(-40 * DAY, orders=1), *others], key=lambda event: event[0]), page(0, "x")]
    assert left([person, [page(-40 * DAY), page(0, "y")]], segment(segment(ORDER, LAST_YEAR, "event"))) == ["x"]


def test_g6_a_nested_range_of_a_session_is_of_the_events_of_this_session():
    person = [page(-1, orders=1), page(0, "a"), page(2 * HOUR, "b")]
    assert left([person], segment(segment(ORDER, LAST_YEAR, "event"), container="session")) == ["a"]


def test_g6_what_has_no_range_of_its_own_has_that_around_it():
    nested = segment({"container": "session", "where": {"all": [ORDER, HELP]}}, LAST_YEAR)
    assert left([[page(-40 * DAY, "help", orders=1), page(0, "x")]], nested) == ["x"]
    assert left([[page(-40 * DAY, "help"), page(-39 * DAY, orders=1), page(0, "x")]], nested) == []
    assert left([[page(-40 * DAY), page(0, "help", orders=1)]], nested) == []


def test_g6_a_range_in_a_range_narrows_it():
    nested = segment({"all": [ANY, segment(ORDER, {"from": dt.date(2024, 12, 11), "to": dt.date(2025, 6, 30)}, "event")]}, DECEMBER)
    for t, kept in ((BEGIN, []), (BEGIN + DAY - 1, []), (BEGIN + DAY, ["x"]), (FINISH - 1, ["x"]), (FINISH, []), (DAY, [])):
        person = sorted([page(BEGIN - 1, "p"), page(t, "x" if t > 0 else "p", orders=1), page(2 * DAY, "x")], key=lambda event: event[0])
        assert left([person], nested) == kept, t
    apart = segment(segment(ANY, JANUARY, "event"), DECEMBER)
    assert left([[page(BEGIN), page(0, "x")]], apart) == []


def test_g6_a_segment_by_name_brings_its_range():
    view = {"segments": {"earlier": segment(ORDER, LAST_YEAR), "both": segment({"all": ["earlier", HELP]})}}
    persons = [[page(-DAY * 3, orders=1), page(0, "help")], [page(0, "help", orders=1)], [page(-DAY * 3, "help", orders=1), page(0, "y")]]
    assert left(persons, "earlier", view=view) == ["help", "y"]
    assert left(persons, "both", view=view) == ["help"]
    assert rows_of(persons, view=view, report="table", metrics=["people"], segments=["both"])[0]["people"] == 1


SEARCH, BUY = {"dimension": "page", "equals": "search"}, {"dimension": "page", "equals": "buy"}
THEN = {"then": [SEARCH, BUY]}


def test_g6_a_sequence_is_looked_for_in_the_range():
    around = {"from": dt.date(2024, 12, 1), "to": dt.date(2025, 1, 31)}
    persons = [[page(-DAY * 9, "search"), page(DAY, "buy")], [page(-DAY * 50, "search"), page(DAY, "buy"), page(2 * DAY, "other")]]
    assert left(persons, segment(THEN)) == []
    assert left(persons, segment(THEN, around)) == ["buy"]


def test_g6_g10_before_and_after_a_sequence_of_other_days():
    around = {"from": dt.date(2024, 12, 1), "to": dt.date(2025, 1, 31)}
    person = [page(-DAY * 9, "search"), page(0, "a"), page(1, "buy"), page(2, "search"), page(3, "b"), page(4, "buy"), page(5, "c")]
    assert left([person], segment(THEN, around, include="only_before")) == ["a", "buy", "search"]
    assert left([person], segment(THEN, around, include="only_after")) == ["buy", "b", "c", "search"]
    done = [page(-DAY * 9, "search"), page(-DAY * 8, "buy"), page(0, "a"), page(1, "b")]
    assert left([done], segment(THEN, LAST_YEAR, include="only_after")) == ["a", "b"]
    assert left([done], segment(THEN, LAST_YEAR, include="only_before")) == []
    sessions = [page(-2, "search"), page(-1, "buy"), page(0, "a"), page(2 * HOUR, "b")]
    assert left([sessions], segment(THEN, LAST_YEAR, "session", include="only_after")) == ["a"]


def test_g6_g7_a_range_of_a_checkpoint_narrows_what_the_sequence_looks_at():
    first = segment(SEARCH, {"from": dt.date(2024, 12, 31), "to": dt.date(2025, 1, 2)}, "event")
    sequence = {"then": [first, BUY]}
    early, late = [page(-1, "search"), page(DAY * 4, "buy")], [page(DAY * 2, "search"), page(DAY * 4, "buy")]
    within = [page(DAY, "search"), page(DAY * 4, "buy")]
    assert rows_of([early, late, within], report="table", metrics=["people"], segments=[segment(sequence)])[0]["people"] == 1
    around = segment(sequence, {"from": dt.date(2024, 12, 1), "to": dt.date(2025, 1, 31)})
    assert rows_of([early, late, within], report="table", metrics=["people"], segments=[around])[0]["people"] == 2


def test_g6_g8_a_session_in_its_range_ends_with_its_last_event_there():
    first = segment(SEARCH, {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 2)}, "session")
    person = [page(0, "search"), page(10, "help"), page(GAP + 20, "buy")]
    for apart, kept in ((GAP + 10, ["buy", "help", "search"]), (GAP + 11, [])):
        assert left([person], segment({"then": [first, {"after": f"{apart} ms"}, BUY]})) == kept


def test_g6_g7_a_session_checkpoint_is_the_part_of_the_session_in_its_range():
    second = segment(BUY, {"from": dt.date(2025, 1, 2), "to": dt.date(2025, 1, 31)}, "session")
    over_midnight = [page(DAY - 2, "search"), page(DAY - 1, "help"), page(DAY, "buy")]
    assert left([over_midnight], segment({"then": [SEARCH, second]})) == ["buy", "help", "search"]
    assert left([over_midnight], segment({"then": [SEARCH, {"container": "session", "where": BUY}]})) == []


def test_o10_segments_of_the_view_leave_out_events_of_other_days_too():
    persons = [[page(BEGIN, "a", orders=1), page(0, "x")], [page(BEGIN, "b", orders=1), page(0, "y")]]
    not_a = {"where": {"dimension": "page", "does_not_equal": "a"}}
    assert left(persons, segment(ORDER, DECEMBER), view={"view_segments": [not_a]}) == ["y"]


def test_o10_a_segment_of_the_view_has_its_own_range_and_stacking_commutes():
    persons = [[page(BEGIN, "a", orders=1), page(0, "x", orders=1)], [page(BEGIN, "b"), page(0, "y", orders=1)], [page(0, "z")]]
    earlier, now = segment(ORDER, DECEMBER), segment(ORDER)
    for both in ((earlier, now), (now, earlier)):
        assert left(persons, view={"view_segments": list(both)}) == ["x"]
        assert left(persons, *both) == ["x"]
    assert left(persons, now, view={"view_segments": [earlier]}) == ["x"]
    assert left(persons, segment(ANY, DECEMBER), view={"view_segments": [now]}) == ["x"]  # in December it leaves who ordered then
    assert left(persons, segment(ANY, DECEMBER), view={"view_segments": [segment(ANY, JANUARY)]}) == ["x", "y"]


def test_f9_a_range_says_the_same_in_the_tail_of_a_fallout():
    asked = {"report": "fallout", "steps": [BUY, HELP], "window": "3 days"}
    persons = [[page(BEGIN, orders=1), page(31 * DAY - 1, "buy"), page(31 * DAY + 5, "help")]]
    for one in (segment(ORDER, DECEMBER), segment(ANY, {"from": dt.date(2025, 1, 31), "to": dt.date(2025, 2, 1)}, "event")):
        assert [row["people"] for row in rows_of(persons, as_of=END, segments=[one], until=END + DAY, **asked)] == [1, 1]
    only_january = segment(ANY, JANUARY, "event")
    assert [row["people"] for row in rows_of(persons, segments=[only_january], until=END + DAY, **asked)] == [1, 0]


def test_q_a_formula_sums_what_a_segment_with_a_range_keeps():
    view = {"segments": {"earlier": segment(ORDER, DECEMBER)}, "metrics": {**VIEW["metrics"], "repeat": {"calculate": "orders[earlier]"}}}
    persons = [[page(BEGIN, orders=1), page(0, "x", orders=3)], [page(0, "x", orders=5)]]
    assert table(persons, metrics=["orders", "repeat"], view=view) == [("total", 8, 3)]
    trend = rows_of(persons, view=view, report="trend", metrics=["repeat"])
    assert [row["repeat"] for row in trend[:3]] == [3, 3, 0]
    fallout = rows_of(persons, view=view, report="fallout", steps=[{"step": "events", "segments": ["earlier"]}, "orders"])
    assert [row["people"] for row in fallout] == [1, 0]  # one event serves one step


LASTING = {"dimensions": {"page": {"field": "page", "persistence": {"expiration": "person"}}, "sku": "items[].sku"}}


def test_g6_values_are_those_that_a_report_of_the_range_shows():
    """Of the person's scope of that range: in December what was set in December, in the report nothing of it."""
    persons = [[page(BEGIN - DAY, "mail"), page(BEGIN, orders=1), page(0), page(1, "x")]]
    mailed = segment({"container": "event", "where": {"all": [ORDER, {"dimension": "page", "equals": "mail"}]}}, DECEMBER)
    assert table(persons, "page", metrics=["events"], segments=[mailed], view=LASTING) == [
        ("total", None, 2), ("item", "No value", 1), ("item", "x", 1)
    ]  # fmt: skip


def test_o7_a_range_changes_no_number_of_the_report_but_what_it_keeps():
    events = [page(-60 * DAY, "far"), page(-DAY - GAP, "old"), page(-DAY, "a"), *(page(-DAY + at * GAP, "b") for at in range(1, 49)), page(2, "c", orders=1)]
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "first_touch", "lookback": "1 day"}}}, **LASTING}
    asked = {"metrics": ["events", "sessions", "session_starts", "orders", "first_time_sessions"], "view": view}
    everything = {"where": ANY, "range": {"from": dt.date(2024, 1, 1), "to": dt.date(2025, 12, 31)}}
    assert table([events], "page", segments=[everything], **asked) == table([events], "page", **asked)


@pytest.mark.parametrize("container", ["event", "session", "person"])
@pytest.mark.parametrize("where", [HELP, {"exclude": HELP}, {"metric": "session_starts", "equals": 1}, {"dimension": "event_depth", "equals": "2"}, {"metric": "first_time_sessions", "equals": 1}])
def test_g6_the_range_of_the_report_is_no_other_one(container, where):
    persons = [[page(-5, "help"), page(3, "a"), page(2 * HOUR, "help"), page(31 * DAY, "help")], [page(0, "b")], [page(7, "help"), page(8)]]
    assert left(persons, segment(where, JANUARY, container)) == left(persons, segment(where, None, container))


def test_g6_the_last_days_count_from_the_day_of_as_of_in_the_zone_of_the_view():
    view = {"time_zone": "America/New_York"}
    person = [page(28 * DAY + 5 * HOUR - 1, "x"), page(28 * DAY + 5 * HOUR, "y"), page(30 * DAY + 5 * HOUR, "z")]
    two = segment(ANY, "last 2 days", "event")
    assert left([person], two, view=view, as_of=END - 3 * DAY + 29 * HOUR) == ["y"]
    assert left([person], two, view=view, as_of=END + 5 * HOUR - 1) == ["z"]


def test_g6_parts_of_dates_are_known_of_other_days():
    persons = [[page(BEGIN, orders=1), page(0, "x")], [page(BEGIN + DAY, orders=1), page(0, "y")]]
    for where in ({"dimension": "day", "equals": "2024-12-10"}, {"dimension": "day", "starts_with": "2024-12-10"}, {"dimension": "hour", "equals": "2024-12-10 00:00+0000"}):
        assert left(persons, segment({"container": "event", "where": {"all": [ORDER, where]}}, DECEMBER)) == ["x"]


def test_l3_who_has_too_many_events_in_the_range_of_a_segment_is_left_out_and_counted():
    busy = [*(page(BEGIN + at, "p", orders=1) for at in range(4)), page(0, "busy")]
    calm = [page(BEGIN, orders=1), page(0, "calm"), page(1, "calm"), page(2, "calm")]
    report = Table.model_validate({"range": JANUARY, "segments": [segment(ORDER, DECEMBER)]})
    view = View.model_validate(VIEW)
    ask = Ask(report, view, window_of(report, view, END, END), ranges=ranges_of(report, view, END, END))
    seen = Seen(journeys_of([busy, calm, []]), ask, 3)
    assert (seen.left_out.persons.tolist(), seen.left_out.events.tolist()) == ([0], [4])
    assert seen.journeys.person_of_event()[seen.masked()].tolist() == [1, 1, 1]
    plain = Seen(journeys_of([busy, calm, []]), replace(ask, report=Table.model_validate({"range": JANUARY}), ranges=ranges_of(Table.model_validate({"range": JANUARY}), view, END, END)), 3)
    assert plain.left_out.persons.tolist() == []
