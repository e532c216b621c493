"""The funnel in a real browser: it says the figures that it was given, and none that is hidden."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cja_spark.page import ColumnSpec, PageContent, Panel
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import FALLOUT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]


def test_the_funnel_states_the_shares_it_was_given(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT,), fewest_people=0))
    assert "40.0% went on · 600 left" in chromium.value("document.querySelector('.between').textContent")
    widths = "[...document.querySelectorAll('.track i')].map((bar) => bar.style.width)"
    assert chromium.value(widths) == ["100%", "40%"]


def with_losses(*losses: int | None) -> Panel:
    """The fallout with how many left after each step, and how many of them may still go on."""
    left = ColumnSpec(name="fallout_people", label="Left", format="people")
    wait = ColumnSpec(name="open_people", label="Open", format="people")
    rows = tuple({**row, "fallout_people": lost, "open_people": lost} for row, lost in zip(FALLOUT.rows, losses, strict=False))
    return FALLOUT.model_copy(update={"columns": (*FALLOUT.columns, left, wait), "rows": rows})


def test_who_left_between_two_steps_stands_in_the_row_of_the_first(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(with_losses(600, None),)))
    assert "40.0% went on · 600 left · 600 may still go on" in chromium.value("document.querySelector('.between').textContent")


def of_people(*counts: int) -> Panel:
    """The fallout's first steps with these counts, and how many left after each."""
    left = ColumnSpec(name="fallout_people", label="Left", format="people")
    losses = [one - other for one, other in pairwise(counts)]
    rows = (
        {**row, "people": count, "fallout_people": lost, "percent_of_previous": count / before, "percent_of_total": count / counts[0]}
        for row, count, lost, before in zip(FALLOUT.rows, counts, [*losses, None], [counts[0], *counts], strict=False)
    )
    return FALLOUT.model_copy(update={"columns": (*FALLOUT.columns, left), "rows": tuple(rows)})


@pytest.mark.parametrize(
    ("counts", "words", "never"),
    [((100, 5), "< 10 went on", ("95", "5.0%")), ((40, 36), "How many went on is hidden", ("36", "90.0%", " 4 "))],
)
def test_a_funnel_does_not_say_what_gives_a_hidden_figure_away(chromium, tmp_path, counts, words, never):
    opened(chromium, tmp_path, PageContent(title="t", panels=(of_people(*counts),)))
    assert chromium.value("document.querySelector('.between').textContent") == words
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    text = chromium.value("document.querySelector('.chart').innerText + document.querySelector('.chart').innerHTML")
    assert [figure for figure in never if figure in text] == []
    assert chromium.value("[...document.querySelectorAll('.track s')].map((bar) => bar.style.width)") == ["0%", "0%"]
    assert chromium.faults() == []


def test_a_hidden_loss_is_not_computed_again_by_the_funnel(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(with_losses(4, None),)))
    assert chromium.value("document.querySelector('.between').textContent").endswith("< 10 left")


def test_no_value_and_a_text_that_says_so_are_two_rows(chromium, tmp_path):
    rows = [{**row, "breakdown": value, "people": people} for value, counts in ((None, (520, 260)), ("No value", (500, 250)), ("No value", (20, 10)))
            for row, people in zip(FALLOUT.rows, counts, strict=False)]  # fmt: skip
    by = ColumnSpec(name="breakdown", label="Page", format="text")
    columns = (by, *(column for column in FALLOUT.columns if column.name != "breakdown"))
    panel = FALLOUT.model_copy(update={"columns": columns, "rows": tuple(rows)})
    opened(chromium, tmp_path, PageContent(title="t", panels=(panel,), fewest_people=0))
    shown = chromium.value("[...document.querySelectorAll('table')].find((one) => one.innerText.includes('Completed')).innerText")
    assert shown.count("No value") == 2
    assert "500" in shown
