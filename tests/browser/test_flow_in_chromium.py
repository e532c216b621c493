"""The flow in a real browser: nodes and links as large as their path views, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.browser.hostile import HOSTILE
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
