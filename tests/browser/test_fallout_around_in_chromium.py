"""What happens between the steps of a fallout and after them, in a real browser: lists with shares, a table, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_around_steps import FALLOUT_AROUND

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]


def test_each_step_says_what_is_between_and_what_comes_after(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_AROUND,), fewest_people=0))
    assert chromium.texts(".happened h4") == ["Between 1. home and 2. cart", "Next after 1. home", "Between 2. cart and 3. order", "Next after 2. cart"]
    assert chromium.texts(".happened > .note") == ["Of 400 who went on", "Of 600 who went no further", "Of 100 who went on", "Of 300 who went no further"]
    assert chromium.texts(".happened:first-child .label") == ["product", "search", "7 other", "Nothing in between"]
    assert chromium.texts(".happened:first-child .step-figures b") == ["320", "90", "–", "40"]
    assert chromium.texts(".happened:first-child .step-figures .note") == ["80.0%", "22.5%", "–", "10.0%"]
    assert chromium.texts(".funnel .step .label") == ["home", "cart", "order"]
    assert chromium.value("[...document.querySelectorAll('.happened:first-child .track i')].map((one) => one.style.width)") == ["80%", "22.5%", "0%", "10%"]
    assert chromium.value("document.querySelectorAll('.lines').length") == 0


def test_the_tables_below_are_of_their_rows_alone(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_AROUND,), fewest_people=0))
    chromium.value("document.querySelectorAll('.numbers summary').forEach((one) => one.click())")
    chromium.wait("document.querySelectorAll('.numbers tbody tr').length > 3")
    assert chromium.value("[...document.querySelectorAll('.numbers')].map((one) => one.querySelectorAll('tbody tr').length)") == [11, 3]
    assert chromium.texts(".numbers:first-of-type tbody tr:nth-child(4) .label")[:4] == ["Until the next step", "1", "home", "Nothing in between"]


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_AROUND,)))
    assert chromium.texts(".happened:last-child .label") == ["help", "home", "Nothing more"]
    assert chromium.texts(".happened:last-child .step-figures b") == ["hidden", "hidden", "250"]
    html = chromium.value("document.documentElement.innerHTML")
    assert "0.016" not in html
    assert "0.15]" not in html


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_page(chromium, tmp_path, width):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FALLOUT_AROUND,), fewest_people=0))
    chromium.resize(width)
    assert chromium.value("document.documentElement.scrollWidth <= window.innerWidth")
    assert chromium.value("[...document.querySelectorAll('.happened li')].every((one) => one.scrollWidth <= one.clientWidth)")
