"""What a page tells of single people: nothing, where it hides what is about few; the total stays where it is of enough."""

from __future__ import annotations

import json

import pytest

from cja_spark.page.encode import encode_panel
from cja_spark.page.privacy import Below
from cja_spark.page.privacy_of_timelines import events_are_told, hide_few_of_timelines
from cja_spark.publish_page import panel_of
from tests.unit.page.answers import VIEW, timeline
from tests.unit.page.pages import TABLE, TIMELINE

COLUMNS = TIMELINE.columns
OF_ALL, OF_SHOWN = ("people", "sessions", "events", "time_spent_seconds", "revenue"), ("shown_people", "shown_events", "left_out_events")


def safe(people, shown, fewest=10):
    total = {**TIMELINE.rows[0], "people": people, "shown_people": shown}
    return [*hide_few_of_timelines([total, *TIMELINE.rows[1:]], COLUMNS, fewest)]


def hidden(row):
    return {name for name, cell in row.items() if cell == Below(10)}


@pytest.mark.parametrize(
    ("people", "shown", "gone"),
    [
        (10, 10, ()), (9, 9, (*OF_ALL, *OF_SHOWN)), (1_000, 9, OF_SHOWN), (1_000, 1, OF_SHOWN), (1_000, 0, ()), (0, 0, ()), (9, 0, OF_ALL), (1_000, 1_000, ()),
    ],
)  # fmt: skip
def test_the_total_alone_is_told_and_only_of_enough_people(people, shown, gone):
    [total] = safe(people, shown)
    assert (total["row_kind"], hidden(total)) == ("total", {*gone})


@pytest.mark.parametrize("fewest", [0, 1])
def test_where_a_row_may_be_about_one_person_all_is_told(fewest):
    assert safe(3, 2, fewest) == [{**TIMELINE.rows[0], "people": 3, "shown_people": 2}, *TIMELINE.rows[1:]]


def test_two_people_are_few_enough_to_hide_one():
    assert [row["row_kind"] for row in safe(1_000, 3, fewest=2)] == ["total"]


def test_nothing_of_a_person_is_in_the_file_not_even_who_was_asked_for():
    panel = panel_of(timeline(40, persons=["ann@example.com", "bob@example.com", "nobody@example.com"]), VIEW)
    text = json.dumps(encode_panel(panel, fewest_people=10, most_rows=100)) + json.dumps(dict(panel.options))
    for word in ("ann", "bob", "nobody", "cart", "2026-01-01T", "not_found"):
        assert word not in text, word
    assert panel.options["Persons"] == "3 that are named"
    shown = json.dumps(encode_panel(panel, fewest_people=0, most_rows=100), ensure_ascii=False)
    assert "ann•••" in shown
    assert "ann@" not in shown
    assert "cart" in shown
    assert "not_found" in shown


def test_the_rule_is_for_timelines_alone():
    assert events_are_told(COLUMNS)
    assert not events_are_told(TABLE.columns)
