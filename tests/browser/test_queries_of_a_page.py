"""Each number on the page lies in a Delta table, where the query that the page shows finds it: asked for every kind of report."""

from __future__ import annotations

import math

import pytest

from cja_spark.publish_page import page_of
from tests.browser.chromium import chromium_path
from tests.browser.run_of_shop import run_of_shop, unfolded
from tests.jobs.shop import REPORTS, write_project

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="neither chromium nor google-chrome is on PATH"),
]
HELP = '{dimension: page, equals: "help: returns", label: help}'
ASKED = {
    **REPORTS,
    "crossed": "report: table\ndimensions: [page]\nacross: tier\nmetrics: [events, people]\nrows: 3\n",
    "of_segments": "report: table\nby_segments: [buyers, cart_users]\ndimensions: [tier]\nmetrics: [people, orders]\n",
    "credits": "report: attribution\nmetric: orders\ndimension: category\nmodels: [last_touch, first_touch, linear]\n",
    "cohorts": "report: cohort\ngranularity: week\ninclusion: carts\nreturn: events\nentry: first\n",
    "drivers": "report: contribution\nrange: last 10 days\nmetric: orders\ndimensions: [tier, category]\nby_segments: [cart_users]\n",
    "deflected": f"report: deflection\ntopic: page\nself_service: {HELP}\ncall: calls\nwindow: 24 hours\nbaseline: 0.3\n",
    "used": f"report: engagement\ngranularity: week\nevents: [carts, orders, calls, {HELP}]\n",
    "through": "report: flow\ndimension: page\ncontains: {items: [cart]}\ncontainer: person\ncolumns: 2\nitems: 3\n",
    "how_often": "report: frequency\nevents: [orders, calls]\n",
    "active": "report: growth\ngranularity: week\n",
    "per_person": "report: histogram\nmetric: carts\ncount: people\n",
    "around": "report: impact\nfirst_use: carts\nindicators: [orders, calls]\ndays: 1\nintervals: 4\n",
    "before_a_call": "report: indicators\noutcome: calls\ndimension: page\ncontainer: person\nmin_support: 2\n",
    "after_cart": "report: next_previous\ndimension: page\nanchor: {items: [cart]}\ndirection: next\ncontainer: person\n",
    "together": f"report: overlap\nsets: [orders, calls, {HELP}]\n",
    "ways": "report: paths\ndimension: page\nconversion: orders\ncontainer: person\nmin_support: 1\nrows: 5\n",
    "again": "report: retention\nstart: carts\nsize: 7 days\nbuckets: 2\n",
    "again_by": f"report: retention\nstart: carts\nreturns: [orders, events, {HELP}]\nsize: 7 days\nbuckets: 1\nbreakdown: tier\nrows: 1\n",
    "lives": "report: timeline\ndimensions: [page, tier]\nmetrics: [orders]\npeople: 3\nmost_events: 5\n",
    "time_to_order": "report: time_to_event\nstart: carts\nevent: orders\ntail: 5 days\nbreakdown: page\n",
}
# The tables of a panel: per table the labels of its columns and, of each row, what its figures are to the last digit.
TABLES = """[...document.querySelectorAll('#panel-NUMBER table.ranked')].map((table) => ({
  heads: [...table.tHead.rows].map((row) => [...row.cells].flatMap((cell) => Array(cell.colSpan).fill((cell.querySelector('.label') || cell).textContent))),
  rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => (cell.classList.contains('figure') ? cell.title : null))),
}))"""


@pytest.fixture(scope="module")
def run(spark, tmp_path_factory):
    """A lake of the small shop and the run of a report of each kind."""
    folder = tmp_path_factory.mktemp("shop")
    write_project(folder)
    for name, text in ASKED.items():
        asked = text if "range:" in text else f"range: last 30 days\n{text}"
        (folder / "shop" / "reports" / f"{name}.yaml").write_text(asked, encoding="utf-8")
    return run_of_shop(spark, folder)


@pytest.fixture(scope="module")
def content(run):
    return page_of(*run).model_copy(update={"fewest_people": 0})


@pytest.fixture(scope="module")
def seen(content, tmp_path_factory):
    """The page, opened, with everything unfolded."""
    browser = unfolded(tmp_path_factory.mktemp("page"), content)
    yield browser
    browser.close()


def number(text, share):
    """What a figure's exact text says; a share is written in percent."""
    if text == "No value":
        return None
    plain = float(text.split(" ")[0].replace(",", ""))
    return plain / 100 if share else plain


def figures(rows, columns):
    """Each row of a table as the numbers under each label."""
    found = []
    for row in rows:
        own: dict[str, list] = {}
        for column in columns:
            value = row[column.name]
            own.setdefault(column.label or column.name, []).append(float(value) if isinstance(value, int | float) else None)
        found.append(own)
    return found


def figures_across(rows, columns):
    """The same of a table with a dimension on its columns: the numbers of a row under each value and label."""
    names = [column.name for column in columns]
    at = names.index("column_kind")
    found: dict[tuple, dict[str, list]] = {}
    for row in rows:
        key = tuple(row[name] for name in names[:at])
        head = {"total": "Total", "other": "Other"}.get(row["column_kind"], row[names[at + 1]])
        own = found.setdefault(key, {})
        for column in columns[at + 2 :]:
            own[f"{head} {column.label}"] = [None if row[column.name] is None else float(row[column.name])]
    return list(found.values())


def same(one, other):
    return one is other if one is None or other is None else math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-15)


def fits(shown, expected):
    return all(any(same(value, one) for one in expected.get(label, ())) for label, value in shown)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_each_number_that_is_shown_is_found_by_the_query_that_is_shown(spark, run, content, seen, name):
    place = [panel.name for panel in content.panels].index(name)
    panel = content.panels[place]
    query = seen.value(f"document.querySelector('#panel-{place + 1} .options pre').textContent")
    rows = [row.asDict() for row in spark.sql(query).collect()]
    assert len(rows) == len(panel.rows) > 0
    across = any(column.name == "column_kind" for column in panel.columns)
    expected = (figures_across if across else figures)(rows, panel.columns)
    shares = {column.label for column in panel.columns if column.format == "percent"}
    known = {label for row in expected for label in row}
    tables = seen.value(TABLES.replace("NUMBER", str(place + 1)))
    assert tables
    compared = 0
    for table in tables:
        labels = [" ".join(dict.fromkeys(part for part in parts if part)) for parts in zip(*table["heads"], strict=True)]
        for cells in table["rows"]:
            shown = [(label, number(cell, label in shares)) for label, cell in zip(labels, cells, strict=True) if cell is not None and label in known]
            assert not shown or any(fits(shown, row) for row in expected), (name, shown)
            compared += len(shown)
    assert compared >= len(rows) / 2


def test_a_query_names_its_table_whatever_the_working_folder_is(run, content):
    lake = run[0]
    for panel in content.panels:
        assert f"FROM delta.`{lake.folder.resolve()}/reports/{panel.name}`" in panel.query
        assert panel.query.endswith(f"WHERE run_id = '{panel.run_id}'")
