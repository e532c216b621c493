"""Frequency in a real browser: a drawing per event with a column per number of times, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import FREQUENCY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
BARS = "[...document.querySelectorAll('.small-multiples figure')].map((one) => [...one.querySelectorAll('.column')].map((bar) => Number(bar.getAttribute('height'))))"
NAMES = "[...document.querySelectorAll('.small-multiples .started')].map((one) => one.textContent)"


def test_each_event_has_a_drawing_of_its_own_with_all_who_did_it(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FREQUENCY,), fewest_people=0))
    assert chromium.value(NAMES) == ["Orders: 1,000 people at all", "At the help: 300 people at all"]
    first, second = chromium.value(BARS)
    assert [height / first[0] for height in first] == pytest.approx([1, 0.5, 0.1, 0.4], abs=0.01)
    assert [height / second[3] for height in second] == pytest.approx([0.4, 0.5, 0.1, 1], abs=0.01)


def test_those_below_the_first_bucket_are_in_the_table_alone(chromium, tmp_path):
    rows = (FREQUENCY.rows[0], {**FREQUENCY.rows[1], "row_kind": "below", "times": "< 2"}, *FREQUENCY.rows[2:5])
    opened(chromium, tmp_path, PageContent(title="t", panels=(FREQUENCY.model_copy(update={"rows": rows}),), fewest_people=0))
    [heights] = chromium.value(BARS)
    assert len(heights) == 3
    chromium.value("document.querySelector('.numbers').open = true")
    assert "< 2" in chromium.value("document.querySelector('.numbers').textContent")


def test_the_arrow_keys_read_a_bucket(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FREQUENCY,), fewest_people=0))
    chromium.value("document.querySelectorAll('.columns')[1].dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}))")
    assert chromium.value("[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)") == ["At the help: 4+ times", "People150", "Of all50 %"]


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    few = {**FREQUENCY.rows[3], "people": 7, "percent_of_total": 0.0071}
    opened(chromium, tmp_path, PageContent(title="t", panels=(FREQUENCY.model_copy(update={"rows": (*FREQUENCY.rows[:3], few, *FREQUENCY.rows[4:])}),)))
    assert chromium.value("[...document.querySelectorAll('.small-multiples figure')].map((one) => one.querySelectorAll('.unknown').length)") == [2, 0]
    assert "0.0071" not in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_columns_are_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FREQUENCY,), fewest_people=0))
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    assert len({*chromium.value("[getComputedStyle(document.querySelector('.panel')).backgroundColor, getComputedStyle(document.querySelector('.column')).fill]")}) == 2


def test_a_tip_is_short_and_speaks_of_one_time(chromium, tmp_path):
    once = {**FREQUENCY.rows[1], "times": "1", "percent_of_total": 0.123456789012}
    opened(chromium, tmp_path, PageContent(title="t", panels=(FREQUENCY.model_copy(update={"rows": (FREQUENCY.rows[0], once, *FREQUENCY.rows[2:])}),), fewest_people=0))
    chromium.value("document.querySelectorAll('.columns')[0].dispatchEvent(new KeyboardEvent('keydown', {key: 'Home'}))")
    said = chromium.value("[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)")
    assert said[0].endswith(": 1 time")
    assert said[-1] == "Of all12.3457 %"
