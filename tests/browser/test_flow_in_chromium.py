"""The flow in a real browser: nodes and links as large as their path views, nothing of what is hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
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
