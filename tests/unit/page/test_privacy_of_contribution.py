"""What a page tells of a contribution: no row about few people on either side, and nothing that would give one away."""

from __future__ import annotations

import pytest

from cja_spark.page.encode import encode_panel
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_contribution import contributions_are_told, hide_few_of_contribution
from cja_spark.publish_page import panel_of
from tests.unit.page.answers import VIEW, contribution
from tests.unit.page.pages import CONTRIBUTION
from tests.unit.page.panels_of_steps import GROWTH

COLUMNS = CONTRIBUTION.columns
FIGURES = ("amount_before", "amount_after", "amount_change", "share_of_change", "beyond_growth", "people_before", "people_after")


def row(kind, people, dimension=None, adds_up=None, value=None):
    """A row about so many people before and after."""
    known = dict.fromkeys(FIGURES[:5], 1.5) if kind != "other" or adds_up else dict.fromkeys(FIGURES[:5])
    return {"row_kind": kind, "contributor_dimension": dimension, "contributor": value, **known, "people_before": people[0], "people_after": people[1], "rows_add_up": adds_up}


def seen(*rows, fewest=10):
    """Per row what stands for its change."""
    found = [*hide_few_of_contribution(rows, COLUMNS, fewest)]
    for safe in found:
        told = {type(cell) for name, cell in safe.items() if name in FIGURES and cell is not None}
        assert len(told & {Below, Withheld}) <= 1
        assert not told & {Below, Withheld} or told <= {Below, Withheld}, safe  # the whole row or nothing of it
    return [safe["amount_change"] for safe in found]


TOTAL = row("total", (100, 100))
SHOWN, BELOW, WITHHELD = 1.5, Below(10), Withheld(10)


@pytest.mark.parametrize("people", [(9, 50), (50, 9), (1, 0), (0, 9)])
def test_few_people_on_either_side_hide_the_row(people):
    assert seen(TOTAL, row("item", people, "page", False)) == [SHOWN, BELOW]


@pytest.mark.parametrize("people", [(10, 10), (0, 10), (10, 0), (0, 0)])
def test_many_people_and_nobody_are_shown(people):
    assert seen(TOTAL, row("item", people, "page", True)) == [SHOWN, SHOWN]


def test_a_page_that_hides_nothing_shows_all():
    assert seen(TOTAL, row("item", (1, 2), "page", True), fewest=0) == [SHOWN, SHOWN]


def test_other_would_tell_a_hidden_value_so_it_is_withheld():
    rows = [row("item", (40, 40), "page", True), row("item", (9, 9), "page", True), row("other", (None, None), "page", True)]
    assert seen(TOTAL, *rows) == [SHOWN, SHOWN, BELOW, WITHHELD]


def test_without_other_the_value_of_the_fewest_people_that_is_left_is_withheld():
    rows = [row("item", (40, 40), "page", True), row("item", (9, 9), "page", True), row("item", (90, 20), "page", True), row("item", (30, 0), "page", True)]
    assert seen(TOTAL, *rows) == [SHOWN, SHOWN, BELOW, WITHHELD, SHOWN]


def test_two_hidden_values_need_one_more_because_together_they_are_few():
    rows = [row("item", (40, 40), "page", True), row("item", (3, 3), "page", True), row("item", (4, 4), "page", True)]
    assert seen(TOTAL, *rows) == [SHOWN, WITHHELD, BELOW, BELOW]


def test_each_dimension_is_by_itself_and_rows_that_overlap_tell_nothing():
    rows = [row("item", (9, 9), "page", True), row("item", (40, 40), "page", True), row("item", (50, 50), "channel", True), row("other", (None, None), "channel", True)]
    assert seen(TOTAL, *rows) == [SHOWN, BELOW, WITHHELD, SHOWN, SHOWN]
    assert seen(TOTAL, row("item", (9, 9), "sku", False), row("item", (40, 40), "sku", False)) == [SHOWN, BELOW, SHOWN]


def test_a_hidden_total_is_not_told_by_the_rows_that_add_up_to_it():
    total = row("total", (9, 100))
    rows = [row("item", (0, 100), "page", True), row("other", (None, None), "page", True)]
    assert seen(total, *rows) == [BELOW, SHOWN, WITHHELD]


@pytest.mark.parametrize(("people", "shown"), [((91, 50), WITHHELD), ((50, 99), WITHHELD), ((90, 90), SHOWN), ((100, 100), SHOWN), ((9, 50), BELOW)])
def test_a_segment_that_leaves_out_few_people_is_withheld(people, shown):
    assert seen(TOTAL, row("segment", people, None, False)) == [SHOWN, shown]


def test_an_item_that_leaves_out_few_people_is_shown_because_they_may_be_in_others_too():
    assert seen(TOTAL, row("item", (95, 95), "page", False)) == [SHOWN, SHOWN]


def test_what_is_hidden_is_not_in_the_file_and_what_was_not_there_is_not_said_to_be_hidden():
    answer = encode_panel(panel_of(contribution(40, 9), VIEW), fewest_people=10, most_rows=100)
    names = [column["name"] for column in answer["columns"]]
    rows = [dict(zip(names, one, strict=True)) for one in answer["rows"]]
    assert [one["contributor"] for one in rows] == [None, "cart", "home"]
    assert [one["amount_change"] for one in rows] == [-51.0, {"below": 10}, {"withheld": 10}]
    other = [*hide_few_of_contribution([TOTAL, row("item", (9, 9), "page", True), row("other", (None, None), "page", True)], COLUMNS, 10)][-1]
    assert other["people_before"] is None


def test_the_page_says_what_is_compared_and_shows_amounts_as_the_metric():
    panel = panel_of(contribution(40, 50), VIEW)
    assert panel.options["Compare"] == "2026-01-01 to 2026-01-02"
    assert [(column.label, column.format) for column in panel.columns[3:8]] == [("Before", "count"), ("After", "count"), ("Change", "number"), ("Share of the change", "percent"), ("Beyond growth", "number")]
    assert {one["contributor_dimension"] for one in panel.rows} == {None, "Page name"}
    assert panel_of(contribution(40, 50), VIEW, {"page"}).columns[2].format == "identifier"


def test_the_rule_is_for_contributions_alone():
    assert contributions_are_told(COLUMNS)
    assert not contributions_are_told(GROWTH.columns)
