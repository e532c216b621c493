"""The page on paper: as wide as A4 without its margins nothing lies beyond the edge, and bars stand beside their names."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import all_panels

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
A4 = 688  # pixels between margins of 14 mm
BEYOND = """[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.closest('section')?.querySelector('h2')?.textContent}: ${one.tagName} ${one.className.baseVal ?? one.className}`)"""
BESIDE = """[...document.querySelectorAll('.path:not(.axis)')].map((path) => ['.path-name', '.track', '.path-figures'].map((part) => path.querySelector(part).getBoundingClientRect()))
  .filter(([name, track, figures]) => !(name.right <= track.left && track.right <= figures.left)).length"""


@pytest.mark.parametrize("fewest", [0, 10])
def test_nothing_on_paper_lies_beyond_the_edge(chromium, tmp_path, fewest):
    opened(chromium, tmp_path, PageContent(title="t", panels=all_panels(), fewest_people=fewest))
    chromium.page.emulate_media(media="print")
    chromium.resize(A4)
    assert (chromium.value(BEYOND), chromium.value(BESIDE)) == ([], 0)
    chromium.page.emulate_media(media="screen")
