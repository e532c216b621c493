"""The file: self-contained, safe, private, whole, and not too large."""

import base64
import hashlib
import json
import os
import re
import stat
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from cja_spark.errors import InputError, UnwritableError
from cja_spark.page import PageContent, Panel, Receipt, write_page
from cja_spark.page.write import LARGEST_PAGE, render_page
from tests.security.hostile import HOSTILE
from tests.unit.page.pages import TABLE, all_panels, panel_of

USUAL = PageContent(title="Retailer", panels=all_panels())


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of each script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        (self.scripts if self.tags and self.tags[-1][0] == "script" and data.strip() else self.words).append(data)


def test_the_policy_allows_one_script_by_its_digest_and_no_request():
    elements = Elements(render_page(USUAL))
    policy = next(found["content"] for _, found in elements.tags if "content-security-policy" in str(found).lower())
    data, code = elements.scripts[:2]
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; ")
    assert f"script-src 'sha256-{digest}'; img-src data:" in policy
    assert [panel["name"] for panel in json.loads(data)] == ["by_day", "pages", "checkout", "sessions", "orders_per_person", "paths_to_orders", "buyers_back", "buyers_and_callers", "from_entry", "after_cart", "cohorts", "help_and_calls", "cart_to_order", "before_calls", "active_weeks", "how_often", "what_is_used", "around_a_first_use", "drivers", "models", "lives"]


def test_nothing_on_the_page_points_outside():
    elements = Elements(render_page(USUAL))
    addresses = [v for _, found in elements.tags for k, v in found.items() if k in ("src", "href", "action", "srcset")]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert set(re.findall(r"https?://[^\s\"']+", render_page(USUAL))) == {"http://www.w3.org/2000/svg"}


def test_our_code_writes_data_only_as_text():
    code = Elements(render_page(USUAL)).scripts[1]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc", code)


def page_saying(text: str) -> PageContent:
    words = {"title": text, "range": text, "query": text, "segments": (text,), "options": {text: text}}
    return PageContent(title=text, panels=tuple(panel.model_copy(update=words) for panel in all_panels()))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element(text):
    poisoned, usual = Elements(render_page(page_saying(text))), Elements(render_page(page_saying("t")))
    assert [tag for tag, _ in poisoned.tags] == [tag for tag, _ in usual.tags]
    assert [sorted(found) for _, found in poisoned.tags] == [sorted(found) for _, found in usual.tags]


def test_the_file_is_for_its_owner_only_and_replaces_the_old_one(tmp_path):
    target = tmp_path / "new" / "page.html"
    target.parent.mkdir()
    target.write_text("old")
    target.chmod(0o644)
    assert write_page(target, USUAL) == target
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_text(encoding="utf-8") == render_page(USUAL)
    assert [file.name for file in target.parent.iterdir()] == ["page.html"]


def test_the_same_content_gives_the_same_bytes(tmp_path):
    first, second = (write_page(tmp_path / name, USUAL).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableError, match=r"file.* cannot be written"):
        write_page(tmp_path / "file" / "page.html", USUAL)


def test_a_target_that_is_a_folder_leaves_nothing_behind(tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(UnwritableError, match="cannot be written"):
        write_page(tmp_path / "page.html", USUAL)
    assert os.listdir(tmp_path) == ["page.html"]  # noqa: PTH208 - hidden files too


def test_long_reports_are_cut_to_fit_and_say_so(tmp_path):
    rows = tuple({"row_kind": "item", "page": "<" * 500 + str(at), "events": at, "people": at} for at in range(6_000))
    page = write_page(tmp_path / "page.html", PageContent(title="t", panels=(panel_of(TABLE, rows),)))
    assert page.stat().st_size < LARGEST_PAGE
    assert "Shows the first 2,000 of 6,000 rows" in page.read_text(encoding="utf-8")


def test_a_page_of_too_many_reports_is_refused_and_the_old_one_stays(tmp_path):
    target = write_page(tmp_path / "page.html", USUAL)
    before = target.read_bytes()
    rows = tuple({"row_kind": "item", "page": "<" * 500, "events": 1, "people": 1} for _ in range(100))
    with pytest.raises(InputError, match="Ask for fewer reports"):
        write_page(target, PageContent(title="t", panels=(panel_of(TABLE, rows),) * 40))
    assert target.read_bytes() == before


def test_the_receipt_states_freshness_rows_reasons_and_time():
    receipt = Receipt(
        data_until=datetime(2025, 3, 31, 23, 59, 41, tzinfo=UTC), events_read=1_234_567, rows_loaded=617_500, excluded_persons=1_002,
        dropped={"no person id": 1_204, "timestamp missing": 31},
        duration=timedelta(seconds=134), versions={"spark": "4.1.3"},
    )  # fmt: skip
    words = " ".join(" ".join(Elements(render_page(PageContent(title="t", panels=(), receipt=receipt))).words).split())
    for said in ("2025-03-31 23:59 UTC", "1,234,567", "1,235 0.20% of 617,500 loaded", "no person id 1,204", "1,002", "2 min 14 s", "4.1.3"):
        assert said in words, said


@pytest.mark.parametrize(("dropped", "said"), [({}, "Rows dropped 0 0.00% of 90,000 loaded"), ({"blank": 1}, "1 < 0.01% of 90,000")])
def test_a_share_of_dropped_rows_is_of_what_was_loaded_and_never_rounds_to_none(dropped, said):
    receipt = Receipt(events_read=5, rows_loaded=90_000, dropped=dropped)
    page = render_page(PageContent(title="t", panels=(), receipt=receipt))
    assert said in " ".join(" ".join(Elements(page).words).split())


def test_a_panel_states_its_range_segments_and_options():
    panel = Panel(
        name="p",
        title="t",
        report="table",
        columns=(),
        range="last 90 days",
        segments=("Buyers",),
        options={"rows": 50},
        run_id="b1946ac92492d234",
    )
    words = " ".join(" ".join(Elements(render_page(PageContent(title="t", panels=(panel,)))).words).split())
    assert "last 90 days Buyers" in words
    assert "rows 50" in words
    assert "Run b1946ac92492d234" in words
