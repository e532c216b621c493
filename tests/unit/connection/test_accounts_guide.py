"""docs/accounts.md: its YAML is read, and its tables are what the product gives, from files to reports."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
import yaml

import cja_spark as cja
from cja_spark.journeys.accounts import with_accounts
from cja_spark.lake import Lake

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "accounts.md").read_text(encoding="utf-8")
CONNECTION, VIEW, *MORE = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
TABLES = [
    [[cell.strip(" `*") for cell in line.strip("|").split("|")] for line in text.splitlines() if not line.startswith("|---")]
    for text in re.findall(r"(?:^\|.*\n)+", GUIDE, re.MULTILINE)
]
FIRMS = [["company", "industry"], ["Adobe", "software"], ["Apple", "devices"]]


def table(*header):
    """The rows of the table that has these headings, and no others."""
    [found] = [rows for first, *rows in TABLES if tuple(first) == header]
    return found


def put(file, rows):
    file.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8")


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    """The guide's project, loaded and built."""
    root = tmp_path_factory.mktemp("accounts")
    put(root / "raw/account/1.csv", [["email", "company", "since"], *table("email", "company", "since")])
    put(root / "raw/web/1.csv", [row[:4] for row in (["id", "time", "email", "orders"], *table("id", "time", "email", "orders", "account"))])
    put(root / "raw/firms/1.csv", FIRMS)
    days = {"from": "2026-01-01", "to": "2026-12-31"}
    reports = {
        name: {"report": "table", "dimensions": [name], "metrics": ["events", "people", "orders"], "range": days}
        for name in ("account", "industry")
    }
    project = {"connection": {"name": "guide", **CONNECTION}, "view": {"name": "guide", "buckets": 1, **VIEW}, "lake": {"location": "lake"}}
    for name, parts in (*project.items(), *((f"reports/{name}", report) for name, report in reports.items())):
        (root / f"{name}.yaml").parent.mkdir(exist_ok=True)
        (root / f"{name}.yaml").write_text(json.dumps(parts), encoding="utf-8")
    loaded = cja.load(root)
    cja.connect(spark, loaded)
    cja.journey(spark, loaded)
    return loaded


def test_each_event_has_the_account_of_the_guide(spark, shop):
    lake = Lake(spark, shop.place(shop.lake.location))
    found = with_accounts(lake, lake.events.read(), ["account"]).select("event_id", "account").collect()
    assert {row["event_id"]: row["account"] or "" for row in found} == {row[0]: row[-1] for row in table("id", "time", "email", "orders", "account")}


@pytest.mark.parametrize("name", ["account", "industry"])
def test_the_tables_of_the_guide_are_what_the_product_gives(spark, shop, name):
    rows = cja.report(spark, shop, name).collect()
    shown = [["total" if row["row_kind"] == "total" else row[name], *(f"{row[one]:g}" for one in ("events", "people", "orders"))] for row in rows]
    assert sorted(shown) == sorted(table(name, "events", "people", "orders"))
