"""Every report of the demo at its edges: nothing in the range, nobody who counts, a step that never occurs, windows longer than the data.

Each edge is written into a copy of the project and asked as a user would; the page of it opens in a browser without a fault.
"""

import re
import shutil

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from cja_spark.cli import main
from cja_spark.demo.generate import generate
from cja_spark.project import load
from tests.browser.chromium import Chromium
from tests.jobs.processes import ROOT

DEMO = ROOT / "conf" / "demo"
EVENTS, AS_OF = 10_000, "2026-09-01T00:00:00Z"
REPORTS = tuple(load(DEMO).reports)
COUNTED = ("people", "sessions", "events", "path_views", "conversion_events", "revenue", "orders", "calls")


def with_segment(text):
    """Only who meets the segment, beside those that the report has."""
    if re.search(r"^segments: \[", text, re.MULTILINE):
        return re.sub(r"^segments: \[", "segments: [nobody, ", text, flags=re.MULTILINE)
    return text + "segments: [nobody]\n"


EDGES = {
    "nothing in the range": ("reports", lambda text: re.sub(r"^range: .*$", "range: {from: 2030-01-01, to: 2030-01-31}", text, flags=re.MULTILINE)),
    "nobody": ("reports", with_segment),
    "orders that never occur": ("view.yaml", lambda text: text.replace("orders: {field: commerce.purchases.value}", "orders: {field: commerce.purchases.value, include: {at_least: 1000000}}")),
    "windows longer than the data": ("reports", lambda text: re.sub(r"^(\s*(?:window|tail)): .*$", r"\1: 14600 days", text, flags=re.MULTILINE)),
}


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    """A small year of the demo, connected."""
    place = tmp_path_factory.mktemp("edges")
    generate(spark, str(place), events=EVENTS)
    where = ["--project", str(DEMO), "--lake", str(place / "lake"), "--files", str(place)]
    assert main(["connect", *where]) == main(["journey", *where]) == 0
    return place


@pytest.fixture(scope="module")
def chromium():
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture(scope="module", params=EDGES)
def asked(request, lake, tmp_path_factory):
    """The edge, and the folder with the page and the reports' tables."""
    folder, (part, changed) = tmp_path_factory.mktemp("asked"), EDGES[request.param]
    project = shutil.copytree(DEMO, folder / "demo")
    view = project / "view.yaml"
    view.write_text(view.read_text(encoding="utf-8").replace("segments:\n", 'segments:\n  nobody: {where: {dimension: page, equals: "no such page"}}\n'), encoding="utf-8")
    files = sorted((project / "reports").glob("*.yaml")) if part == "reports" else [project / part]
    texts = {file: changed(file.read_text(encoding="utf-8")) for file in files}
    assert any(text != file.read_text(encoding="utf-8") for file, text in texts.items())
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    shutil.copytree(lake / "lake", folder / "lake")
    where = ["--project", str(project), "--lake", str(folder / "lake"), "--files", str(lake), "--as-of", AS_OF]
    assert main(["journey", *where[:-2]]) == 0
    assert main(["report", *where, "--fewest-people", "0", "--out", str(folder / "page.html")]) == 0
    return request.param, folder


def rows_of(folder, name):
    return pa.table(DeltaTable(folder / "lake" / "reports" / name).to_pyarrow_table()).to_pylist()


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_counts_nothing_where_nothing_is(asked, name):
    edge, folder = asked
    rows = rows_of(folder, name)
    assert rows or name == "callers_one_by_one"
    if edge in {"nothing in the range", "nobody"}:
        counted = {(column, row[column]) for row in rows for column in COUNTED if row.get(column)}
        assert not counted


@pytest.mark.parametrize("asked", ["orders that never occur"], indirect=True)
def test_what_never_occurs_is_nobodys(asked):
    _, folder = asked
    steps = {row["step"]: row["people"] for row in rows_of(folder, "checkout_fallout") if row["row_kind"] == "step" and row["breakdown"] is None}
    assert steps[1] > steps[4] == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_its_page_opens_clean(asked, chromium, width):
    _, folder = asked
    chromium.open(folder / "page.html", width=width)
    assert chromium.faults() == []
    text = chromium.value("document.body.innerText")
    assert not re.search(r"\bNaN\b|\bundefined\b|\bInfinity\b", text)
