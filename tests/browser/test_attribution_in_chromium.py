"""Attribution in a real browser: a bar per value and model, sets of values, numbers of touches; nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import ATTRIBUTION

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
VALUES = "[...document.querySelectorAll('.credits > li')].map((one) => one.querySelector('bdi').textContent)"
BARS = "[...document.querySelectorAll('.credits > li')].map((one) => [...one.querySelectorAll('.track i')].map((bar) => parseFloat(bar.style.width)))"
AMOUNTS = "[...document.querySelectorAll('.credits > li')].map((one) => [...one.querySelectorAll('.amount')].map((bar) => bar.textContent))"
COLUMNS = "[...document.querySelectorAll('.small-multiples figure')].map((one) => [...one.querySelectorAll('.column')].map((bar) => Number(bar.getAttribute('height'))))"


def page_of(chromium, tmp_path, *rows, fewest=0):
    panel = ATTRIBUTION.model_copy(update={"rows": rows}) if rows else ATTRIBUTION
    opened(chromium, tmp_path, PageContent(title="t", panels=(panel,), fewest_people=fewest))


def test_each_value_has_a_bar_per_model_in_the_order_of_the_legend(chromium, tmp_path):
    page_of(chromium, tmp_path)
    assert chromium.value(VALUES) == ["mail", "search", "ads", "No touch before"]
    assert chromium.value("[...document.querySelectorAll('.legend bdi')].map((one) => one.textContent)") == ["Last touch", "First touch", "Linear"]
    assert chromium.value(BARS) == [pytest.approx([100, 100 / 3, 200 / 3], abs=0.01), pytest.approx([100 / 3, 100, 200 / 3], abs=0.01), pytest.approx([240 / 9] * 3, abs=0.01), pytest.approx([60 / 9] * 3, abs=0.01)]
    assert chromium.value(AMOUNTS)[0] == ["€900.00", "€300.00", "€600.00"]
    assert chromium.value("document.querySelector('.credits .beside').textContent") == " 100 conversions, last touch of 60"
    assert chromium.value("document.querySelector('.started').textContent") == "€1,500 in 200 conversions of 150 people"


def test_sets_are_drawn_as_those_of_an_overlap(chromium, tmp_path):
    page_of(chromium, tmp_path)
    said = "[...document.querySelectorAll('.combinations li')].map((one) => [one.querySelector('bdi').textContent, one.querySelector('.amount').textContent, [...one.querySelectorAll('.dots i')].map((dot) => dot.className).join()])"
    assert chromium.value(said) == [["mail", "40", "in,"], ["mail & search", "40", "in,in"], ["search", "30", ",in"], ["none of them", "40", ","]]


def test_touches_and_days_are_columns_that_the_arrow_keys_read(chromium, tmp_path):
    page_of(chromium, tmp_path)
    touches, days = chromium.value(COLUMNS)
    assert [height / touches[0] for height in touches] == pytest.approx([1, 0.75, 0.5, 0.25], abs=0.01)
    assert [height / days[0] for height in days] == pytest.approx([1, 0.75, 0.5], abs=0.01)
    chromium.value("document.querySelectorAll('.columns')[1].dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}))")
    assert chromium.value("[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)") == ["91+ days from the first touch", "Conversions40", "People30"]


def test_the_table_has_the_credits_and_no_rows_of_the_other_parts(chromium, tmp_path):
    page_of(chromium, tmp_path)
    chromium.value("[...document.querySelectorAll('.numbers')].forEach((one) => { one.open = true; })")
    heads = chromium.value("[...document.querySelectorAll('table.ranked')].map((one) => [...one.querySelectorAll('thead .label')].map((head) => head.textContent))")
    assert heads == [["Channel", "Last touch", "First touch", "Linear", "Conversions", "As the last touch", "People"], ["In", "People", "In no other"]]
    assert chromium.value("[...document.querySelector('table.ranked').querySelectorAll('tbody th')].map((one) => one.textContent)") == ["Total", "mail", "search", "ads", "No touch before"]


def test_ten_models_are_all_drawn(chromium, tmp_path):
    columns = [column for column in ATTRIBUTION.columns if not column.name.startswith(("last_touch", "first_touch", "linear")) or column.name == "last_touch_events"]
    like = {column.name: column for column in ATTRIBUTION.columns}
    more = [like[name].model_copy(update={"name": f"m{number}{end}", "label": f"M {number}"}) for number in range(10) for name, end in (("linear", ""), ("linear_share", "_share"))]
    rows = tuple({**row, **{column.name: row["linear_share" if column.name.endswith("_share") else "linear"] for column in more}} for row in ATTRIBUTION.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(ATTRIBUTION.model_copy(update={"columns": (*columns, *more), "rows": rows}),), fewest_people=0))
    assert [len(bars) for bars in chromium.value(BARS)] == [10] * 4
    colours = "[...document.querySelector('.credits > li').querySelectorAll('.track i')].map((bar) => getComputedStyle(bar).backgroundColor + getComputedStyle(bar).opacity)"
    assert len({*chromium.value(colours)}) == 10


def test_without_conversions_it_says_so(chromium, tmp_path):
    page_of(chromium, tmp_path, {**ATTRIBUTION.rows[0], "conversion_events": 0, "people": 0})
    assert "No conversions in this range." in chromium.value("document.querySelector('.chart').textContent")


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    rows = [{**row, "linear": 7.77, "people": 7, "conversion_events": 7} if row["credited_item"] == "ads" else row for row in ATTRIBUTION.rows]
    page_of(chromium, tmp_path, *rows, fewest=10)
    assert chromium.value("document.querySelectorAll('.credits .track.unknown').length") == 6  # ads, and the value of the fewest people that is left
    assert "7.77" not in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone_and_bars_are_seen_in_both_schemes(chromium, tmp_path, scheme):
    page_of(chromium, tmp_path)
    chromium.paint(scheme)
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= 390")
    colours = "[getComputedStyle(document.querySelector('.panel')).backgroundColor, ...[...document.querySelector('.credits > li').querySelectorAll('.track i')].map((bar) => getComputedStyle(bar).backgroundColor)]"
    assert len({*chromium.value(colours)}) == 4
