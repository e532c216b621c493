"""A dimension on the columns of a table in a real browser: values above their metrics, sorted, downloaded as shown."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.browser.test_page_in_chromium import fits
from tests.security.hostile import HOSTILE
from tests.unit.page.pages import ACROSS, DEEP

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
ONE_METRIC = ACROSS.model_copy(update={"columns": ACROSS.columns[:-1]})


def page_of(panel, fewest=0):
    return PageContent(title="t", panels=(panel,), fewest_people=fewest)


def texts(chromium, rows):
    found = chromium.value(f"[...document.querySelectorAll({rows!r})].map((row) => [...row.children].map((cell) => (cell.querySelector('.value, .label') || cell).textContent))")
    return [[text.strip("\u2068\u2069") for text in row] for row in found]


def test_values_stand_above_their_metrics_and_rows_below(chromium, tmp_path):
    opened(chromium, tmp_path, page_of(ACROSS))
    assert texts(chromium, ".ranked thead tr") == [["", "Total", "mail", "search"], ["Page", *["Events", "People"] * 3]]
    assert texts(chromium, ".ranked tbody tr") == [
        ["Total", "100", "40", "70", "30", "30", "20"], ["home", "60", "30", "45", "20", "15", "14"], ["cart", "20", "12", "14", "10", "6", "3"],
    ]  # fmt: skip
    assert chromium.value("[...document.querySelectorAll('.ranked thead tr.across th')].every((head) => head.scope === 'colgroup' && head.colSpan === 2)")
    assert chromium.faults() == []


def test_of_one_metric_the_values_are_the_columns_and_the_metric_is_the_caption(chromium, tmp_path):
    opened(chromium, tmp_path, page_of(ONE_METRIC))
    assert texts(chromium, ".ranked thead tr") == [["Page", "Total", "mail", "search"]]
    assert chromium.value("document.querySelector('table.ranked caption').textContent") == "Events"


def test_a_column_sorts_and_bars_of_all_values_are_on_one_scale(chromium, tmp_path):
    opened(chromium, tmp_path, page_of(ONE_METRIC))
    widths = chromium.value("[...document.querySelectorAll('.ranked tbody tr:not(.total) td .bar')].map((bar) => bar.getBoundingClientRect().width / (bar.parentElement.clientWidth - 8))")
    assert widths == pytest.approx([1, 1, 15 / 45, 20 / 60, 14 / 45, 6 / 45], abs=0.02)
    chromium.value("document.querySelectorAll('.ranked thead button')[2].click(); document.querySelectorAll('.ranked thead button')[2].click()")
    assert [row[0] for row in texts(chromium, ".ranked tbody tr")] == ["Total", "cart", "home"]
    assert chromium.value("document.querySelectorAll('.ranked thead tr:last-child th')[2].getAttribute('aria-sort')") == "ascending"


def test_a_download_is_the_table_as_it_is_shown(chromium, tmp_path):
    opened(chromium, tmp_path, page_of(ACROSS, fewest=10))
    lines = chromium.csv(lambda: chromium.page.click(".csv"))
    assert lines[0] == ["Page", *(f"{head}: {metric}" for head in ("Total", "mail", "search") for metric in ("Events", "People"))]
    assert lines[-1] == ["cart", "20", "12", "hidden", "hidden", "< 10", "< 10"]


def test_a_row_that_the_end_of_the_page_cuts_is_not_shown(chromium, tmp_path):
    grand = {"row_kind": "grand_total", "page": None, "column_kind": "total", "channel": None, "events": 120, "people": 50}
    rows = (*ACROSS.rows[:3], grand, *ACROSS.rows[3:-1])
    opened(chromium, tmp_path, page_of(ACROSS.model_copy(update={"rows": rows})))
    assert [row[0] for row in texts(chromium, ".ranked tbody tr")] == ["Total", "Grand total", "home"]


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_values_of_rows_and_columns_stay_text(chromium, tmp_path, width):
    values = {"mail": HOSTILE[0], "search": HOSTILE[1]}
    rows = [{**row, "channel": values.get(row["channel"], row["channel"])} for row in ACROSS.rows]
    extra = [{**row, "page": text} for text in HOSTILE for row in rows[-3:]]
    opened(chromium, tmp_path, page_of(ACROSS.model_copy(update={"rows": (*rows, *extra)})), width=width)
    assert chromium.faults() == []
    assert fits(chromium)
    assert chromium.value("document.querySelectorAll('.ranked tbody tr').length") >= 50


@pytest.mark.parametrize("width", [1440, 390])
def test_a_table_of_seven_dimensions_keeps_to_the_page_and_names_whole_values(chromium, tmp_path, width):
    opened(chromium, tmp_path, page_of(DEEP), width=width)
    assert fits(chromium)
    assert [row[1] for row in texts(chromium, ".ranked.deep tbody tr.item")] == [f"the longer value {at} of page" for at in range(3)]
    titles = chromium.value("[...document.querySelectorAll('.deep tbody tr.item')].map((row) => row.children[6].title)")
    assert [title.strip("\u2068\u2069") for title in titles] == [f"the longer value {at} of campaign" for at in range(3)]
    lines = chromium.value("[...document.querySelectorAll('.deep tbody tr.item .label')].map((one) => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight))")
    assert all(1.5 < one < 2.5 for one in lines)  # each value in two lines, whatever the width
