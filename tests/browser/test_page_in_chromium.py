"""The page in a real browser: it opens clean, it works by keyboard, and hostile names stay text."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cja_spark.page import ColumnSpec, PageContent, Panel, Receipt, write_page
from cja_spark.page.text import displayable
from tests.browser.chromium import Chromium, chromium_path, opened
from tests.security.hostile import HOSTILE
from tests.unit.page.pages import ACROSS, SESSIONS, TABLE, TREND, all_panels, panel_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]


DRAWN = (*all_panels(), ACROSS)
# What a report itself writes, for the page to know its rows by; all other texts come from data or configuration.
KINDS = {"row_kind", "item_kind", "next_kind", "column_kind", "quadrant", "rows_add_up", "set_mask"}


@pytest.fixture
def usual() -> PageContent:
    return PageContent(title="Retailer", panels=all_panels(), fewest_people=0)


def fits(chromium: Chromium) -> bool:
    return chromium.value("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_the_page_opens_without_error_or_request_at_any_width(chromium, tmp_path, usual, width, dark):
    opened(chromium, tmp_path, usual, width=width, dark=dark)
    assert chromium.faults() == []
    assert chromium.value("document.querySelectorAll('.chart > *').length") >= 4
    assert fits(chromium)


def test_the_recorder_sees_requests_dialogs_and_errors(chromium, tmp_path):
    page = tmp_path / "guilty.html"
    page.write_text("<img src='http://127.0.0.1:9/x.png'><script>alert(1); console.log(1); throw Error('x')</script>")
    chromium.open(page)
    faults = " ".join(chromium.faults())
    assert all(word in faults for word in ("127.0.0.1:9", "dialog 1", "console.log 1", "x"))


def test_the_policy_stops_a_script_and_an_image_that_get_in(chromium, tmp_path, usual):
    page = write_page(tmp_path / "page.html", usual)
    page.write_text(
        page.read_text().replace("</main>", "<script>alert(1)</script><img src='http://127.0.0.1:9/x'></main>")
    )
    chromium.open(page)
    assert chromium.dialogs == []
    assert "Content Security Policy" in " ".join(chromium.faults())


def hostile_page(text: str) -> PageContent:
    """The text at every place of a page that data or configuration can reach."""

    def poisoned(panel: Panel) -> Panel:
        panel = with_labels(panel, text)
        columns = tuple(c.model_copy(update={"label": text, "unit": text}) for c in panel.columns)
        words = {
            "name": text,
            "title": text,
            "range": text,
            "segments": (text, text),
            "description": text,
            "query": text,
            "run_id": text, "section": text,
        }  # fmt: skip
        return panel.model_copy(update=words | {"options": {text: text}, "columns": columns})

    receipt = Receipt(dropped={text: 3}, versions={text: text})
    panels = tuple(poisoned(panel) for panel in DRAWN)
    return PageContent(title=text, description=text, panels=panels, receipt=receipt, fewest_people=0)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_name_is_text_everywhere(chromium, tmp_path, number):
    opened(chromium, tmp_path, hostile_page(HOSTILE[number]))
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    chromium.value("document.querySelectorAll('.ranked thead button, .legend button').forEach((one) => one.click())")
    chromium.value("document.querySelectorAll('.lines').forEach((one) => one.focus())")
    chromium.press("ArrowRight")
    assert chromium.faults() == []
    assert chromium.value("document.querySelectorAll('script').length") == 2
    strange = "img, iframe, object, embed, link, base, form, video, audio, marquee, template, animate, math"
    assert chromium.value(f"document.querySelectorAll('{strange}').length") == 0
    assert chromium.value("[...document.querySelectorAll('section.panel .chart')].every((one) => one.children.length)")
    assert fits(chromium)
    chromium.resize(390)
    assert fits(chromium)
    assert chromium.faults() == []


def test_there_are_sixty_different_hostile_strings():
    assert len(set(HOSTILE)) == 60


FORMULAS = json.loads((Path(__file__).resolve().parents[1] / "security" / "formulas.json").read_text(encoding="utf-8"))


def test_formulas_in_the_csv_are_text_and_numbers_stay_numbers(chromium, tmp_path):
    columns = (ColumnSpec(name="page", label="=cmd()"), ColumnSpec(name="delta", label="Delta", format="number"))
    rows = tuple({"page": text, "delta": -1.5} for text in (*FORMULAS, "plain", 'with "quotes", commas'))
    panel = Panel(name="../x y", title="t", report="table", columns=columns, rows=rows)
    opened(chromium, tmp_path, PageContent(title="t", panels=(panel,)))
    head, *lines = chromium.csv(lambda: chromium.page.click(".csv"))
    assert head == ["'=cmd()", "Delta"]
    assert [line[1] for line in lines] == ["-1.5"] * len(rows)
    cells = [line[0] for line in lines[: len(FORMULAS)]]
    assert len(FORMULAS) == 40
    assert [cell for cell in cells if runs(cell)] == []
    assert cells == [f"'{text}" if RUNS.match(text) else text for text in map(displayable, FORMULAS)]
    assert sum(cell.startswith("'") for cell in cells) >= 30
    assert [line[0] for line in lines[len(FORMULAS) :]] == ["plain", 'with "quotes", commas']


RUNS = re.compile(r"[\t\r]|[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"-?[\d.]+(e[+-]?\d+)?")
# What each of the page's downloads would be: the texts that are made for it.
CSV_TEXTS = """(async () => {
  const made = [], make = URL.createObjectURL;
  URL.createObjectURL = (blob) => { made.push(blob); return make.call(URL, blob); };
  document.querySelectorAll('.csv').forEach((one) => one.click());
  return Promise.all(made.map((blob) => blob.text()));
})()"""


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a line of a cell for a formula."""
    return any(map(RUNS.match, cell.splitlines())) and not NUMBER.fullmatch(cell)


