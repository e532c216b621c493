"""A fallout over time in a real browser: the funnel of all, its times, lines of periods, both rates, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_trends import FALLOUT_OVER_TIME

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]


def test_the_funnel_is_of_all_and_says_how_long_a_step_takes(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_OVER_TIME,), fewest_people=0))
    assert chromium.texts(".funnel .step .label") == ["home", "order"]
    assert chromium.texts(".funnel .between") == ["31.3% went on · 110 left · half within 2 min 0 s, 3 min 20 s on average"]


def test_periods_are_lines_and_both_rates_are_said(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_OVER_TIME,), fewest_people=0))
    assert chromium.texts(".legend") == ["2. order, of those who begin", "1. home2. order"]
    [rates] = [text for text in chromium.texts(".note") if "mean of the periods" in text]
    assert rates.startswith("Of all who begin 31.3% complete; the mean of the periods' rates is 35.0%.")
    chromium.value("document.querySelector('.lines').focus()")
    chromium.press("ArrowRight")
    assert chromium.value("[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)") == [
        "2025-01-01", "2. order, of those who begin40 %", "1. home60", "2. order24"
    ]  # fmt: skip


def test_the_table_below_is_of_all_alone(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_OVER_TIME,), fewest_people=0))
    chromium.value("document.querySelector('.numbers summary').click()")
    chromium.wait("document.querySelectorAll('.numbers tbody tr').length > 0")
    assert chromium.value("document.querySelectorAll('.numbers')[0].querySelectorAll('tbody tr').length") == 2


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    few = [{**row, "people": 5.0, "percent_of_total": 0.083} if row["label"] == "2025-01-01" and row["step"] == 2 else row for row in FALLOUT_OVER_TIME.rows]
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_OVER_TIME.model_copy(update={"rows": tuple(few)}),)))
    [rates] = [text for text in chromium.texts(".note") if "mean of the periods" in text]
    assert "the mean of the periods' rates is hidden." in rates
    assert chromium.value("document.querySelectorAll('.lines path.line').length") == 3
    assert "0.083" not in chromium.value("document.documentElement.innerHTML")


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_page(chromium, tmp_path, width):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_OVER_TIME,), fewest_people=0))
    chromium.resize(width)
    assert chromium.value("document.documentElement.scrollWidth <= window.innerWidth")
