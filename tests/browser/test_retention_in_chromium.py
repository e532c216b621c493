"""The retention in a real browser: bars as high as their rates, read by pointer and keys, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import RETENTION

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
