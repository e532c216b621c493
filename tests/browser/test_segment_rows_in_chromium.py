"""Segments as rows in a real browser: each with its values below it, what is left of them beside its name."""

from __future__ import annotations

import pytest

from cja_spark.page import ColumnSpec, PageContent, Panel
from tests.browser.chromium import chromium_path, opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
COLUMNS = [("row_kind", "text"), ("in_segment", "text"), ("page", "text"), ("people", "people")]
ROWS = [("total", None, None, 90), ("segment", "Buyers", None, 60), ("item", "Buyers", "home", 50), ("other", "Buyers", None, 20), ("segment", "Readers", None, 40)]
GROUPS = Panel(
    name="groups", title="Groups", report="table",
    columns=tuple(ColumnSpec(name=name, label=name, format=kind) for name, kind in COLUMNS),
    rows=tuple(dict(zip((name for name, _ in COLUMNS), row, strict=True)) for row in ROWS),
)  # fmt: skip


def test_a_segment_stands_before_its_values_and_their_rest(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(GROUPS,), fewest_people=0))
    cells = "[...document.querySelectorAll('table.ranked tbody tr')].map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent))"
    found = [[text.strip("\u2068\u2069") for text in row] for row in chromium.value(cells)]
    assert found == [["Total", ""], ["Buyers", "All"], ["Buyers", "home"], ["Buyers", "Other"], ["Readers", "All"]]
