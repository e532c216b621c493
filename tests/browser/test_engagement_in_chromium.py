"""Engagement in a real browser: things in a plane with the medians as lines, names that do not cover one another, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.panels_of_steps import ENGAGEMENT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
DOTS = "[...document.querySelectorAll('.plane .dot')].map((one) => [one.getAttribute('class'), Number(one.getAttribute('cx')), Number(one.getAttribute('cy'))])"
LEVELS = "[...document.querySelectorAll('.plane .level')].map((one) => ['x1', 'x2', 'y1', 'y2'].map((side) => Number(one.getAttribute(side))))"
BOXES = "[...document.querySelectorAll('.plane .name, .plane .corner')].map((one) => { const box = one.getBBox(); return [one.textContent, box.x, box.y, box.x + box.width, box.y + box.height]; })"
TIP = "[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)"


def crowded(many):
    """The panel with so many things more, all nearly alike."""
    thing = ENGAGEMENT.rows[3]
    more = tuple({**thing, "step_name": f"Another thing with a long name {number}", "average_share": 0.4 + 0.002 * number, "times_per_person": 3 + 0.01 * number} for number in range(many))
    return ENGAGEMENT.model_copy(update={"rows": (*ENGAGEMENT.rows, *more)})


def test_the_medians_part_the_plane_into_four_and_each_thing_lies_in_its_own(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(ENGAGEMENT,), fewest_people=0))
    dots, ((across, same, _, _), (_, _, upwards, level)) = chromium.value(DOTS), chromium.value(LEVELS)
    assert (across, upwards) == (same, level)
    assert [name for name, *_ in dots] == ["dot c5", "dot c3", "dot c4", "dot c2"]  # from left to right
    assert {name: (x > across, y < upwards) for name, x, y in dots} == {"dot c3": (False, True), "dot c2": (True, True), "dot c5": (False, False), "dot c4": (True, False)}
    low, power, once, high = dots
    per_share, per_time = (high[1] - low[1]) / 0.76, (low[2] - power[2]) / 4.95
    assert (once[1] - low[1]) / per_share == pytest.approx(0.31)
    assert (low[2] - once[2]) / per_time == pytest.approx(0.45)
    assert [name for name, *_ in chromium.value(BOXES)][:4] == ["Power", "High impact", "Low impact", "One-time"]
    assert chromium.value("document.querySelector('.started').textContent") == "1,000 people active in the range"
    assert chromium.value("document.querySelector('.beside').textContent") == "Nobody did: Fax."


@pytest.mark.parametrize(("many", "width"), [(0, 1200), (0, 390), (6, 1200), (6, 390)])
def test_no_name_covers_another_or_leaves_the_drawing(chromium, tmp_path, many, width):
    opened(chromium, tmp_path, PageContent(title="t", panels=(crowded(many),), fewest_people=0))
    chromium.resize(width)
    assert chromium.value("document.documentElement.scrollWidth") <= width
    boxes, wide = chromium.value(BOXES), chromium.value("Number(document.querySelector('.plane').getAttribute('width'))")
    assert {"Home", "Order", "Imprint", "Search with filters"} <= {name for name, *_ in boxes} or many
    for at, (name, left, top, right, low) in enumerate(boxes):
        assert left >= 0, name
        assert right <= wide, name
        for other, *(a, b, c, d) in boxes[at + 1 :]:
            assert not (left < c - 1 and a < right - 1 and top < d - 3 and b < low - 3), (name, other)


def test_the_arrow_keys_read_things_from_left_to_right(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(ENGAGEMENT,), fewest_people=0))
    key = "document.querySelector('.plane').dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}))"
    chromium.value(key % "ArrowRight")
    assert chromium.value(TIP)[0] == "Imprint"
    chromium.value(key % "End")
    assert chromium.value(TIP) == ["Home", "People900", "Average share of active people80 %", "Times per person and week3.5", "QuadrantHigh impact"]
    assert chromium.value("document.querySelectorAll('.plane .pointed').length") == 1
    chromium.value(key % "Escape")
    assert chromium.value("document.getElementById('tip').hidden")


def test_what_is_hidden_is_not_in_the_page_and_neither_are_the_medians(chromium, tmp_path):
    rows = (*ENGAGEMENT.rows[:4], {**ENGAGEMENT.rows[4], "people": 7, "average_share": 0.0123})
    opened(chromium, tmp_path, PageContent(title="t", panels=(ENGAGEMENT.model_copy(update={"rows": rows}),)))
    assert len(chromium.value(DOTS)) == 2
    assert chromium.value(LEVELS) == []
    assert [name for name, *_ in chromium.value(BOXES)] == ["Search with filters", "Home"]
    assert "without a point: Imprint." in chromium.value("document.querySelector('.beside').textContent")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "0.0123" not in page
    assert '"power"' not in page.split('<script type="application/json"')[1].split("</script>")[0]
    assert chromium.faults() == []


def test_without_things_that_somebody_did_the_page_says_so(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(ENGAGEMENT.model_copy(update={"rows": (ENGAGEMENT.rows[0], {**ENGAGEMENT.rows[1], "average_share": None, "times_per_person": None}, ENGAGEMENT.rows[6])}),), fewest_people=0))
    assert chromium.value("document.querySelectorAll('.chart .empty').length") == 1
    assert chromium.faults() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_points_and_lines_are_seen_in_both_schemes(chromium, tmp_path, scheme):
    opened(chromium, tmp_path, PageContent(title="t", panels=(ENGAGEMENT,), fewest_people=0))
    chromium.paint(scheme)
    colours = chromium.value("[getComputedStyle(document.querySelector('.panel')).backgroundColor, ...['c2', 'c3', 'c4', 'c5'].map((one) => getComputedStyle(document.querySelector(`.plane .dot.${one}`)).fill), getComputedStyle(document.querySelector('.plane .name')).fill]")
    assert len({*colours}) == 6


def test_the_names_of_the_corners_lie_above_and_below_all_points(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(ENGAGEMENT,), fewest_people=0))
    corners, points = chromium.value("[...document.querySelectorAll('.plane .corner')].map((one) => { const box = one.getBBox(); return [box.y, box.y + box.height]; })"), chromium.value(DOTS)
    assert all(low <= y - 5 or top >= y + 5 for top, low in corners for _, _, y in points)
