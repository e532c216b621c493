"""Growth in a real browser: who is active stacked above the line, who has gone below it, the net growth as a line, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import GROWTH

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
BARS = """[...document.querySelectorAll('.growth g[data-at]')].map((group) => [...group.querySelectorAll('rect:not(.catch)')].map((one) => [one.getAttribute('class'), Number(one.getAttribute('y')), Number(one.getAttribute('height'))]))"""
ZERO = "Number(document.querySelector('.growth .zero').getAttribute('y1'))"
TICKS = "[...document.querySelectorAll('.growth .tick')].map((one) => one.textContent)"
LEGENDS = "[...document.querySelectorAll('.grown .legend')].map((one) => one.innerText.split('\\n').filter(Boolean))"


def test_classes_are_stacked_above_the_line_and_the_dormant_are_below_it(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(GROWTH,), fewest_people=0))
    zero, bars = chromium.value(ZERO), chromium.value(BARS)
    assert [[name for name, _, _ in group] for group in bars] == [["c0", "c2", "c4", "c1"]] * 3 + [["c1"], []]
    per_person = bars[0][0][2] / 80
    for group, sizes in zip(bars, ((80, 20, 500, 40), (350, 50, 300, 250), (500, 33, 7, 200), (540,)), strict=False):
        assert [height / per_person for _, _, height in group] == pytest.approx(sizes, rel=1e-6)
        *above, (_, top, _) = group
        assert top == pytest.approx(zero)  # the dormant hang from the line
        base = zero
        for _, y, height in above:
            assert y + height == pytest.approx(base)
            base = y
    ticks = chromium.value(TICKS)
    assert {"-500", "0", "500"} <= {*ticks}
    assert "2026-W01" in ticks


def test_the_legend_the_total_and_the_line_of_net_growth(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(GROWTH,), fewest_people=0))
    assert chromium.value(LEGENDS) == [["Repeat", "Return", "New", "Dormant"], ["Net growth"]]
    assert chromium.value("document.querySelector('.started').textContent") == "1,400 people active in the range"
    assert chromium.value("document.querySelectorAll('.grown .line.c3').length") == 1
    level, low = chromium.value("['.level', '.lines:not(.growth) .zero'].map((one) => Number(document.querySelector(`.grown ${one}`).getAttribute('y1')))")
    assert level < low  # equilibrium is 1, above 0
    path = chromium.value("document.querySelector('.grown .line.c3').getAttribute('d')")
    assert path.count("M") + path.count("L") == 4


def test_the_arrow_keys_read_a_period_and_the_dormant_are_less(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(GROWTH,), fewest_people=0))
    chromium.value("document.querySelector('.growth').focus()")
    chromium.value("document.querySelector('.growth').dispatchEvent(new KeyboardEvent('keydown', {key: 'Home'}))")
    assert chromium.value("[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)") == [
        "2026-W01", "Active600", "Repeat80", "Return20", "New500", "Dormant−40", "Net growth13"
    ]  # fmt: skip


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(GROWTH,)))
    bars = chromium.value(BARS)
    assert [name for name, _, _ in bars[2]] == ["unknown", "unknown"]
    assert [name for name, _, _ in bars[1]] == ["c0", "c2", "c4", "c1"]
    assert chromium.value("document.querySelector('.started').textContent") == "hidden people active in the range"
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "2026-W03" in page
    assert "500,33,200" not in page.replace(".0", "")
    assert "1400" not in page


def test_without_periods_the_page_says_so(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(GROWTH.model_copy(update={"rows": GROWTH.rows[:1]}),), fewest_people=0))
    assert chromium.value("document.querySelectorAll('.chart .empty').length") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_classes_are_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(GROWTH,), fewest_people=0))
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    colours = chromium.value("[getComputedStyle(document.querySelector('.panel')).backgroundColor, ...['c0', 'c1', 'c2', 'c4'].map((one) => getComputedStyle(document.querySelector(`.growth rect.${one}`)).fill)]")
    assert len({*colours}) == 5