@pytest.mark.parametrize("first", range(0, 40, 5))
def test_no_download_of_any_kind_of_report_has_a_cell_that_runs(chromium, tmp_path, first):
    texts = FORMULAS[first : first + 5]
    panels = tuple(with_formula(panel, text, at) for at, text in enumerate(texts) for panel in DRAWN)
    opened(chromium, tmp_path, PageContent(title="t", panels=panels, fewest_people=0))
    chromium.value("document.querySelectorAll('.numbers').forEach((one) => { one.open = true; })")
    chromium.wait("[...document.querySelectorAll('.numbers')].every((one) => one.querySelector('table'))")
    files = chromium.value(CSV_TEXTS)
    assert len(files) >= len(panels) - len(texts)
    cells = [cell for file in files for line in csv.reader(io.StringIO(file.removeprefix("\ufeff"))) for cell in line]
    for text in texts:
        assert sum(displayable(text).strip() in cell for cell in cells) > len(DRAWN)
    assert [cell for cell in cells if runs(cell)] == []


def with_formula(panel: Panel, text: str, at: int) -> Panel:
    """The panel with a formula as each label, and a name that no other has."""
    columns = tuple(one.model_copy(update={"label": text}) for one in panel.columns)
    return with_labels(panel, text).model_copy(update={"columns": columns, "name": f"{panel.name}_{at}"})


def first_cells(chromium: Chromium) -> list[str]:
    return chromium.value("[...document.querySelectorAll('.ranked tbody th')].map((cell) => cell.textContent)")


def test_the_keyboard_sorts_a_table_and_keeps_total_and_other_at_the_ends(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TABLE,), fewest_people=0))
    assert first_cells(chromium) == ["Total", "home", "cart", "No value", "Other"]
    chromium.value("document.querySelectorAll('.ranked thead button')[0].focus()")
    chromium.press("Enter")
    assert first_cells(chromium) == ["Total", "cart", "home", "No value", "Other"]
    chromium.press("Enter")
    assert first_cells(chromium) == ["Total", "home", "cart", "No value", "Other"]
    assert chromium.value("document.querySelector('.ranked thead th').getAttribute('aria-sort')") == "descending"


