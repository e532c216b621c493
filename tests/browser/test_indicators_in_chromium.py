"""The forest plot of indicators in a real browser: intervals on a logarithmic axis, what it says of cause, nothing of what is hidden."""

from __future__ import annotations

import math

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import INDICATORS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
BOXES = """[...document.querySelectorAll('.path:not(.axis)')].map((path) => {
  const of = (one) => path.querySelector(one).getBoundingClientRect(), track = of('.track'), bar = of('.track i'), mark = of('.track b'), line = of('.track s');
  return [bar.left, bar.right, (mark.left + mark.right) / 2, line.left].map((at) => (at - track.left) / track.width);
})"""
TICKS = """[...document.querySelectorAll('.ratios')].map((list) => { const axis = list.querySelector('.ticks').getBoundingClientRect();
  return [...list.querySelectorAll('.ticks span')].map((one) => { const box = one.getBoundingClientRect(); return [one.textContent, ((box.left + box.right) / 2 - axis.left) / axis.width]; }); })"""


def place(ratio):
    """Where a ratio stands between the least bound and the largest one."""
    return math.log(ratio / 0.125) / math.log(3.125 / 0.125)


def test_intervals_lie_between_their_bounds_on_one_logarithmic_axis_for_both_lists(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(INDICATORS,), fewest_people=0))
    expected = [(2.0, 3.125, 2.5), (0.6, 2.4, 1.2), (0.125, 0.5, 0.25), (0.31, 1.29, 0.61)]
    for found, wanted in zip(chromium.value(BOXES), expected, strict=True):
        assert found == pytest.approx([place(one) for one in (*wanted, 1)], abs=0.01)
    for ticks in chromium.value(TICKS):
        assert [text for text, _ in ticks] == ["0.2", "0.5", "1", "2"]
        assert [at for _, at in ticks] == pytest.approx([place(one) for one in (0.2, 0.5, 1, 2)], abs=0.01)
    assert chromium.value("[...document.querySelectorAll('.chart h3')].map((one) => one.textContent)") == ["More often before the outcome", "Less often before the outcome"]


def test_the_page_says_that_it_is_association_and_what_may_be_chance(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(INDICATORS,), fewest_people=0))
    assert chromium.value("document.querySelector('.association b').textContent") == "This is association, not cause. "
    rows = chromium.value("[...document.querySelectorAll('.path:not(.axis)')].map((one) => [one.querySelector('.path-name').textContent, one.classList.contains('unsure'), one.innerText.includes('may be chance')])")
    assert rows == [["help: returns", False, False], ["chat error", True, True], ["order tracking", False, False], ["imprint", True, True]]
    first = chromium.value("document.querySelector('.path').innerText")
    for said in ("2.50 ×", "2.00 to 3.13", "40.0% with it, 11.4% without", "120 of 300 with it"):
        assert said in first


def test_what_is_in_no_list_is_said_in_words(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(INDICATORS,), fewest_people=0))
    assert chromium.value("[...document.querySelectorAll('.beside')].map((one) => one.textContent)") == [
        "Without a ratio, because with it or without it no comparable one has the outcome: thank you (0 of 45).",
        "Behaviours in no list, because few did them or the lists are full: 4.",
        "Sessions that begin with the outcome, so that nothing comes before it, are left out: 77.",
    ]
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    chromium.value("new Promise((done) => setTimeout(done, 100))")
    first = "[...document.querySelectorAll('.numbers tbody tr')].map((row) => row.cells[0].textContent)"
    assert chromium.value(first) == ["Total", "More often", "More often", "Less often", "Less often", "No ratio", "Other"]


def test_what_is_hidden_has_no_interval_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(INDICATORS,)))
    assert chromium.value("[...document.querySelectorAll('.path:not(.axis)')].map((path) => path.querySelectorAll('.track i').length)") == [1, 1, 1, 0]
    assert "< 10" in chromium.value("document.querySelectorAll('.protects .path-figures')[1].innerText")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "0.61" not in page
    assert "1.29" not in page


def test_without_any_ratio_the_page_says_so_and_still_what_it_is_no_proof_of(chromium, tmp_path):
    rows = tuple(row for row in INDICATORS.rows if row["row_kind"] in ("total", "left_out"))
    opened(chromium, tmp_path, PageContent(title="t", panels=(INDICATORS.model_copy(update={"rows": rows}),), fewest_people=0))
    assert chromium.value("document.querySelector('.chart .empty').textContent") == "No behaviour has a ratio."
    assert chromium.value("document.querySelectorAll('.association').length") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_marks_are_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(INDICATORS,), fewest_people=0))
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    colours = "['.panel', '.leads_to .track b', '.protects .track b', '.unsure .track b'].map((one) => getComputedStyle(document.querySelector(one)).backgroundColor)"
    assert len({*chromium.value(colours)}) == 4
