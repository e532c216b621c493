"""Topics of self-service in a real browser: intervals beside the baseline, what is beside the topics in words, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import CALLS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
BOXES = """[...document.querySelectorAll('.path')].map((path) => {
  const of = (one) => path.querySelector(one).getBoundingClientRect(), track = of('.track'), bar = of('.track i'), mark = of('.track b'), line = of('.track s');
  return [bar.left, bar.right, (mark.left + mark.right) / 2, line.left].map((at) => (at - track.left) / track.width);
})"""


def test_intervals_lie_between_their_bounds_and_the_baseline_is_a_line(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CALLS,), fewest_people=0))
    most = 1.03 * 0.837  # the far end has room for its mark
    expected = [(0.079, 0.127, 0.1, 0.25), (0.314, 0.408, 142 / 395, 0.25), (0.388, 0.837, 9 / 14, 0.25)]
    for found, wanted in zip(chromium.value(BOXES), expected, strict=True):
        assert found == pytest.approx([one / most for one in wanted], abs=0.01)
    first = chromium.value("document.querySelector('.path').innerText")
    assert "track an order" in first
    assert "60 of 600" in first
    assert "avoided calls: 90" in first


def test_the_control_and_what_has_no_topic_are_said_in_words_and_are_no_rows(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CALLS,), fewest_people=0))
    said = chromium.value("[...document.querySelectorAll('.beside')].map((one) => one.textContent)")
    assert said == ["Baseline: 25.0% call without self-service (21.0% to 29.5%, 100 of 400).", "Self-service without a topic begins no trial; events: 37."]
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    chromium.value("new Promise((done) => setTimeout(done, 100))")
    assert chromium.value("[...document.querySelectorAll('.numbers tbody tr')].map((row) => row.cells[0].textContent)") == ["Total", "track an order", "returns", "password"]


def test_what_is_hidden_has_no_interval_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CALLS,)))
    assert chromium.value("[...document.querySelectorAll('.path')].map((path) => path.querySelectorAll('.track i').length)") == [1, 0, 0]
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "0.388" not in page
    assert "0.314" not in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_the_mark_is_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CALLS,)))
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    colours = "['.track b', '.panel'].map((one) => getComputedStyle(document.querySelector(one)).backgroundColor)"
    mark, card = chromium.value(colours)
    assert mark != card


def test_a_baseline_above_all_rates_is_a_line_inside_the_track(chromium, tmp_path):
    rows = tuple({**row, "baseline_rate": 0.9} if row["row_kind"] == "topic" else row for row in CALLS.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(CALLS.model_copy(update={"rows": rows}),), fewest_people=0))
    assert chromium.value("[...document.querySelectorAll('.topics .track s')].every((line) => line.getBoundingClientRect().right < line.parentNode.getBoundingClientRect().right - 5)")
