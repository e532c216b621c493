"""The overlap in a real browser: a row per combination with the dots of its sets, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import OVERLAP

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
ROWS = "[...document.querySelectorAll('.combinations li')]"


def test_each_combination_has_the_dots_of_its_sets_and_a_bar_for_those_in_no_other(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(OVERLAP,), fewest_people=0))
    assert chromium.value(f"{ROWS}.map((row) => row.querySelector('.combination').textContent)") == ["orders", "orders & calls", "calls", "none of them"]
    dots = chromium.value(f"{ROWS}.map((row) => [...row.querySelectorAll('.dots i')].map((dot) => dot.className === 'in'))")
    assert dots == [[True, False], [True, True], [False, True], [False, False]]
    assert chromium.value(f"{ROWS}.map((row) => row.querySelector('.amount').textContent)") == ["605", "295", "5", "1,095"]
    widths = chromium.value(f"{ROWS}.map((row) => row.querySelector('.track i').getBoundingClientRect().width)")
    assert [round(width / widths[3], 2) for width in widths] == pytest.approx([605 / 1_095, 295 / 1_095, 5 / 1_095, 1], abs=0.01)


def test_what_is_hidden_has_no_bar_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(OVERLAP,)))
    assert chromium.value(f"{ROWS}.map((row) => row.querySelector('.amount').textContent)") == ["605", "< 10", "hidden", "1,095"]
    assert chromium.value("document.querySelectorAll('.combinations .unknown').length") == 2
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert "900" not in chromium.value("document.querySelector('.chart').innerText")
    assert "295" not in (tmp_path / "page.html").read_text(encoding="utf-8")
