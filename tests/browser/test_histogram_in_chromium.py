"""The histogram in a real browser: bars as high as their counts, read by pointer and keys, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import HISTOGRAM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
HEIGHTS = "[...document.querySelectorAll('.columns rect.column')].map((bar) => Math.round(Number(bar.getAttribute('height'))))"


def test_bars_are_as_high_as_their_counts_and_the_open_ends_look_open(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(HISTOGRAM,), fewest_people=0))
    heights = chromium.value(HEIGHTS)
    assert [round(height / heights[0], 2) for height in heights] == pytest.approx([1, 600 / 1_200, 195 / 1_200, 5 / 1_200], abs=0.01)
    assert chromium.value("[...document.querySelectorAll('.columns rect.column')].map((bar) => bar.classList.contains('end'))") == [True, False, False, True]
    assert chromium.value("[...document.querySelectorAll('.columns text.tick')].slice(-4).map((text) => text.textContent)") == ["< 1", "1-2", "3-4", ">= 5"]


def test_keys_read_the_bars_one_after_the_other(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(HISTOGRAM,), fewest_people=0))
    chromium.value("document.querySelector('.columns').focus()")
    said = []
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowLeft", "Home"):
        chromium.press(key)
        said.append(chromium.value("document.querySelector('#tip strong').textContent"))
    assert said == ["< 1", "1-2", ">= 5", "3-4", "< 1"]
    assert "1,200" in chromium.value("document.getElementById('tip').textContent")
    assert chromium.value("document.querySelector('.columns .pointed').dataset.at") == "1"
    chromium.press("Escape")
    assert chromium.value("document.getElementById('tip').hidden")


def test_what_is_hidden_has_no_bar_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(HISTOGRAM,)))
    assert len(chromium.value(HEIGHTS)) == 2
    assert chromium.value("document.querySelectorAll('.columns rect.unknown').length") == 2
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    text = chromium.value("document.querySelector('.chart').innerText")
    assert ("195" in text, "< 10" in text, "hidden" in text) == (False, True, True)
    assert "195" not in (tmp_path / "page.html").read_text(encoding="utf-8")
