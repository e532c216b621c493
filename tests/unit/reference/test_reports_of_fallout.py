"""The boundaries of rules F that concern the report, pinned on the reference."""

from __future__ import annotations

import pytest

from tests.reference.report import report
from tests.unit.reference.asking import END, GAP, SIMPLE, START, ask, event

STEPS = [{"dimension": "page", "equals": "a"}, "orders"]


def reached(events, data_until=None, **given):
    rows = report(events, SIMPLE, ask("fallout", steps=STEPS, **given), data_until=data_until)
    word = "sessions" if given.get("container") == "session" else "people"
    return [row[word] for row in rows if row["breakdown"] is None]


def with_open(rows):
    return [{**row, "open": next(row[name] for name in row if name.startswith("open_"))} for row in rows]


def test_a_chain_may_end_after_the_range_when_entry_counts():
    events = [event(END - 1, page="a"), event(END + 5, orders=1.0)]
    assert reached(events) == [1, 0]
    assert reached(events, window=6) == [1, 1]
    assert reached(events, window=5) == [1, 0]
    assert reached(events, window=6, date_rule="in_range") == [1, 0]
    assert reached(events, window=6, data_until=END + 5) == [1, 0]


def test_a_window_that_ends_after_the_data_is_open():
    events = [event(END - 1, page="a"), event(END - 100, "q", page="a")]
    rows = report(events, SIMPLE, ask("fallout", steps=STEPS, window=50), data_until=END)
    assert [row["open_people"] for row in rows] == [1, 0]


DAY = 86_400_000
AGAIN = [event(START, page="a"), event(END - 1, page="a")]


@pytest.mark.parametrize(
    ("given", "still"),
    [
        ({}, [1, 0]), ({"window_start": "first"}, [0, 0]), ({"date_rule": "in_range"}, [0, 0]), ({"order": "any"}, [1, 0]),
        ({"ties": "step_order"}, [1, 0]), ({"ties": {"grace": 2}}, [1, 0]),
        ({"window_start": "first", "count": "attempts"}, [1, 0]),
    ],
    ids=str,
)  # fmt: skip
def test_who_came_again_may_still_go_on_by_the_later_chain(given, still):
    rows = report(AGAIN, SIMPLE, ask("fallout", steps=STEPS, window=DAY, **given), data_until=END)
    assert [row["open"] for row in with_open(rows)] == still


def test_who_reached_a_step_long_ago_and_begins_anew_is_open_at_the_step_reached():
    events = [event(START, page="a"), event(START + 1, orders=1.0), event(END - 1, page="a")]
    rows = report(events, SIMPLE, ask("fallout", steps=[*STEPS, "calls"], window=DAY), data_until=END)
    assert [row["open"] for row in with_open(rows)] == [0, 1, 0]


def test_rates_of_fallout_and_the_two_bases():
    events = [event(START, page="a"), event(START, "q", page="b")]
    rows = report(events, SIMPLE, ask("fallout", steps=[*STEPS, "calls"], base="all"))
    assert [row["percent_of_total"] for row in rows] == [0.5, 0, 0]
    assert [row["percent_of_previous"] for row in rows] == [None, 0, None]
    assert [row["fallout_people"] for row in rows] == [1, 0, None]


def test_sessions_are_units_of_their_own():
    events = [event(START, page="a"), event(START + GAP + 1, orders=1.0), event(START + GAP + 2, page="a")]
    assert reached(events) == [1, 1]
    assert reached(events, container="session") == [2, 0]


def test_a_breakdown_takes_the_value_at_its_step_of_the_reported_chain():
    events = [event(START, page="a"), event(START + 1, orders=1.0, page="x"), event(START, "q", page="a")]
    rows = report(events, SIMPLE, ask("fallout", steps=STEPS, breakdown="page", breakdown_step=2))
    assert [(row["breakdown"], row["step"], row["people"]) for row in rows] == [(None, 1, 2), (None, 2, 1), ("x", 2, 1)]


def test_a_person_segment_holds_for_the_tail_and_an_event_segment_is_asked_there():
    events = [event(END - 1, page="a", orders=1.0), event(END + 1, orders=1.0)]
    assert reached(events, window=10, segments=["buyers"]) == [1, 1]
    only_pages = {"where": {"dimension": "page", "exists": True}}
    assert reached(events, window=10, segments=[only_pages]) == [1, 0]
