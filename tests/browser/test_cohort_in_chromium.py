"""The cohort table in a real browser: a cell per cohort and period, its colour by its rate, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import panel_of
from tests.unit.page.panels_of_steps import COHORT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
ROWS = "[...document.querySelectorAll('.cohorts tr')].map((row) => [...row.children].map((cell) => cell.innerText.split('\\n').join(' ')))"
COLOURS = "[...document.querySelectorAll('.cohorts td[style]')].map((cell) => getComputedStyle(cell).backgroundColor)"
CONTRAST = """[...document.querySelectorAll('.cohorts td[style] b')].map((text) => {
  const canvas = document.createElement('canvas').getContext('2d');
  const light = (colour) => {
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((one) => one / 255).map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pair = [light(getComputedStyle(text).color), light(getComputedStyle(text.parentElement).backgroundColor)].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
})"""


def test_each_cohort_has_its_cells_and_the_averages_stand_on_top(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(COHORT,), fewest_people=0))
    assert chromium.value(ROWS) == [
        ["Week", "Included", "+1", "+2", "+3"], ["Pooled", "", "40.0% 800", "0.6% 7", "–"], ["2026-W01", "1,200", "50.0% 600", "0.6% 7", "–"],
        ["2026-W02", "800", "25.0% 200", "–", ""], ["2026-W03", "400", "–", "", ""], ["2026-W04", "–", "", "", ""],
    ]  # fmt: skip
    assert chromium.value("document.querySelector('.started').textContent") == "2,000 people in some cohort · columns: weeks after"
    assert chromium.value("document.querySelector('.cohorts td[style]').title") == "People: 600 · Of people: 1,200 · Rate: 50 %"


def test_the_colour_follows_the_rate(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(COHORT,), fewest_people=0))
    heats = chromium.value("[...document.querySelectorAll('.cohorts td[style]')].map((cell) => cell.style.getPropertyValue('--heat'))")
    assert heats == ["45.0%", "0.5%", "22.5%"]
    assert len({*chromium.value(COLOURS)}) == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["retained", "churned"])
def test_the_text_of_each_cell_can_be_read_in_light_and_in_dark(chromium, tmp_path, theme, kind):
    rows = tuple({**row, "row_kind": kind if row["row_kind"] == "retained" else row["row_kind"]} for row in COHORT.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(panel_of(COHORT, rows),), fewest_people=0))
    chromium.value(f"document.documentElement.dataset.theme = '{theme}'")
    contrasts = chromium.value(CONTRAST)
    assert len(contrasts) == 3
    assert min(contrasts) >= 4.5  # WCAG 2.2, 1.4.3
    assert chromium.value("document.querySelectorAll('.cohorts.churn').length") == (kind == "churned")


def test_the_table_is_told_to_those_who_do_not_see_it(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(COHORT,), fewest_people=0))
    assert chromium.value("[...document.querySelectorAll('.cohorts th')].every((head) => ['row', 'col'].includes(head.scope))")
    assert chromium.value("document.querySelector('.scroll:has(.cohorts)').getAttribute('aria-label')") == "Cohorts, who is back"
    assert chromium.value("document.querySelector('.scroll:has(.cohorts)').tabIndex") == 0


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(COHORT,)))
    assert chromium.value(ROWS)[1:3] == [["Pooled", "", "40.0% 800", "hidden", "–"], ["2026-W01", "1,200", "50.0% 600", "< 10", "–"]]
    assert "0.0058" not in (tmp_path / "page.html").read_text(encoding="utf-8")
