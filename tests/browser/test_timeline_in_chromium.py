"""A timeline in a real browser: marks where events lie on time, bars as long as they last, words beside; nothing of single people where few are hidden."""

from __future__ import annotations

import pytest

from cja_spark.page import PageContent
from tests.browser.chromium import chromium_path, opened
from tests.unit.page.pages import TIMELINE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
MARKS = "[...document.querySelectorAll('.strip')].map((strip) => [...strip.querySelectorAll('.moment')].map((one) => [one.getAttribute('class'), Number(one.getAttribute('cx'))]))"
BARS = "[...document.querySelectorAll('.strip')].map((strip) => [...strip.querySelectorAll('.lasts')].map((one) => [Number(one.getAttribute('x')), Number(one.getAttribute('width'))]))"
WORDS = "[...document.querySelectorAll('.moments li')].map((one) => [...one.children].filter((part) => part.textContent).map((part) => part.textContent))"
TIP = "[...document.querySelectorAll('#tip strong, #tip div')].map((one) => one.textContent)"
LONG = "product: a very long name that goes on and on, as names of products do"


def shown(chromium, tmp_path, rows=TIMELINE.rows, fewest=0, **how):
    return opened(chromium, tmp_path, PageContent(title="t", panels=(TIMELINE.model_copy(update={"rows": tuple(rows)}),), fewest_people=fewest), **how)


def text(chromium, selector):
    return chromium.value(f"[...document.querySelectorAll('{selector}')].map((one) => one.textContent)")


def test_marks_lie_on_time_and_bars_are_as_long_as_events_last(chromium, tmp_path):
    shown(chromium, tmp_path)
    first, second, alone = chromium.value(MARKS)
    width = chromium.value("Number(document.querySelector('.strip').getAttribute('width'))")
    places = [x for _, x in first]
    assert places[0] == 10
    assert places[3] == pytest.approx(width - 10)
    assert [(x - 10) / (width - 20) for x in places] == pytest.approx([0, 1 / 20, 0.5, 1])
    assert [(x - 10) / (width - 20) for _, x in second] == pytest.approx([0, 0.25])  # on the scale of the longest session
    assert [x for _, x in alone] == [10]
    bars = chromium.value(BARS)
    assert [long / (width - 20) for _, long in bars[0]] == pytest.approx([1 / 20, 9 / 20, 0.5])
    assert ([x for x, _ in bars[0]], len(bars[1]), bars[2]) == (places[:3], 1, [])


def test_each_event_stands_in_words_beside(chromium, tmp_path):
    shown(chromium, tmp_path)
    assert chromium.value(WORDS)[:6] == [
        ["10:30:00", "home", "1 min 0 s"], ["10:31:00", LONG, "9 min 0 s"], ["10:40:00", "cart", "10 min 0 s"], ["10:50:00", "order", "Revenue €30.00 · last of the session"],
        ["10:30:00", "home", "5 min 0 s"], ["10:35:00", "No value", "last of the session"],
    ]  # fmt: skip
    assert text(chromium, ".life > summary") == ["Person 1 ann••• 18 events, 12 of them not shown, sessions: 3, 25 min 0 s", "Person 2 ••• 1 event, sessions: 1, 0 s"]
    assert text(chromium, ".lived > .note") == ["Session 1 2026-01-05 10:30:00, 4 events, 20 min 0 s", "Session 2 2026-01-07 10:30:00, 2 events, 5 min 0 s", "Session 1 2026-01-05 11:30:00, 1 event, 0 s"]
    assert text(chromium, ".started") == ["2 of 1,000 people, 7 of their events; not shown of them: 12"]
    assert "anna-0001" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert chromium.faults() == []


def test_the_most_frequent_values_have_colours_that_the_legend_names(chromium, tmp_path):
    shown(chromium, tmp_path)
    classes = [[name for name, _ in strip] for strip in chromium.value(MARKS)]
    assert classes == [["moment c0", "moment c4", "moment c1", "moment c3"], ["moment c0", "moment unset"], ["moment c2"]]
    assert text(chromium, ".chart > .legend > span") == ["home", "cart", "help", "order", LONG]
    more = [{**TIMELINE.rows[2], "page": f"page {at}", "timeline_event": 7 + at} for at in range(4)] * 2
    shown(chromium, tmp_path, [*TIMELINE.rows[:8], *more])
    assert len(text(chromium, ".chart > .legend > span")) == 5
    assert "moment c5" in [name for strip in chromium.value(MARKS) for name, _ in strip]


