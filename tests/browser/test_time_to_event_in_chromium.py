"""Times to an event in a real browser: a curve that rises to those who get there, bars beside it, values ranked, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import TIMES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
POINTS = "document.querySelector('.line.c0').getAttribute('d').split(/[ML]/).filter(Boolean).map((pair) => pair.split(' ').map(Number))"
HEIGHTS = "[...document.querySelectorAll('.columns rect.column')].map((bar) => Number(bar.getAttribute('height')))"
BARS = "[...document.querySelectorAll('.path')].map((path) => path.querySelector('.track i')).map((bar) => bar && bar.getBoundingClientRect().width / bar.parentNode.getBoundingClientRect().width)"


def test_the_curve_rises_with_the_share_by_then_and_bars_are_as_high_as_their_people(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TIMES,), fewest_people=0))
    points = chromium.value(POINTS)
    rises = [points[0][1] - y for _, y in points]
    assert [rise / rises[-1] for rise in rises] == pytest.approx([0, 0.007 / 0.6, 0.4 / 0.6, 1], abs=0.01)
    heights = chromium.value(HEIGHTS)
    assert [height / heights[2] for height in heights] == pytest.approx([100 / 393, 7 / 393, 1, 200 / 393], abs=0.01)
    assert chromium.value("[...document.querySelectorAll('.tile b')].map((one) => one.textContent)") == ["1,000", "70%", "41 min 40 s", "1 h 23 min"]
    assert "700 reached it, 300 did not (30.0%); 20 of these still may" in chromium.value("document.querySelector('.chart').textContent")


def test_values_have_bars_of_their_share_and_say_their_median(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TIMES,), fewest_people=0))
    assert chromium.value(BARS) == pytest.approx([500 / 600, 197 / 395, 3 / 5], abs=0.01)
    first = chromium.value("document.querySelector('.path').innerText")
    assert ("email" in first, "of 600" in first, "median 33 min 20 s" in first) == (True, True, True)


def test_keys_read_the_buckets_of_both_drawings(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TIMES,), fewest_people=0))
    for drawing in (".lines:not(.columns)", ".columns"):
        chromium.value(f"document.querySelector('{drawing}').focus()")
        said = []
        for key in ("ArrowRight", "ArrowRight", "End", "ArrowLeft"):
            chromium.press(key)
            said.append(chromium.value("document.querySelector('#tip strong').textContent"))
        assert said == ["2–5 min", "5–10 min", "30 min–1 h", "10–30 min"]
        assert "393" in chromium.value("document.getElementById('tip').textContent")


def test_what_is_hidden_is_drawn_as_unknown_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TIMES,)))
    assert (len(chromium.value(HEIGHTS)), chromium.value("document.querySelectorAll('.columns rect.unknown').length")) == (2, 2)
    assert chromium.value(BARS)[1:] == [None, None]
    written = (tmp_path / "page.html").read_text(encoding="utf-8").split('type="application/json"')[1].split("</script>")[0]
    assert "700" in written
    assert chromium.value("document.querySelector('.small-multiples .empty').textContent").startswith("No share is shown")
    assert [figure for figure in ("0.007", "395", "60.0", "16000") if figure in written] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_the_curve_is_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TIMES,), fewest_people=0))
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    assert chromium.value("getComputedStyle(document.querySelector('.line.c0')).stroke !== getComputedStyle(document.querySelector('.panel')).backgroundColor")
