"""The list of paths in a real browser: intervals where the bounds are, the two lists, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import PATHS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
BOXES = """[...document.querySelectorAll('.path')].map((path) => {
  const of = (one) => path.querySelector(one).getBoundingClientRect(), track = of('.track'), bar = of('.track i'), mark = of('.track b');
  return [bar.left, bar.right, (mark.left + mark.right) / 2].map((at) => (at - track.left) / track.width);
})"""


def test_intervals_lie_between_their_bounds_on_one_scale_for_both_lists(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(PATHS,), fewest_people=0))
    most = 1.03 * 0.449  # the far end has room for its mark
    expected = [(0.353, 0.449, 0.4), (0.071, 0.139, 0.1), (0.014, 0.057, 0.028)]
    for found, wanted in zip(chromium.value(BOXES), expected, strict=True):
        assert found == pytest.approx([one / most for one in wanted], abs=0.01)
    assert chromium.value("[...document.querySelectorAll('.chart h3')].map((one) => one.textContent)") == ["Convert most often", "Convert least often"]
    assert chromium.value("document.querySelector('.path-name').textContent") == "home → cart"
    assert "160 of 400" in chromium.value("document.querySelector('.path-figures').innerText")


def test_the_counts_beside_a_rate_are_those_that_it_is_of(chromium, tmp_path):
    rows = tuple({**row, "converted_rate": row["converted_people"] / row["people"]} if row["people"] else row for row in PATHS.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(PATHS.model_copy(update={"rows": rows}),), fewest_people=0))
    assert "155 of 300" in chromium.value("document.querySelector('.path-figures').innerText")


def test_the_table_below_says_in_which_list_a_path_is(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(PATHS,), fewest_people=0))
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    chromium.value("new Promise((done) => setTimeout(done, 100))")
    first = "[...document.querySelectorAll('.numbers tbody tr')].map((row) => row.cells[0].textContent)"
    assert chromium.value(first) == ["Total", "Best", "Best", "Worst", "Other"]


def test_what_is_hidden_has_no_interval_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(PATHS,)))
    assert chromium.value("[...document.querySelectorAll('.path')].map((path) => path.querySelectorAll('.track i').length)") == [1, 0, 0]
    assert "hidden of 300" in chromium.value("document.querySelectorAll('.path-figures')[1].innerText")
    assert "< 10 of 250" in chromium.value("document.querySelectorAll('.path-figures')[2].innerText")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "0.028" not in page
    assert "0.057" not in page


def test_nothing_is_wider_than_a_telephone(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(PATHS,)))
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