def test_the_arrow_keys_read_events_in_their_order(chromium, tmp_path):
    shown(chromium, tmp_path)
    key = "document.querySelector('.strip').dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}))"
    chromium.value(key % "ArrowRight")
    assert chromium.value(TIP) == ["2026-01-05 10:30:00", "Pagehome", "Lasts1 min 0 s"]
    chromium.value(key % "End")
    assert chromium.value(TIP) == ["2026-01-05 10:50:00", "Pageorder", "Revenue30 EUR", "Lastslast of the session"]
    assert chromium.value("document.querySelectorAll('.strip .pointed').length") == 1
    chromium.value(key % "ArrowLeft")
    assert chromium.value(TIP)[1] == "Pagecart"
    chromium.value(key % "Escape")
    assert chromium.value("document.getElementById('tip').hidden")
    assert chromium.value("[...document.querySelectorAll('.strip')].every((one) => one.tabIndex === 0 && one.getAttribute('aria-label').includes('Arrow keys'))")


@pytest.mark.parametrize("width", [1200, 390])
def test_long_names_break_and_nothing_leaves_the_page(chromium, tmp_path, width):
    endless = [{**row, "page": "endless" * 40} if row["row_kind"] == "event" else row for row in TIMELINE.rows]
    shown(chromium, tmp_path, endless)
    chromium.resize(width)
    assert chromium.value("document.documentElement.scrollWidth") <= width
    assert chromium.value("Math.max(...[...document.querySelectorAll('.lives *, .chart > .legend *')].map((one) => one.getBoundingClientRect().right))") <= width
    assert chromium.value("[...document.querySelectorAll('.strip')].every((one) => Number(one.getAttribute('width')) <= one.parentNode.clientWidth)")


def test_persons_after_the_third_are_one_click_away_and_drawn_then(chromium, tmp_path):
    others = [{**row, "timeline_person": f"person-{at}-long"} for at in range(3) for row in TIMELINE.rows[8:]]
    shown(chromium, tmp_path, [*TIMELINE.rows, *others])
    assert chromium.value("[...document.querySelectorAll('.life')].map((one) => one.open)") == [True, True, True, False, False]
    assert len(chromium.value(MARKS)) == 4
    chromium.value("document.querySelectorAll('.life > summary')[4].click()")
    chromium.wait("document.querySelectorAll('.strip').length === 5")


def test_a_page_that_hides_what_is_about_few_has_the_total_and_says_why(chromium, tmp_path):
    shown(chromium, tmp_path, fewest=10)
    assert text(chromium, ".started") == ["< 10 of 1,000 people, < 10 of their events; not shown of them: < 10"]
    [said] = text(chromium, ".chart > .empty")
    assert said.startswith("This page hides what is about few people, and a timeline is about single ones")
    assert chromium.value("document.querySelectorAll('.life').length") == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for word in ("cart", "2026-01-05", "bob", "ann•••", LONG):
        assert word not in page.split('<script type="application/json"')[1].split("</script>")[0]
    assert chromium.faults() == []


def test_who_has_nothing_to_show_is_named_and_an_empty_timeline_says_so(chromium, tmp_path):
    nobody = {name: 0 if name in ("people", "shown_people", "events", "shown_events", "left_out_events", "sessions") else None for name in TIMELINE.rows[0]} | {"row_kind": "total"}
    missing = [{**dict.fromkeys(TIMELINE.rows[0]), "row_kind": kind, "timeline_person": f"{kind}-12345"} for kind in ("no_events", "not_found", "left_out")]
    shown(chromium, tmp_path, [nobody, *missing])
    assert text(chromium, ".chart > .empty") == ["Nobody has an event that is asked for."]
    assert text(chromium, ".chart > .beside") == ["Nobody has such an ID: not•••", "No event that is asked for: no_•••", "More events than a person has: lef•••"]
    shown(chromium, tmp_path, [nobody])
    assert text(chromium, ".chart > .beside") == []
    assert chromium.faults() == []


@pytest.mark.parametrize("dark", [False, True])
def test_marks_are_seen_in_both_schemes(chromium, tmp_path, dark):
    shown(chromium, tmp_path, dark=dark)
    colours = chromium.value("[getComputedStyle(document.querySelector('.panel')).backgroundColor, ...['c0', 'c1', 'c2', 'c3', 'c4'].map((one) => getComputedStyle(document.querySelector(`.strip .moment.${one}`)).fill), getComputedStyle(document.querySelector('.moments .what')).color]")
    assert len({*colours}) == 7
    unset = chromium.value("(({ fill, stroke }) => [fill, stroke])(getComputedStyle(document.querySelector('.strip .unset')))")
    assert unset[0] != unset[1]
