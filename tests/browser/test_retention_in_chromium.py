"""The retention in a real browser: bars as high as their rates, read by pointer and keys, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import panel_of
from tests.unit.page.panels_of_steps import RETENTION, RETURNS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
HEIGHTS = "[...document.querySelectorAll('.columns rect.column')].map((bar) => Math.round(Number(bar.getAttribute('height'))))"


def test_bars_are_as_high_as_their_rates_and_who_started_is_said(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(RETENTION,), fewest_people=0))
    heights = chromium.value(HEIGHTS)
    assert [round(height / heights[0], 2) for height in heights] == pytest.approx([1, 0.195, 0.007], abs=0.015)
    assert chromium.value("[...document.querySelectorAll('.columns text.tick')].slice(-3).map((text) => text.textContent)") == ["day 0", "day 1", "day 2"]
    assert chromium.value("[...document.querySelectorAll('.columns text.tick')].map((text) => text.textContent).filter((text) => text.endsWith('%')).length") >= 3
    assert chromium.value("document.querySelector('.started').textContent") == "2,000 people started · 345 more too late to have all periods, so they are not counted"


def test_keys_read_the_periods_one_after_the_other(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(RETENTION,), fewest_people=0))
    chromium.value("document.querySelector('.columns').focus()")
    said = []
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowLeft"):
        chromium.press(key)
        said.append(chromium.value("document.querySelector('#tip strong').textContent"))
    assert said == ["day 0", "day 1", "day 2", "day 1"]
    text = chromium.value("document.getElementById('tip').textContent")
    assert ("195" in text, "9.75" in text or "9.8" in text) == (True, True)


def test_what_is_hidden_has_no_bar_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(RETENTION,)))
    assert len(chromium.value(HEIGHTS)) == 2
    assert chromium.value("document.querySelectorAll('.columns rect.unknown').length") == 1
    assert "0.0035" not in (tmp_path / "page.html").read_text(encoding="utf-8")


ROWS = "[...document.querySelectorAll('.cohorts')].map((table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText.split('\\n').join(' '))))"


def test_several_returns_are_lines_of_one_drawing_and_keys_read_them(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(RETURNS,), fewest_people=0))
    assert chromium.value("document.querySelectorAll('.lines path.line').length") == 2
    assert chromium.value("[...document.querySelectorAll('.legend button')].map((button) => button.textContent)") == ["Orders", "Calls"]
    assert chromium.value("document.querySelector('.started').textContent") == "1,000 people started"
    chromium.value("document.querySelector('svg.lines').focus()")
    chromium.press("ArrowRight")
    assert chromium.value("document.getElementById('tip').innerText").split("\n") == ["day 0", "Orders", "50 % · 500", "Calls", "10 % · 100"]
    chromium.value("document.querySelectorAll('.legend button')[0].click()")
    assert chromium.value("document.querySelectorAll('.lines path.line').length") == 1


def test_values_at_the_start_are_rows_of_a_table_for_each_return(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(RETURNS,), fewest_people=0))
    long = "a channel with a long name, as some have"
    assert chromium.value("[...document.querySelectorAll('.chart h3')].map((head) => head.textContent)") == ["By Channel: Orders", "By Channel: Calls"]
    assert chromium.value(ROWS) == [
        [["Channel", "Started", "day 0", "day 1"], ["mail", "600", "66.7% 400", "21.7% 130"], [long, "300", "26.7% 80", "20.0% 60"], ["Other", "100", "20.0% 20", "10.0% 10"]],
        [["Channel", "Started", "day 0", "day 1"], ["mail", "600", "10.0% 60", "7.2% 43"], [long, "300", "10.0% 30", "2.3% 7"], ["Other", "100", "10.0% 10", "0.0% 0"]],
    ]  # fmt: skip
    assert chromium.value("document.querySelector('.cohorts td[style]').title") == "People: 400 · Retention rate: 66.6666666666667 %"
    heats = chromium.value("[...document.querySelectorAll('.cohorts td[style]')].map((cell) => parseFloat(cell.style.getPropertyValue('--heat')))")
    assert (heats[0], heats[1], len(heats)) == (45, pytest.approx(45 * 130 / 400, abs=0.06), 11)
    assert chromium.value("[...document.querySelectorAll('.scroll:has(.cohorts)')].map((place) => [place.getAttribute('aria-label'), place.tabIndex])") == [["Who is back, by Channel", 0]] * 2


def test_one_return_by_value_keeps_its_bars(chromium, tmp_path):
    rows = tuple(row for row in RETURNS.rows if row.get("step_name") != "Calls")
    columns = tuple(column for column in RETURNS.columns if column.name != "step_name")
    opened(chromium, tmp_path, PageContent(title="t", panels=(panel_of(RETURNS, rows).model_copy(update={"columns": columns}),), fewest_people=0))
    heights = chromium.value(HEIGHTS)
    assert heights[1] / heights[0] == pytest.approx(0.4, abs=0.015)
    assert chromium.value("[...document.querySelectorAll('.chart h3')].map((head) => head.textContent)") == ["By Channel"]
    assert [row[0] for row in chromium.value(ROWS)[0]] == ["Channel", "mail", "a channel with a long name, as some have", "Other"]


def test_a_value_of_few_is_hidden_with_what_would_tell_it(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(RETURNS,)))
    assert [row[3] for row in chromium.value(ROWS)[1]] == ["day 1", "hidden", "< 10", "0.0% 0"]
    assert chromium.value("document.querySelector('.cohorts .hidden-few').title") == "Hidden: a figure about fewer than 10 people follows from it"
    written = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ("0.0233" in written, "0.0716" in written) == (False, False)


def test_a_table_of_values_fits_a_small_screen(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(RETURNS,), fewest_people=0))
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    assert chromium.value("[...document.querySelectorAll('.scroll:has(.cohorts)')].every((place) => place.getBoundingClientRect().right <= 390)")
