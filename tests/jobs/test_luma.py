"""The luma project as a user runs it: its six files, their defects included, by three jobs.

Figures that stand here were counted by hand in the files once, and the data are fixed; the tables of all reports are in tests/expected, with
the answers of Python and DuckDB from the same files (`test_expected_tables`).
"""

import json
import sys
from collections import Counter, defaultdict

import pytest

from tests.jobs.expected import expected, same
from tests.jobs.lakes import content
from tests.jobs.lives import told
from tests.jobs.processes import ROOT, start


@pytest.fixture(scope="module")
def said(shared, tmp_path_factory):
    lake = tmp_path_factory.mktemp("luma") / "lake"
    texts = {}
    for job in ("connect", "journey", "report"):
        more = ["--out", str(lake.parent / "report.html")] if job == "report" else []
        process = start([sys.executable, str(ROOT / "jobs" / f"{job}.py"), "--project", str(ROOT / "conf" / "luma"),
                         "--files", str(shared / "data" / "luma"), "--lake", str(lake), *more])  # fmt: skip
        texts[job], _ = process.communicate(timeout=600)
        assert process.returncode == 0, texts[job]
    return lake, texts


@pytest.fixture(scope="module")
def tables(said, spark):
    """Every table of the lake, its rows as mappings."""
    return {name: [json.loads(line) for line in lines] for name, lines in content(spark, said[0]).items()}


def lines_of(file):
    text = file.read_text(encoding="utf-8").strip()
    return len(json.loads(text)) if text.startswith("[") else len(text.splitlines())


def total(tables, report, metric):
    [row] = [row for row in tables[f"reports/{report}"] if row["row_kind"] == "total"]
    return row[metric]


def amounts(tables, report, metric, *dimensions):
    """A metric by the values of dimensions, the total apart."""
    found = Counter()
    for row in tables[f"reports/{report}"]:
        if row["row_kind"] != "total":
            found[tuple(row.get(one) for one in dimensions)] += row[metric]
    return {key[0] if len(key) == 1 else key: amount for key, amount in found.items()}


def test_every_row_of_the_files_is_an_event_or_in_quarantine(said, tables, shared):
    assert "load 1: " in said[1]["connect"]
    assert len(tables["events"]) == 2001
    found = Counter(row["dataset"] for row in (*tables["events"], *tables["quarantine"]))
    files = {"web": "luma-web-events.json", "store": "luma-offline-purchases.json"}
    for dataset, file in files.items():
        assert found[dataset] == lines_of(shared / "data" / "luma" / file), dataset


def test_quarantine_has_the_repeated_event_and_the_310_members_without_a_customer_number(tables):
    reasons = Counter((row["dataset"], row["reason"]) for row in tables["quarantine"])
    assert reasons == {("web", "duplicate_event_id"): 1, ("loyalty", "empty_person_id"): 310}
    [repeated] = [row for row in tables["quarantine"] if row["dataset"] == "web"]
    assert repeated["event_id"] == "d4886a4a-a2e3-4099-bb9a-f0527331f1a6"


def test_web_measures_that_are_text_are_numbers(tables):
    assert total(tables, "daily", "saves") == sum(amounts(tables, "daily", "saves", "bucket").values()) == 339
    assert Counter(row["eventType"] for row in tables["events"] if row["dataset"] == "web") == {
        "commerce.saveForLaters": 339, "commerce.purchases": 333, "commerce.productViews": 328,
    }  # fmt: skip


def test_store_orders_have_their_revenue_and_their_quantity(tables):
    assert total(tables, "daily", "revenue") == pytest.approx(196_877.08)
    assert sum(amounts(tables, "daily", "revenue", "bucket").values()) == pytest.approx(196_877.08)
    assert total(tables, "categories", "quantity") == 6_007
    assert len({row["person_id"] for row in tables["events"] if row["dataset"] == "store"}) == 999


def test_customers_are_one_profile_each_although_one_is_there_twice(tables):
    assert len(tables["profiles"]) == sum("crm" in row for row in tables["profiles"]) == 1_001
    people = amounts(tables, "tiers", "people", "state")
    assert (people["CA"], people["TX"], people["FL"]) == (120, 98, 94)
    assert people["No value"] == 310  # who buys in a shop with a card of which no customer number is known


def test_members_bring_their_tier_to_the_customers(tables):
    assert sum("loyalty" in row for row in tables["profiles"]) == 691
    people = amounts(tables, "tiers", "people", "tier")
    assert people == {"silver": 197, "gold": 180, "platinum": 170, "bronze": 144, "No value": 310 + 310}


def test_the_catalogue_knows_73_of_92_skus_and_the_others_have_no_value(tables):
    assert len(tables["lookups/catalogue"]) == 101
    quantity = amounts(tables, "categories", "quantity", "category")
    assert (quantity["No value"], quantity["products:gear:fitness"], quantity["products:gear:watches"]) == (1_309, 756, 582)
    skus = {item["SKU"] for row in tables["events"] for item in row["productListItems"]}
    assert (len(skus), len(skus & {row["key"] for row in tables["lookups/catalogue"]})) == (92, 73)


def test_stock_is_the_last_of_a_thousand_stock_events_per_sku(tables):
    last = Counter(row["_yourOrganizationID"]["inventoryEvent"]["stockEventType"] for row in tables["lookups/stock"])
    assert last == {"restock": 47, "outOfStock": 45}
    assert amounts(tables, "stock", "quantity", "stock") == {"restock": 3_166, "outOfStock": 2_841}


REPORTS = sorted(file.stem for file in (ROOT / "conf" / "luma" / "reports").glob("*.yaml"))


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "lives"])
def test_all_rows_of_a_report(tables, name):
    columns, rows = expected("luma", name)
    same([tuple(row.get(column) for column in columns) for row in tables[f"reports/{name}"]], rows)


def test_single_people_as_counts_and_digests(tables):
    rows = [defaultdict(lambda: None, row) for row in tables["reports/lives"]]
    same(told(rows, ("saves", "revenue"), ("action", "tier")), expected("luma", "lives")[1])


def test_the_page_is_there(said):
    assert (said[0].parent / "report.html").stat().st_size > 10_000
