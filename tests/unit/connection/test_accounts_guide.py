"""docs/accounts.md: its YAML is read, and its tables are what the product gives, from files to reports."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
import yaml

import cja_spark as cja
from cja_spark.errors import ConfigurationError
from cja_spark.journeys.accounts import with_accounts
from cja_spark.lake import Lake

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "accounts.md").read_text(encoding="utf-8")
CONNECTION, VIEW, COMPANIES = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
TABLES = [
    [[cell.strip(" `*") for cell in line.strip("|").split("|")] for line in text.splitlines() if not line.startswith("|---")]
    for text in re.findall(r"(?:^\|.*\n)+", GUIDE, re.MULTILINE)
]
FIRMS = [["company", "industry"], ["Adobe", "software"], ["Apple", "devices"]]


def table(*header, at=0):
    """The rows of one of the tables that have these headings."""
    return [rows for first, *rows in TABLES if tuple(first) == header][at]


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
    loaded = {}
    for name, view in (("people", VIEW), ("companies", {**VIEW, **COMPANIES})):
        files = {
            "connection": {"name": "guide", **CONNECTION}, "view": {"name": name, "buckets": 1, **view},
            "lake": {"location": str(root / "lake"), "files": str(root)}, **{f"reports/{one}": report for one, report in reports.items()},
        }  # fmt: skip
        for file, parts in files.items():
            (root / name / f"{file}.yaml").parent.mkdir(exist_ok=True, parents=True)
            (root / name / f"{file}.yaml").write_text(json.dumps(parts), encoding="utf-8")
        loaded[name] = cja.load(root / name)
    cja.connect(spark, loaded["people"])
    for project in loaded.values():
        cja.journey(spark, project)
    return loaded


def test_each_event_has_the_account_of_the_guide(spark, shop):
    lake = Lake(spark, shop["people"].lake.location)
    found = with_accounts(lake, lake.events.read(), ["account"]).select("event_id", "account").collect()
    assert {row["event_id"]: row["account"] or "" for row in found} == {row[0]: row[-1] for row in table("id", "time", "email", "orders", "account")}


def shown(spark, project, name):
    rows = cja.report(spark, project, name).collect()
    return sorted(["total" if row["row_kind"] == "total" else row[name], *(f"{row[one]:g}" for one in ("events", "people", "orders"))] for row in rows)


@pytest.mark.parametrize("name", ["account", "industry"])
def test_the_tables_of_the_guide_are_what_the_product_gives(spark, shop, name):
    assert shown(spark, shop["people"], name) == sorted(table(name, "events", "people", "orders"))


def test_a_view_of_accounts_has_them_for_persons(spark, shop):
    assert shown(spark, shop["companies"], "account") == sorted(table("account", "events", "people", "orders", at=1))
    lake = Lake(spark, shop["people"].lake.location)
    persons = {(row["person_id"], row["person_namespace"]) for row in lake.journeys("companies").rows("person_id", "person_namespace")}
    assert persons == {("Adobe", "account"), ("Apple", "account")}


def test_events_and_people_without_an_account_are_counted(spark, shop):
    [figures] = cja.stitching(spark, shop["people"])
    assert (figures.events, figures.events_without, figures.people, figures.people_without, figures.accounts) == (5, 1, 3, 1, 2)
    assert figures.text() == "account: 2 accounts\n  without an account        1 of 5 events, 1 of 3 people"


def test_data_frames_have_no_accounts(spark):
    for view in ({"person_id": "account"}, {"dimensions": {"firm": {"account": "account"}}}):
        with pytest.raises(ConfigurationError, match="only a project has those"):
            cja.report_rows(spark.range(1), {"name": "v", **view}, [])