def test_a_grand_total_stays_below_the_total(chromium, tmp_path):
    grand = {"row_kind": "grand_total", "page": None, "events": 120, "people": 50}
    rows = (*TABLE.rows[:1], grand, *TABLE.rows[1:])
    opened(chromium, tmp_path, PageContent(title="t", panels=(panel_of(TABLE, rows),), fewest_people=0))
    assert first_cells(chromium) == ["Total", "Grand total", "home", "cart", "No value", "Other"]
    chromium.value("document.querySelectorAll('.ranked thead button')[0].click()")
    assert first_cells(chromium)[:3] == ["Total", "Grand total", "cart"]


def test_the_total_of_a_trend_is_no_point_of_its_line_and_leads_its_table(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND,), fewest_people=0))
    assert "over 3 periods" in chromium.value("document.querySelector('.lines').getAttribute('aria-label')")
    chromium.value("document.querySelector('.numbers summary').click()")
    chromium.value("new Promise((done) => setTimeout(done, 100))")
    assert first_cells(chromium) == ["Total", "2025-01-01", "2025-01-02", "2025-01-03"]


def test_arrow_keys_read_exact_values_of_a_trend(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TREND,), fewest_people=0))
    chromium.value("document.querySelector('.lines').focus()")
    chromium.press("ArrowRight")
    assert chromium.value("document.getElementById('tip').innerText").split() == ["2025-01-01", "Sessions", "1,234,567"]
    chromium.press("Escape")
    assert chromium.value("document.getElementById('tip').hidden")


def test_numbers_are_short_to_read_and_exact_on_hover(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(SESSIONS,), fewest_people=0))
    tile = "document.querySelector('.tile.large')"
    assert chromium.value(f"{tile}.querySelector('b').textContent") == "1.2M"
    assert chromium.value(f"{tile}.title") == "1,234,567"


@pytest.mark.parametrize(("figure", "said"), [(-0.25, "-0.25"), (-1234.5, "-1,234.5"), (0.5, "0.5"), (-7, "-7")])
def test_an_exact_figure_keeps_its_sign(chromium, tmp_path, figure, said):
    opened(chromium, tmp_path, PageContent(title="t", panels=(with_figures(TABLE, figure),), fewest_people=0))
    assert chromium.value("document.querySelector('.ranked tbody td.figure').title") == said


def test_a_kind_of_report_without_a_chart_is_a_table(chromium, tmp_path):
    opened(chromium, tmp_path, PageContent(title="t", panels=(TABLE.model_copy(update={"report": "no_such_kind"}),), fewest_people=0))
    assert first_cells(chromium) == ["Total", "home", "cart", "No value", "Other"]
    assert chromium.faults() == []


def test_a_theme_chosen_by_hand_beats_the_systems(chromium, tmp_path, usual):
    opened(chromium, tmp_path, usual)
    chromium.value("document.getElementById('theme').click()")
    assert chromium.value("getComputedStyle(document.documentElement).colorScheme") == "dark"
    chromium.value("document.getElementById('theme').click()")
    assert chromium.value("getComputedStyle(document.documentElement).colorScheme") == "light"


LONG = "Sehr lange Seitenbezeichnung " * 40


def with_figures(panel: Panel, figure: int | None) -> Panel:
    """The panel with one figure in every place of a figure."""
    figures = [column.name for column in panel.columns if column.format not in ("text", "time")]
    return panel_of(panel, tuple({**row, **dict.fromkeys(figures, figure)} for row in panel.rows))


def with_labels(panel: Panel, label: str) -> Panel:
    """The panel with one text in every place of a text that comes from data or configuration."""
    changed = ({k: label if k not in KINDS and isinstance(v, str) else v for k, v in row.items()} for row in panel.rows)
    return panel_of(panel, tuple(changed))


