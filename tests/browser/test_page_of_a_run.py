"""The page of a real run in a real browser: files to events to journeys to reports, then what a reader sees."""

from __future__ import annotations

from collections import Counter

import pytest

from cja_spark.connection.tables import QUARANTINE
from cja_spark.publish_page import page_of
from tests.browser.chromium import chromium_path
from tests.browser.run_of_shop import run_of_shop, unfolded
from tests.jobs.shop import write_project

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
FEWEST = 15  # of the shop's 30 customers: some rows of its table of pages are about 14


@pytest.fixture(scope="module")
def run(spark, tmp_path_factory):
    """A lake of the small shop, its project and the run of all its reports."""
    folder = tmp_path_factory.mktemp("shop")
    view = write_project(folder) / "view.yaml"
    view.write_text(view.read_text().replace("{field: amount}", "{field: amount, format: currency, decimals: 2, currency: EUR}"))
    return run_of_shop(spark, folder)


@pytest.fixture(scope="module")
def seen(run, tmp_path_factory):
    """The page, opened, with everything unfolded."""
    content = page_of(*run).model_copy(update={"fewest_people": FEWEST})
    browser = unfolded(tmp_path_factory.mktemp("page"), content)
    yield browser
    browser.close()


def table_of(run, name):
    """The report's rows as the lake keeps them."""
    lake, _, done = run
    [run_id] = {answer.run_id for answer in done.answers if answer.ask.report.name == name}
    return [row.asDict() for row in lake.report(name).read().where(f"run_id = '{run_id}'").collect()]


def panel(done, name, selector):
    at = [answer.ask.report.name for answer in done.answers].index(name) + 1
    return f"document.querySelector('#panel-{at}').querySelectorAll('{selector}')"


def table_shown(browser, done, name, selector="table.ranked"):
    """Each row of the panel's table as its texts: dimensions, then figures without their shares."""
    cells = "[...row.children].map((cell) => (cell.querySelector('.value') || cell).textContent)"
    return browser.value(f"[...[...{panel(done, name, selector)}][0].tBodies[0].rows].map((row) => {cells})")


def count(amount, people=None):
    """A count as the page writes it, hidden when its row is about few people."""
    return f"< {FEWEST}" if 0 < (amount if people is None else people) < FEWEST else f"{amount:,.0f}"


def test_the_page_of_a_run_opens_without_an_error_or_a_request(seen):
    assert seen.faults() == []
    assert seen.value("document.documentElement.scrollWidth <= window.innerWidth")
    assert "NaN" not in seen.value("document.body.innerText")


def test_a_table_shows_the_rows_of_the_reports_table(run, seen):
    dimensions, counts = ("page", "tier"), ("events", "sessions", "orders")
    expected = Counter()
    for row in table_of(run, "pages"):
        name = ("Total", "") if row["row_kind"] == "total" else tuple(row[one] for one in dimensions)
        people = row["people"]
        expected[(*name, count(row["events"], people), count(people), *(count(row[one], people) for one in counts[1:]))] += 1
    assert Counter(tuple(row) for row in table_shown(seen, run[2], "pages")) == expected
    hidden = [f"< {FEWEST}" in row for row in expected]
    assert any(hidden) and not all(hidden), expected


def test_a_trend_shows_each_day_of_the_reports_table(run, seen):
    days = (row for row in table_of(run, "daily") if row["row_kind"] == "bucket")
    rows = sorted(days, key=lambda row: row["label"])
    total, *shown = table_shown(seen, run[2], "daily", ".numbers table")
    assert total[0] == "Total"
    assert [row[:3] for row in shown] == [[row["label"], count(row["events"], row["people"]), count(row["people"])] for row in rows]
    assert len(rows) == 30
    money = [("–" if row["spent"] is None else f"€{row['spent']:,.2f}") for row in rows if not 0 < row["people"] < FEWEST]
    assert [row[3] for row in shown if row[2] != f"< {FEWEST}"] == money


def test_a_fallout_shows_the_steps_of_the_reports_table(run, seen):
    rows = sorted(table_of(run, "checkout"), key=lambda row: row["step"])
    figures = seen.value(f"[...{panel(run[2], 'checkout', '.step-figures b')}].map((one) => one.textContent)")
    (first, second), lost = (row["people"] for row in rows), rows[0]["fallout_people"]
    assert first >= FEWEST
    near = 0 < lost < FEWEST <= second  # the second step, and who left before it, would give one another away
    assert figures == [count(first), "hidden" if near else count(second)]
    names = seen.value(f"[...{panel(run[2], 'checkout', '.step-name .label')}].map((one) => one.textContent)")
    assert names == ["Carts", "Orders"]
    left = seen.value(f"[...{panel(run[2], 'checkout', '.between')}].map((one) => one.textContent)")
    said = "" if near or 0 < second < FEWEST else f" · {count(lost)} left"
    assert len(left) == 1 and said in left[0] and ("left" in left[0]) == bool(said)


def test_the_tiles_of_sessions_are_the_reports_table(run, seen):
    [row] = table_of(run, "visits")
    tiles = dict(seen.value(f"[...{panel(run[2], 'visits', '.tile')}].map((one) => [one.querySelector('.tile-name').textContent, one.title])"))
    assert tiles["Sessions"] == count(row["sessions"])
    assert tiles["People"] == count(row["people"])
    assert float(tiles["Bounce rate"].removesuffix(" %")) == pytest.approx(100 * row["bounce_rate"], abs=1e-9)
    assert float(tiles["Time per session"].removesuffix(" s").replace(",", "")) == pytest.approx(row["mean_session_seconds"])


def test_the_receipt_says_what_was_loaded_read_and_dropped_and_by_what(run, seen):
    lake, found, done = run
    dropped, events = lake.table(QUARANTINE).count(), lake.events.count()
    said = seen.value("document.querySelector('#receipt').innerText")
    assert f"{done.passed.events:,}" in said
    assert f"{dropped:,} {100 * dropped / (dropped + events):.2f}% of {dropped + events:,} loaded" in " ".join(said.split())
    versions = dict(seen.value("[...document.querySelectorAll('#receipt .facts tr')].map((row) => [...row.children].map((one) => one.textContent))"))
    assert versions["journeys"] == f"version {lake.journeys(found.view.name).version()} of the table"
    assert versions["events"] == f"version {lake.events.version()} of the table"
    assert versions["pyspark"] == lake.spark.version
    assert {"cja_spark", "delta"} <= set(versions)


def test_each_panel_names_its_own_run_as_the_lake_does(run, seen):
    lake, _, done = run
    kept = {row["report"]: row["run_id"] for row in lake.report_runs.rows()}
    shown = seen.value("[...document.querySelectorAll('.options')].map((one) => one.querySelector('code').textContent)")
    assert shown == [kept[answer.ask.report.name] for answer in done.answers]
    assert len(set(shown)) == len(done.answers) == 5
