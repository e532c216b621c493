"""Impact in a real browser: a line per indicator, day 0 across, what has changed in words, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import IMPACT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
CHANGES = "[...document.querySelectorAll('.change')].map((one) => one.innerText.replace(/\\s+/g, ' '))"
PATHS = "[...document.querySelectorAll('.chart .line')].map((one) => [one.getAttribute('class'), one.getAttribute('d').match(/[ML]/g).length])"
ZERO = "[...document.querySelectorAll('line.day-0')].map((one) => ['x1', 'x2'].map((side) => Number(one.getAttribute(side))))"
TICKS = "[...document.querySelectorAll('.chart .tick')].map((one) => one.textContent)"


def test_a_line_per_indicator_and_day_0_between_the_days_before_and_those_after(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT,), fewest_people=0))
    assert chromium.value(PATHS) == [["line c0", 6], ["line c1", 6]]
    width = chromium.value("Number(document.querySelector('.chart .lines').getAttribute('width'))")
    assert [side for pair in chromium.value(ZERO) for side in pair] == pytest.approx([58 + (width - 72) / 2] * 2)
    assert {"−3", "0", "+2"} <= {*chromium.value(TICKS)} or {"−3", "−1", "+1"} <= {*chromium.value(TICKS)}
    assert chromium.value("document.querySelector('text.day-0').textContent") == "First use"
    assert chromium.value("document.querySelector('.started').textContent") == "400 people with a first use and all of the time around it"
    assert chromium.value("document.querySelector('.beside').textContent").startswith("60 people use it first too early or too late")


def test_what_has_changed_is_said(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT,), fewest_people=0))
    assert chromium.value(CHANGES) == ["Orders 0.6 → 1.35 +125.0%", "Calls 0.36 → 0.2 -44.4%"]


def test_a_release_is_called_so(chromium, tmp_path):
    rows = tuple(row for row in IMPACT.rows if row["row_kind"] != "left_out")
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT.model_copy(update={"rows": rows}),), fewest_people=0))
    assert chromium.value("document.querySelector('text.day-0').textContent") == "Release"
    assert chromium.value("document.querySelector('.started').textContent") == "400 people active in the time around the release"
    assert chromium.value("document.querySelectorAll('.beside').length") == 0


def test_the_arrow_keys_read_an_interval(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT,), fewest_people=0))
    chromium.value("document.querySelector('.chart .lines').dispatchEvent(new KeyboardEvent('keydown', {key: 'Home'}))")
    assert chromium.value("[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)") == ["Day −3", "Orders0.15", "Calls0.11"]


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    few = {**IMPACT.rows[3], "people": 7, "times_done": 7, "times_per_person": 0.0175}
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT.model_copy(update={"rows": (*IMPACT.rows[:3], few, *IMPACT.rows[4:])}),)))
    assert chromium.value(PATHS) == [["line c0", 4], ["line c1", 6]]
    assert "0.0175" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert chromium.faults() == []


def test_where_nothing_is_known_the_page_says_so(chromium, tmp_path):
    nothing = {"people": None, "base_people": None, "times_done": None, "times_per_person": None, "change_rate": None}
    rows = tuple(row if row["step_name"] is None else {**row, **nothing} for row in IMPACT.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT.model_copy(update={"rows": rows}),), fewest_people=0))
    assert chromium.value("document.querySelectorAll('.chart .empty').length") == 1
    assert chromium.faults() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_lines_are_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT,), fewest_people=0))
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    colours = chromium.value("[getComputedStyle(document.querySelector('.panel')).backgroundColor, ...['.line.c0', '.line.c1', 'line.day-0'].map((one) => getComputedStyle(document.querySelector(`.chart ${one}`)).stroke)]")
    assert len({*colours}) == 4


def test_a_plot_whose_figures_are_all_hidden_says_so(chromium, tmp_path):
    rows = tuple({**row, "people": 3} if row["row_kind"] == "interval" else row for row in IMPACT.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT.model_copy(update={"rows": rows}),)))
    assert "Every figure is about too few people." in chromium.value("document.querySelector('.lines').textContent")
    opened(chromium, tmp_path, PageContent(title="t", panels=(IMPACT,), fewest_people=0))
    assert "too few people" not in chromium.value("document.querySelector('.lines').textContent")
