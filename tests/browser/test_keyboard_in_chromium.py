"""The page by the keyboard alone: the list of reports, each report, its table, a sort, a search, a download."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import TABLE, all_panels

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
WHERE = "(() => { const one = document.activeElement; return [one.tagName.toLowerCase(), one.className.baseVal ?? one.className, one.textContent.trim().slice(0, 40)]; })()"
MOST_TABS = 400


@pytest.fixture
def page(chromium, tmp_path):
    return opened(chromium, tmp_path, PageContent(title="Retailer", panels=all_panels(), fewest_people=0))


def tab_to(chromium, question):
    """Press Tab until what has the focus is what is looked for."""
    for _ in range(MOST_TABS):
        chromium.press("Tab")
        if chromium.value(f"document.activeElement.matches({question!r})"):
            return
    raise AssertionError(f"Tab does not come to {question}")


def test_the_first_stop_skips_to_the_reports(page):
    page.press("Tab")
    assert page.value(WHERE)[1] == "skip"
    assert page.value("document.activeElement.getBoundingClientRect().left") >= 0
    page.press("Enter")
    assert page.value("document.activeElement.id") == "reports"


def test_arrow_keys_go_through_the_list_of_reports_and_enter_opens_each(page):
    tab_to(page, "nav a")
    opened_ones = []
    for number in range(1, len(all_panels()) + 1):
        page.value(f"document.querySelectorAll('nav a')[{number - 1}].focus()")
        page.press("ArrowDown")
        assert page.value("document.activeElement.hash") == f"#panel-{number}"
        page.press("Enter")
        page.wait(f"document.activeElement.id === 'panel-{number}'")
        opened_ones.append(page.value("location.hash"))
    assert opened_ones == [f"#panel-{number}" for number in range(1, len(all_panels()) + 1)]
    assert page.faults() == []


def test_the_list_ends_at_both_ends_and_marks_the_report_that_is_read(page):
    tab_to(page, "nav a")
    page.press("ArrowUp")
    assert page.value("document.activeElement.hash") == "#receipt"
    page.press("End")
    last = f"#panel-{len(all_panels())}"
    assert page.value("document.activeElement.hash") == last
    page.press("Enter")
    page.wait(f"document.querySelector('nav a[aria-current]').hash === '{last}'")
    assert page.value("document.querySelectorAll('nav a[aria-current]').length") == 1


def test_every_stop_is_seen_and_every_chart_is_read_or_has_its_table(page):
    stops, unseen = [], []
    for _ in range(MOST_TABS):
        page.press("Tab")
        found = page.value(WHERE)
        if found[0] == "body":
            break
        stops.append(found)
        seen = page.value("(() => { const one = document.activeElement, style = getComputedStyle(one), rect = one.querySelector('rect'); return one.matches(':focus-visible') && (style.outlineStyle !== 'none' || (rect !== null && getComputedStyle(rect).strokeWidth === '3px')); })()")
        if not seen:
            unseen.append(found)
    assert unseen == []
    assert len(stops) > 4 * len(all_panels())
    without = page.value("[...document.querySelectorAll('section.panel')].filter((one) => !one.querySelector('.chart table, .chart .numbers, .chart .tile, .chart .empty')).map((one) => one.querySelector('h2').textContent)")
    assert without == []


def test_a_table_is_sorted_searched_and_downloaded_by_keys(chromium, tmp_path):
    rows = (*TABLE.rows[:1], *({"row_kind": "item", "page": f"page {at}", "events": at, "people": at} for at in range(1, 31)), *TABLE.rows[-1:])
    opened(chromium, tmp_path, PageContent(title="t", panels=(TABLE.model_copy(update={"rows": rows}),), fewest_people=0))
    tab_to(chromium, "input[type=search]")
    chromium.page.keyboard.insert_text("page 2")
    note = "document.querySelector('.tools .note').textContent"
    assert chromium.value(note) == "11 of 11 rows found, 30 in all"
    tab_to(chromium, ".ranked thead th:nth-child(2) button")
    chromium.press("Enter")
    chromium.press("Enter")
    first = "[...document.querySelectorAll('.ranked tbody th')].map((one) => one.textContent).slice(0, 3)"
    assert chromium.value(first) == ["Total", "page 2", "page 20"]
    chromium.value("document.querySelector('input[type=search]').focus()")
    chromium.page.keyboard.insert_text("9")
    assert (chromium.value(note), chromium.value(first)) == ("1 of 1 row found, 30 in all", ["Total", "page 29"])
    tab_to(chromium, "button.csv")
    lines = chromium.csv(lambda: chromium.press("Enter"))
    assert [line[0] for line in lines] == ["Page", "Total", "page 29"]
