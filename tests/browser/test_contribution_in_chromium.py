"""The diverging bars of a contribution in a real browser: gains and losses around no change, what growth would have given, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import CONTRIBUTION

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
BOXES = """[...document.querySelectorAll('.contributions .path')].map((path) => {
  const of = (one) => path.querySelector(one)?.getBoundingClientRect(), track = of('.track'), bar = of('.track i'), mark = of('.track b'), line = of('.track s');
  return [bar ? bar.left : null, bar ? bar.right : null, mark ? (mark.left + mark.right) / 2 : null, line.left].map((at) => (at === null ? null : (at - track.left) / track.width));
})"""
NAMES = "[...document.querySelectorAll('.contributions .path-name')].map((one) => one.innerText.split('\\n'))"


def place(change):
    """Where an amount of change stands between the largest loss and the largest gain."""
    return (change + 1_500) / 4_500


def test_bars_begin_at_no_change_and_a_mark_says_what_growth_would_have_given(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION,), fewest_people=0))
    expected = [(0, 3_000, 800), (0, 2_500, 1_000), (-1_500, 0, 1_000), (0, 386, 123.4), (0, 114, 76.6)]
    for found, (low, high, growth) in zip(chromium.value(BOXES), expected, strict=True):
        assert found == pytest.approx([place(low), place(high), place(growth), place(0)], abs=0.01)
    assert chromium.value("[...document.querySelectorAll('.contributions .track i')].map((one) => one.className)") == ["more", "more", "less", "more", "more"]


def test_rows_say_what_they_are_and_their_share(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION,), fewest_people=0))
    assert chromium.value(NAMES) == [["search", "Channel"], ["buyers", "Segment"], ["mail", "Channel"], ["affiliates", "Channel"], ["Other", "Channel"]]
    first, _, third, *_ = chromium.value("[...document.querySelectorAll('.contributions .path-figures')].map((one) => one.innerText)")
    for said in ("+$3,000", "150.0% of the change", "$4,000 → $7,000", "beyond growth: +$2,200"):
        assert said in first
    assert "-$1,500" in third
    assert chromium.value("[...document.querySelectorAll('.tile')].map((one) => one.innerText)") == ["Before\n$10,000", "After\n$12,000", "Change\n+$2,000\n+20.0%"]


def test_rows_that_overlap_are_named(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION,), fewest_people=0))
    assert chromium.value("[...document.querySelectorAll('.beside')].map((one) => one.textContent)") == ["Rows overlap, so their shares do not add up to the whole change: segments."]
    rows = tuple({**row, "amount_change": 0, "share_of_change": None} if row["row_kind"] == "total" else {**row, "share_of_change": None, "rows_add_up": row["row_kind"] != "segment" and None} for row in CONTRIBUTION.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION.model_copy(update={"rows": rows}),), fewest_people=0))
    assert "There is no change in all, so there are no shares of it." in chromium.value("document.querySelector('.chart').innerText")


def test_what_is_hidden_has_no_bar_and_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION,)))
    assert chromium.value("[...document.querySelectorAll('.contributions .path')].map((path) => path.querySelectorAll('.track i').length)") == [1, 1, 1, 0, 0]
    assert chromium.value("[...document.querySelectorAll('.contributions .path-figures')].slice(3).map((one) => one.innerText.split('\\n')[0].trim())") == ["< 10", "hidden"]
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for figure in ("386", "617", "1003", "497", "383"):
        assert f":{figure}," not in page
        assert f",{figure}," not in page


def test_the_table_is_below_and_without_rows_the_page_says_so(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION,), fewest_people=0))
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    chromium.value("new Promise((done) => setTimeout(done, 100))")
    assert chromium.value("document.querySelectorAll('.numbers tbody tr').length") == 6
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION.model_copy(update={"rows": CONTRIBUTION.rows[:1]}),), fewest_people=0))
    assert chromium.value("document.querySelectorAll('.chart .empty').length") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_bars_are_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION,), fewest_people=0))
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    colours = "['.panel', '.contributions .more', '.contributions .less', '.contributions .track b'].map((one) => getComputedStyle(document.querySelector(one)).backgroundColor)"
    assert len({*chromium.value(colours)}) == 4


def test_an_amount_and_what_is_said_of_it_do_not_cover_each_other(chromium, tmp_path):
    rows = tuple({**row, "amount_change": -123456.78} if row["row_kind"] == "item" else row for row in CONTRIBUTION.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(CONTRIBUTION.model_copy(update={"rows": rows}),), fewest_people=0))
    pairs = "[...document.querySelectorAll('.path-figures')].map((one) => [...one.children].map((part) => part.getBoundingClientRect()).map((box) => [box.left, box.right]))"
    for width in (1440, 390):
        chromium.resize(width)
        assert all(amount[1] <= note[0] for amount, note in chromium.value(pairs)), width
