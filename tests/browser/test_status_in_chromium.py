"""The status page in a real browser: it opens clean, it fits, and hostile texts stay texts at every place."""

import pytest

from cja_spark.watch.page import status_html, write_status
from tests.browser.chromium import Chromium, chromium_path
from tests.security.hostile import HOSTILE
from tests.unit.watch.standings import EVERYTHING, audience, standing
from tests.unit.watch.test_status_page import hostile

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]


def fits(chromium: Chromium) -> bool:
    return chromium.value("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_the_page_opens_without_error_or_request_at_any_width(chromium, tmp_path, width, dark):
    chromium.open(write_status(tmp_path / "status.html", EVERYTHING), width=width, dark=dark)
    assert chromium.faults() == []
    assert fits(chromium)
    assert len(chromium.texts(".troubles li")) == len(EVERYTHING.troubles)
    assert chromium.texts("section.card h2 bdi")[0] == "buyers"


def test_what_is_wrong_comes_first_with_what_to_do(chromium, tmp_path):
    chromium.open(write_status(tmp_path / "status.html", EVERYTHING))
    first = chromium.texts(".troubles li")[0]
    assert "call somebody now" in first
    assert "cja " in first
    chromium.open(write_status(tmp_path / "status.html", standing(audience())))
    assert chromium.texts(".fine") == ["Nothing is wrong."]


def test_the_policy_stops_what_gets_in(chromium, tmp_path):
    page = write_status(tmp_path / "status.html", EVERYTHING)
    page.write_text(page.read_text().replace("</main>", "<script>alert(1)</script><img src='http://127.0.0.1:9/x'></main>"))
    chromium.open(page)
    assert chromium.dialogs == []
    assert "Content Security Policy" in " ".join(chromium.faults())


def test_no_hostile_text_runs_asks_or_breaks_the_layout(chromium, tmp_path):
    """Each of sixty texts at every place of the page: no dialog, no request, no element, no sideways scrolling."""
    assert len(HOSTILE) == 60
    page = tmp_path / "status.html"
    chromium.open(write_status(page, hostile("harmless")))
    elements = chromium.value("document.querySelectorAll('*').length")
    found = []
    for at, text in enumerate(HOSTILE):
        page.write_text(status_html(hostile(text)), encoding="utf-8")
        chromium.open(page, width=390)
        clean = chromium.faults() == [] and fits(chromium)
        if not clean or chromium.value("document.querySelectorAll('*').length") != elements:
            found.append((at, text[:40], chromium.faults()))
    assert found == []
