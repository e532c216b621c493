"""What comes next in a real browser: a ranked table in which other and the exit have names."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import NEXT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
ROWS = "[...document.querySelectorAll('table.ranked tbody tr')].map((row) => row.querySelector('th, td').textContent)"


def test_other_and_the_exit_are_rows_with_names(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(NEXT,), fewest_people=0))
    assert chromium.value(ROWS) == ["Total", "pay", "home", "Exit", "Other"]


def test_what_is_hidden_is_not_in_the_page(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(NEXT,)))
    assert chromium.value("document.querySelectorAll('table.ranked td.hidden-few').length") == 4
    assert "195" not in (tmp_path / "page.html").read_text(encoding="utf-8")
