"""Behaviours split all units in two: what is about few people on either side is not on the page, nor a difference of what is."""

import itertools

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_indicators import OUTCOMES, hide_few_of_indicators, indicators_are_told
from cja_spark.publish_page import panel_of
from cja_spark.reports.indicators_rows import EXPOSED, FIGURES, UNEXPOSED
from tests.unit.page.answers import VIEW
from tests.unit.page.answers_of_steps import indicators, indicators_of_segments
from tests.unit.page.panels_of_steps import CALLS, INDICATORS
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

FORMATS = {"people": "people", **dict.fromkeys(("outcome_rate", "unexposed_rate"), "percent"), **dict.fromkeys(FIGURES[8:], "number")}
COLUMNS = (ColumnSpec(name="row_kind", label=""), ColumnSpec(name="indicator", label=""), *(ColumnSpec(name=name, label=name, format=FORMATS.get(name, "count")) for name in FIGURES))
LOW, GONE = Below(10), Withheld(10)
COUNTS = ("counted_units", "outcome_units", "unexposed_units", "unexposed_outcomes")


def row_of(kind, with_it, without, all_with=0, all_without=0):
    """A row of so many people who do it in their only session, with the outcome and without it, of so many in all."""
    units = with_it + without
    others, of_others = all_with + all_without - units, all_with - with_it
    known = {"indicator_count": 1.0, "people": units, "counted_units": units, "outcome_units": with_it, "outcome_rate": with_it / max(units, 1)}
    if kind != "total":
        known |= {"unexposed_units": others, "unexposed_outcomes": of_others, "unexposed_rate": of_others / max(others, 1), "adjusted_ratio": 1.5}
    return {"row_kind": kind, "indicator": None if kind == "total" else "x", **dict.fromkeys(FIGURES), **known}


def hidden(*behaviours, more=(0, 0), behind=None):
    """The rows of the total and of behaviours that no unit has two of as the page has them; `more` are in units of none."""
    all_ = [sum(counts) for counts in zip(*behaviours, more, strict=True)]
    rows = [row_of("total", *all_), *(row_of("leads_to", *counts, *all_) for counts in behaviours)]
    return rows, [*hide_few_of_indicators(rows, COLUMNS, 10, behind or ({},) * len(rows))]


def is_hidden(cell):
    return isinstance(cell, Below | Withheld)


def test_a_behaviour_of_few_people_has_no_figure():
    _, [total, home, cart] = hidden((4, 5), (40, 60), more=(50, 50))
    assert {home[name] for name in FIGURES} == {LOW}
    assert (cart["counted_units"], total["counted_units"]) == (100, 209)


def test_a_behaviour_that_nearly_all_have_has_no_figure_either():
    _, [_, home, cart] = hidden((40, 60), (10, 20), more=(-6, -15))  # of 109 people 9 do not do the first, though units of others overlap
    assert {home[name] for name in FIGURES} == {LOW}
    assert cart["counted_units"] == 30


@pytest.mark.parametrize(("with_it", "without"), [(4, 80), (80, 4)])
def test_where_few_have_the_outcome_or_do_not_what_tells_of_it_is_hidden(with_it, without):
    _, [total, home, cart] = hidden((with_it, without), (50, 50), more=(60, 60))
    assert {home[name] for name in OUTCOMES} == {LOW}
    assert [home[name] for name in ("people", "counted_units", "unexposed_units")] == [84, 84, 220]
    assert not [name for name in FIGURES if is_hidden(cart[name]) or is_hidden(total[name])]


@pytest.mark.parametrize(("more", "gone"), [((4, 60), True), ((60, 4), True), ((0, 60), False), ((10, 60), False)])
def test_where_few_without_the_behaviour_have_the_outcome_or_do_not_it_is_hidden_too(more, gone):
    _, [_, home] = hidden((50, 50), more=more)
    assert is_hidden(home["outcome_units"]) == gone
    assert home["counted_units"] == 100


def test_in_the_total_too():
    _, [total, home] = hidden((5, 90), more=(0, 100))
    assert [total[name] for name in ("outcome_units", "outcome_rate", "counted_units", "people")] == [LOW, LOW, 195, 195]
    assert home["outcome_units"] == LOW


def test_the_people_of_what_few_have_never_done_are_withheld_where_their_sessions_are_many():
    rows = [row_of("total", 50, 50), row_of("leads_to", 40, 40, 50, 50)]
    rows = [{**rows[0], "people": 60}, {**rows[1], "people": 55}]
    _, home = hide_few_of_indicators(rows, COLUMNS, 10, [{}, {UNEXPOSED[0]: 15}])
    assert [home[name] for name in ("people", "counted_units", "unexposed_units")] == [GONE, 80, 20]


