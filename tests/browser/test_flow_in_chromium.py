"""The flow in a real browser: nodes and links as large as their path views, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import ColumnSpec, PageContent
from tests.browser.chromium import chromium_path, opened
from tests.security.hostile import HOSTILE
from tests.unit.page.pages import FLOW

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
HEIGHTS = "[...document.querySelectorAll('.flow rect')].map((one) => Number(one.getAttribute('height')))"
WIDTHS = "[...document.querySelectorAll('.flow-link')].map((one) => Number(one.getAttribute('stroke-width')))"


def test_nodes_and_links_are_as_large_as_their_path_views(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FLOW,), fewest_people=0))
    heights, widths = chromium.value(HEIGHTS), chromium.value(WIDTHS)
    assert [round(height / heights[0], 2) for height in heights] == pytest.approx([1, 0.6, 0.3, 0.1, 0.405, 0.595], abs=0.01)
    assert [round(width / heights[0], 2) for width in widths[:4]] == pytest.approx([0.6, 0.3, 0.1, 0.35], abs=0.01)
    assert chromium.value("[...document.querySelectorAll('.flow text.flow-name')].map((one) => one.textContent)") == ["entry", "home", "help", "other", "cart", "exit"]


def test_what_is_hidden_has_no_link(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FLOW,)))
    assert len(chromium.value(WIDTHS)) < 9


FOCUSED = "document.activeElement.getAttribute('aria-label')"


def test_arrow_keys_go_from_node_to_node_and_tell_where_paths_come_from_and_go(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(FLOW,), fewest_people=0))
    assert chromium.value("[...document.querySelectorAll('.flow-node')].map((one) => one.getAttribute('tabindex')).join()") == "0,-1,-1,-1,-1,-1"
    chromium.value("document.querySelector('.flow-node').focus()")
    walked = []
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "End", "Home"):
        chromium.press(key)
        walked.append(chromium.value(FOCUSED).split(",")[0])
    assert walked[:4] == ["home", "help", "other", "help"]
    assert (walked[4] in ("cart", "exit"), walked[5] in ("home", "help", "other"), walked[6:]) == (True, True, ["exit", "entry"])
    chromium.press("ArrowRight")
    tip = chromium.value("document.getElementById('tip').innerText")
    assert tip.startswith("home: ")
    assert "\u2190 entry" in tip
    assert "\u2192 cart" in tip
    assert chromium.value("document.querySelectorAll('.flow-link.of-node').length") > 1
    chromium.press("Tab")
    assert chromium.value("document.getElementById('tip').hidden")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_of_nodes_stay_text(chromium, tmp_path, text):
    rows = tuple({**row, **{name: text for name in ("flow_item", "next_item") if row.get(name) is not None}} for row in FLOW.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(FLOW.model_copy(update={"rows": rows}),), fewest_people=0))
    chromium.value("document.querySelector('.flow-node').focus()")
    chromium.press("ArrowRight")
    chromium.value("document.querySelector('.numbers').open = true")
    assert chromium.faults() == []
    assert chromium.value("document.querySelectorAll('script').length") == 2
    assert chromium.value("document.documentElement.scrollWidth <= window.innerWidth")


ENTRY_TO_HOME = {"item_kind": "entry", "flow_item": None, "next_kind": "item", "next_item": "home"}
HOME_TO_EXIT = {"item_kind": "item", "flow_item": "home", "next_kind": "exit", "next_item": None}
HOME = {"item_kind": "item", "flow_item": "home"}
OF_DAYS = {"total_over_time": (None, {}, [500, 500]), "node_over_time": (1, HOME, [330, 270]), "link_over_time": (0, ENTRY_TO_HOME, [330, 270]), "link": (1, HOME_TO_EXIT, [245, 5])}
DAYS = tuple(
    {"row_kind": kind if kind != "link" else "link_over_time", "flow_column": column, **named, "path_views": views, "people": views, "bucket": f"2026-01-0{at + 1}", "label": f"2026-01-0{at + 1}"}
    for kind, (column, named, of_days) in OF_DAYS.items() for at, views in enumerate(of_days)
)  # fmt: skip
OVER_TIME = FLOW.model_copy(update={"columns": (*FLOW.columns, ColumnSpec(name="bucket", label="From"), ColumnSpec(name="label", label="Day")), "rows": (*FLOW.rows, *DAYS)})
LEGENDS = "[...document.querySelectorAll('.small-multiples .legend')].map((one) => one.innerText.replace(/\\s+/g, ' ').trim())"


def test_links_and_nodes_are_lines_over_time(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(OVER_TIME,), fewest_people=0))
    assert chromium.value("[...document.querySelectorAll('h3')].map((one) => one.innerText)") == ["Links over time", "Their nodes over time"]
    names = " ".join(chromium.value(LEGENDS))
    assert all(name in names for name in ("entry \u2192 home (+1)", "home \u2192 exit (+2)", "All paths", "home (+1)"))
    assert chromium.value("[...document.querySelectorAll('.small-multiples path.line')].map((one) => one.getAttribute('d').split('L').length).join()") == "2,2,2,2"
    chromium.value("[...document.querySelectorAll('.numbers')].forEach((one) => { one.open = true; })")
    assert chromium.faults() == []
    assert "over_time" not in chromium.value("document.body.innerText")
    chromium.resize(390)
    assert chromium.value("document.documentElement.scrollWidth <= window.innerWidth")


def test_hidden_periods_are_gaps(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(OVER_TIME,)))
    lines = chromium.value("[...document.querySelectorAll('.small-multiples path.line')].map((one) => one.getAttribute('d'))")
    assert "" in lines
    assert "245" not in chromium.value("document.querySelector('.small-multiples').parentNode.innerText")
    assert chromium.faults() == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_of_lines_stay_text(chromium, tmp_path, text):
    rows = tuple({**row, **{name: text for name in ("flow_item", "next_item", "label") if row.get(name) is not None}} for row in OVER_TIME.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(OVER_TIME.model_copy(update={"rows": rows}),), fewest_people=0))
    assert chromium.faults() == []
    assert chromium.value("document.querySelectorAll('script').length") == 2
    assert chromium.value("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_node_too_low_for_two_lines_says_its_figure_beside_its_name(chromium, tmp_path):
    rows = tuple({**row, "path_views": 1} if row["row_kind"] == "node" and row["item_kind"] == "other" else row for row in FLOW.rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(FLOW.model_copy(update={"rows": rows}),), fewest_people=0))
    texts = "[...document.querySelectorAll('.flow-node')].find((one) => one.querySelector('.flow-name').textContent === 'other').querySelectorAll('text')"
    name, views = chromium.value(f"[...{texts}].map((one) => {{ const box = one.getBBox(); return [one.textContent, box.x, box.x + box.width, box.y]; }})")
    assert (views[0], views[3]) == ("1", name[3])
    assert name[2] < views[1] < name[2] + 12
