"""A trend beside another range and with means in a real browser: lines, what the pointer reads, the table below, nothing of what is hidden."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_trends import TREND_BESIDE, TREND_BY_MINUTE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
LINES = "[...document.querySelectorAll('.lines path.line')].map((one) => [one.getAttribute('class'), one.getAttribute('stroke-dasharray'), (one.getAttribute('d').match(/[ML]/g) || []).length])"
TIP = "[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)"
BELOW = """new Promise((done) => { document.querySelector('.numbers summary').click(); setTimeout(() => done([[...document.querySelectorAll('.numbers thead .label')].map((one) => one.textContent),
  ...[...document.querySelectorAll('.numbers tbody tr')].map((row) => [...row.children].map((one) => (one.querySelector('.value, .label') || one).textContent))]), 150); })"""


def test_what_it_is_compared_with_is_dotted_and_means_are_dashed(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND_BESIDE,), fewest_people=0))
    assert chromium.value(LINES) == [["line beside c0", "1 6", 3], ["line beside c0", "9 5", 2], ["line c0", None, 3]]
    assert chromium.value("[...document.querySelectorAll('figure ~ .note, .small-multiples ~ .note')].map((one) => one.textContent)") == [
        "Dotted: 2025-01-01 to 2025-01-04, beside the periods of the range one by one.",
        "Dashed: the mean of 2 periods, each one's own and those before it.",
    ]


def test_the_scale_holds_every_line(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND_BESIDE,), fewest_people=0))
    ticks = chromium.value("[...document.querySelectorAll('.lines .tick')].map((one) => one.textContent)")
    assert "400" in ticks  # the range before has 320, the range itself 120


def test_the_arrow_keys_read_both_ranges_and_the_mean(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND_BESIDE,), fewest_people=0))
    chromium.value("document.querySelector('.lines').focus()")
    chromium.press("ArrowRight")
    assert chromium.value(TIP) == ["2025-01-05", "People100", "People, before (2025-01-01)80"]
    chromium.press("ArrowRight")
    assert chromium.value(TIP) == ["2025-01-06", "People120", "People, before (2025-01-02)320", "People, mean of 2110"]


def test_the_table_has_a_row_per_period_with_its_change(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND_BESIDE,), fewest_people=0))
    assert chromium.value(BELOW) == [
        ["Day", "Compared with", "People", "People, before", "People, change", "People, mean of 2"],
        ["Total", "", "200", "400", "-50.0%", "–"],
        ["2025-01-05", "2025-01-01", "100", "80", "25.0%", "–"],
        ["2025-01-06", "2025-01-02", "120", "320", "-62.5%", "110"],
        ["2025-01-07", "2025-01-03", "5", "0", "–", "62.5"],
    ]


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND_BESIDE,)))
    assert chromium.value(BELOW)[-1] == ["2025-01-07", "2025-01-03", "< 10", "0", "–", "hidden"]
    assert chromium.value(LINES) == [["line beside c0", "1 6", 3], ["line beside c0", "9 5", 1], ["line c0", None, 2]]


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_wider_than_the_page(chromium, tmp_path, width):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND_BESIDE,), fewest_people=0))
    chromium.resize(width)
    assert chromium.value("document.documentElement.scrollWidth <= window.innerWidth")


def test_minutes_are_called_by_their_clock_below_the_line(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND_BY_MINUTE,), fewest_people=0))
    for width in (1440, 390):
        chromium.resize(width)
        names = chromium.value("[...document.querySelectorAll('.lines .tick:not([text-anchor=end])')].map((one) => one.textContent)")
        assert names[0] == "1 Jan"
        assert len(names) > 1
        assert all(re.fullmatch(r"1 Jan \d\d:\d\d", one) for one in names[1:])
        boxes = chromium.value("[...document.querySelectorAll('.lines .tick:not([text-anchor=end])')].map((one) => one.getBoundingClientRect()).map((box) => [box.left, box.right])")
        assert [(one, following) for one, following in pairwise(boxes) if one[1] >= following[0]] == []
        assert chromium.value("document.documentElement.scrollWidth <= innerWidth")