def test_sessions_of_few_people_are_few_however_many():
    counts = dict(zip((*EXPOSED, *UNEXPOSED), (30, 9, 25, 40, 20, 30), strict=True))
    _, [_, home] = hidden((50, 50), more=(60, 60), behind=[{}, counts])
    assert (home["outcome_units"], home["counted_units"]) == (LOW, 100)
    _, [_, home] = hidden((50, 50), more=(60, 60), behind=[{}, {**counts, EXPOSED[0]: 9}])
    assert home["counted_units"] == LOW


def test_whatever_the_counts_no_side_of_few_people_is_on_the_page_or_a_difference_of_what_is():
    for counts in itertools.product((0, 4, 9, 12, 40), repeat=4):
        if sum(counts[:2]) and sum(counts[2:]):
            rows, safe = hidden(counts[:2], counts[2:], (11, 12), (30, 31))
            parts = list(zip(rows, safe, strict=True))
            for name, less in (("counted_units", None), ("outcome_units", None), ("counted_units", "outcome_units"), ("unexposed_units", None), ("unexposed_units", "unexposed_outcomes")):
                gone = []
                for row, cells in parts[1:]:
                    count = row[name] - (row[less] if less else 0)
                    unknown = is_hidden(cells[name]) or (less is not None and is_hidden(cells[less]))
                    assert unknown or not 0 < count < 10, (counts, name, less)
                    gone += [count] if unknown else []
                total_known = not name.startswith("unexposed") and not is_hidden(safe[0][name]) and not (less and is_hidden(safe[0][less]))
                if total_known and any(0 < count < 10 for count in gone):
                    assert sum(gone) >= 10, (counts, name, less)
                    assert len([count for count in gone if count]) > 1, (counts, name, less)


def test_what_does_not_part_all_units_gives_no_other_away():
    _, [_, home, cart] = hidden((4, 5), (40, 60), more=(1, 0))
    assert (home["counted_units"], cart["counted_units"], cart["outcome_units"]) == (LOW, 100, LOW)  # without the cart are 10, half of them with the outcome
    _, [_, home, cart] = hidden((4, 5), (40, 60), more=(30, 30))
    assert (home["counted_units"], cart["counted_units"]) == (LOW, 100)
    _, [_, home, cart, map_] = hidden((4, 5), (40, 60), (30, 40))
    assert (home["counted_units"], cart["counted_units"], map_["counted_units"]) == (LOW, 100, GONE)


def test_what_other_is_about_is_no_more_than_its_largest_behaviour():
    rows = [row_of("total", 70, 70), row_of("leads_to", 40, 40, 70, 70), {**row_of("other", 12, 30, 70, 70), "people": None}]
    *_, other = hide_few_of_indicators(rows, COLUMNS, 10, [{}, {}, {EXPOSED[0]: 9}])
    assert (other["counted_units"], other["indicator_count"]) == (LOW, LOW)
    *_, other = hide_few_of_indicators(rows, COLUMNS, 10, [{}, {}, {EXPOSED[0]: 20, EXPOSED[1]: 9, EXPOSED[2]: 15}])
    assert (other["counted_units"], other["outcome_units"]) == (42, LOW)


def test_a_real_report_hides_what_is_about_few_and_shows_the_rest():
    total, home, cart, left_out = encoded(indicators(400, 90, (100, 5), others=300))
    assert (home["counted_units"], home["outcome_units"], home["adjusted_ratio"]) == (400, HIDDEN, HIDDEN)  # of the others 5 have the outcome: those of the cart
    assert (cart["counted_units"], cart["outcome_units"], total["outcome_units"], left_out["counted_units"]) == (90, HIDDEN, 105, 0)
    assert [row["people"] for row in encoded(indicators(40, 60, others=9))] == [109, 60, 40, 0]
    assert WITHHELD not in [cell for row in encoded(indicators(40, 60, others=90)) for cell in row.values()]


def test_the_columns_are_said_in_the_words_of_the_report():
    said = {column.name: (column.label, column.format) for column in panel_of(indicators(40, 60), VIEW).columns}
    assert (said["indicator"], said["counted_units"], said["unexposed_units"]) == (("Page name", "text"), ("Sessions", "count"), ("Other sessions", "count"))


def test_segments_are_said_in_the_words_of_the_view():
    keys = {"dimension": None, "by_segments": ["buyers", {"where": {"metric": "orders", "at_least": 1}, "label": "home"}], "container": "person"}
    panel = panel_of(indicators_of_segments(40, 60, **keys), VIEW)
    assert [(column.label, column.format) for column in panel.columns if column.name in ("indicator", "counted_units")] == [("Segment", "text"), ("Persons", "count")]
    assert [row["indicator"] for row in panel.rows] == [None, "home", "Buyers", None]
    assert panel.options["By segments"] == "buyers, home"


def test_only_indicators_are_told_so():
    assert indicators_are_told(INDICATORS.columns)
    assert not indicators_are_told(CALLS.columns)