def many(panel: Panel) -> Panel:
    """5,000 rows and more: those of the panel, and copies of the named ones under other names."""
    names = ("page", "breakdown", "label", "contributor", "credited_item", "path_taken", "indicator", "self_service_topic")
    named = [(key, row) for row in panel.rows for key in names if row.get(key) is not None]
    copies = ({**row, key: f"{row[key]} {at}"} for at in range(5_000 // max(1, len(named))) for key, row in named)
    return panel_of(panel, panel.rows + tuple(copies))


EXTREMES = {
    "no row": lambda panel: panel_of(panel, ()),
    "one row": lambda panel: panel_of(panel, panel.rows[:1]),
    "5,000 rows": lambda panel: many(panel),
    "all zeros": lambda panel: with_figures(panel, 0),
    "no figure": lambda panel: with_figures(panel, None),
    "negative": lambda panel: with_figures(panel, -5),
    "huge figures": lambda panel: with_figures(panel, 10**25),
    "long labels": lambda panel: with_labels(panel, LONG),
}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("extreme", EXTREMES)
def test_empty_and_huge_reports_open_clean(chromium, tmp_path, extreme, width):
    panels = tuple(EXTREMES[extreme](panel) for panel in DRAWN)
    opened(chromium, tmp_path, PageContent(title=LONG, panels=panels, fewest_people=0), width=width)
    assert chromium.faults() == []
    assert "NaN" not in chromium.value("document.body.innerText")
    assert fits(chromium)


# Texts of a drawing that its edge cuts, and pairs of texts that lie on one another.
CUT = """[...document.querySelectorAll('.chart svg text')].filter((text) => {
  const own = text.getBoundingClientRect(), edge = text.ownerSVGElement.getBoundingClientRect();
  return own.width && (own.left < edge.left - 1 || own.right > edge.right + 1 || own.top < edge.top - 1 || own.bottom > edge.bottom + 1);
}).map((text) => `${text.ownerSVGElement.getAttribute('class')}: ${text.textContent}`)"""
OVER = """[...document.querySelectorAll('.chart svg')].flatMap((drawing) => {
  const texts = [...drawing.querySelectorAll('text')].filter((text) => text.textContent).map((text) => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([one, a], at) => texts.slice(at + 1).filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4)
    .map(([other]) => `${drawing.getAttribute('class')}: ${one} | ${other}`));
})"""


@pytest.mark.parametrize("fewest", [0, 10])
@pytest.mark.parametrize("kind", ["as it is", "long labels"])
def test_no_text_of_a_drawing_is_cut_or_lies_on_another(chromium, tmp_path, kind, fewest):
    panels = DRAWN if kind == "as it is" else tuple(with_labels(panel, LONG) for panel in DRAWN)
    opened(chromium, tmp_path, PageContent(title="t", panels=panels, fewest_people=fewest))
    for width in (1440, 390, 320):
        chromium.resize(width)
        assert (width, chromium.value(CUT), chromium.value(OVER)) == (width, [], [])


def test_every_kind_of_report_has_an_icon_of_its_own(chromium, tmp_path, usual):
    opened(chromium, tmp_path, usual)
    shapes = chromium.value("[...document.querySelectorAll('nav .kind')].map((one) => getComputedStyle(one, '::before').clipPath)")
    assert "none" not in shapes
    assert len(set(shapes)) == len(shapes)


def test_printing_opens_the_options_and_gives_pages(chromium, tmp_path, usual):
    opened(chromium, tmp_path, usual, dark=True)
    assert len(chromium.page.pdf(print_background=True)) > 10_000
    chromium.page.emulate_media(media="print")
    assert chromium.value("getComputedStyle(document.querySelector('aside')).display") == "none"
    assert chromium.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    chromium.page.emulate_media(media="screen")


def test_an_instant_is_stated_in_utc(chromium, tmp_path):
    receipt = Receipt(data_until=datetime(2025, 3, 31, 23, 59, 41, tzinfo=UTC))
    opened(chromium, tmp_path, PageContent(title="t", panels=(), receipt=receipt))
    assert "2025-03-31 23:59 UTC" in chromium.value("document.querySelector('.receipt').innerText")
