"""Value settings on a lake: a changed one is another report, and no table is written for it."""

import json
from datetime import UTC, datetime

import pytest

from cja_spark import plan
from cja_spark.audience_people import people
from cja_spark.audiences.spec import Audience
from cja_spark.connection.connect import connect
from cja_spark.frames import report_rows
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.reports.table import Table
from tests.unit.reports.test_lookups_and_profiles import CONNECTION, RANGE

EVENTS = [
    {"who": "ann", "page": "Home", "in": True, "units": 4, "price": 50.0, "url": "https://Shop.example/a?c=1", "sku": "S1", "code": "7"},
    {"who": "ann", "page": "home", "in": False, "units": 5, "price": 0.0, "url": "https://shop.example/b", "sku": "s1", "code": "x"},
    {"who": "bob", "page": "cart", "in": None, "units": 9, "price": None, "url": "nothing", "sku": "s9", "code": " "},
    {"who": "cat", "page": None, "in": True, "units": None, "price": 120.0, "url": None, "sku": "s2", "code": "8"},
]
CATALOGUE = [{"sku": "S1", "category": "Shoes"}, {"sku": "s1", "category": "shoes"}, {"sku": "s2", "category": "hats"}]
TIERS = [{"who": "ann", "tier": "Gold"}, {"who": "bob", "tier": "blue"}]
PLAIN = {
    "name": "shop", "buckets": 2,
    "dimensions": {
        "page": {"field": "page"}, "page_in_full": {"field": "page"}, "logged_in": {"field": "in"}, "size": {"field": "units"},
        "site": {"field": "url"}, "category": {"lookup": "catalogue.category"}, "tier": {"profile": "crm.tier"},
        "hosts": {"field": "url", "substring": {"delimiter": {"by": "/", "array": True}}}, "batch": {"field": "load"}, "source": {"field": "dataset"}, "who": {"field": "person_id"}, "namespace": {"field": "person_namespace"},
    },
    "metrics": {
        "revenue": {"field": "price"}, "prices": {"field": "price", "behavior": "instances"}, "visitors": {"field": "in"},
        "links": {"field": "url"}, "logins": {"field": "in"}, "codes": {"field": "code"}, "carts": {"field": "page", "behavior": "instances"},
    },
    "segments": {"at_home": {"container": "person", "where": {"dimension": "page", "starts_with": "home"}}},
}  # fmt: skip
SETTINGS = {
    "page": {"lowercase": True, "no_value": {"label": "home", "as_value": True}},
    "logged_in": {"true_label": "Member", "false_label": "Visitor"},
    "size": {"buckets": [5], "no_value": {"label": "none", "show": False}},
    "site": {"substring": {"url": "host"}, "lowercase": True},
    "category": {"include": {"does_not_equal": "hats"}, "lowercase": True},
    "tier": {"lowercase": True, "no_value": {"label": "guest", "as_value": True}},
    "revenue": {"include": {"more_than": 50}}, "visitors": {"values_to_count": False}, "carts": {"include": {"starts_with": "ca"}},
    "links": {"behavior": "instances"}, "logins": {"behavior": "instances"}, "codes": {"behavior": "instances", "include": {"does_not_equal": 7}},
    "prices": {"behavior": "values", "include": {"at_least": 50}},
}  # fmt: skip
ASKED = {
    "page": ["page"], "full": ["page_in_full"], "login": ["logged_in"], "size": ["size"], "site": ["site"],
    "category": ["category"], "tier": ["tier"], "stamps": ["batch", "source", "namespace"], "who": ["who"],
    "hosts": ["hosts"],
}  # fmt: skip


def changed(view):
    return {
        **view,
        **{kind: {name: {**one, **SETTINGS.get(name, {})} for name, one in view[kind].items()} for kind in ("dimensions", "metrics")},
    }


def project_of(folder, view):
    tables = {
        name: Table.model_validate({"name": name, "dimensions": dimensions, "metrics": ["events"], "range": RANGE})
        for name, dimensions in ASKED.items()
    }
    tables["sums"] = Table.model_validate({"name": "sums", "metrics": ["revenue", "prices", "visitors", "links", "logins", "codes", "carts"], "range": RANGE})
    tables["home"] = Table.model_validate({"name": "home", "metrics": ["people"], "segments": ["at_home"], "range": RANGE})
    audience = Audience.model_validate({"name": "home", "segments": {"segment": "at_home"}, "refresh": "daily", "lookback": "30 days"})
    matches = {**CONNECTION["datasets"]["catalogue"], "matches": "sku"}
    return Project.model_validate(
        {"folder": str(folder), "connection": {**CONNECTION, "datasets": {**CONNECTION["datasets"], "catalogue": matches}},
         "view": view, "lake": {"location": str(folder / "lake")}, "reports": tables, "audiences": {"home": audience}, "sinks": {}}
    )  # fmt: skip


def answers(lake, project, reader):
    run = plan.report(lake, project, reader=reader, keep_rows=False)
    return {answer.ask.report.name: [tuple(row.values()) for row in answer.rows.to_pylist()] for answer in run.answers}


@pytest.fixture(scope="module")
def built(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("values")
    events = [{"id": f"e{at}", "time": f"2026-01-05T10:00:0{at}Z", **event} for at, event in enumerate(EVENTS)]
    for source, rows in (("web", events), ("catalogue", CATALOGUE), ("crm", TIERS)):
        (folder / source).mkdir()
        (folder / source / "1.json").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lake, project = Lake(spark, str(folder / "lake")), project_of(folder, PLAIN)
    connect(spark, lake, project.connection, files_root=str(folder))
    plan.journey(lake, project)
    return lake, project, project_of(folder, changed(PLAIN))


@pytest.mark.parametrize("reader", ["arrow", "spark"])
def test_a_changed_setting_is_another_report_of_the_same_journeys(built, reader):
    lake, _, settled = built
    found = answers(lake, settled, reader)
    assert found["page"][1:] == [("item", "home", 3), ("item", "cart", 1)]
    assert found["full"][1:] == [("item", name, 1) for name in ("Home", "No value", "cart", "home")]
    assert found["login"][1:] == [("item", "Member", 2), ("item", "No value", 1), ("item", "Visitor", 1)]
    assert found["size"] == [("total", None, 3), ("grand_total", None, 4), ("item", "Greater than or equal to 5", 2), ("item", "Less than 5", 1)]
    assert found["site"][1:] == [("item", "No value", 2), ("item", "shop.example", 2)]
    assert found["category"][1:] == [("item", "No value", 2), ("item", "shoes", 2)]
    assert found["hosts"][1:] == [("item", one, count) for one, count in (
        ("https:", 2), ("Shop.example", 1), ("a?c=1", 1), ("b", 1), ("nothing", 1), ("shop.example", 1))]  # fmt: skip
    assert found["tier"][1:] == [("item", "gold", 2), ("item", "blue", 1), ("item", "guest", 1)]
    assert found["sums"] == [("total", 120, 170, 1, 3, 3, 2, 1)]
    assert found["home"] == [("total", 2)]


def test_every_event_has_its_batch_its_dataset_and_its_person_with_namespace(built):
    lake, project, _ = built
    found = answers(lake, project, "arrow")
    assert found["stamps"][1:] == [("item", "1", "web", "crm", 4)]
    assert found["who"][1:] == [("item", "ann", 2), ("item", "bob", 1), ("item", "cat", 1)]


def test_no_table_is_written_for_a_changed_setting(built):
    lake, project, settled = built
    before = answers(lake, project, "arrow")
    versions = [table.version() for table in (lake.journeys("shop"), lake.values("shop"), lake.journey_builds)]
    again = plan.journey(lake, settled)
    answers(lake, settled, "arrow")
    assert (again.written, again.removed) == ((), ())
    assert [table.version() for table in (lake.journeys("shop"), lake.values("shop"), lake.journey_builds)] == versions
    assert answers(lake, project, "arrow") == before
    assert before["home"] == [("total", 1)]
    assert before["sums"] == [("total", 170, 3, 2, 0, 2, 15, 3)]


def test_an_audience_sees_shown_values(built):
    lake, project, settled = built
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    found = [
        sorted(row["person_id"] for row in people(lake, one, one.audiences["home"], start, end).collect())
        for one in (project, settled)
    ]
    assert found == [["ann"], ["ann", "cat"]]


def test_report_rows_without_a_lake_show_the_same(built, spark):
    rows = [{"person_id": one["who"], "ts": f"2026-01-05T10:00:0{at}Z", "page": one["page"], "units": one["units"]} for at, one in enumerate(EVENTS)]
    schema = "person_id string, ts string, page string, units bigint"
    events = spark.createDataFrame([tuple(row.values()) for row in rows], schema)
    view = {"dimensions": {name: {**PLAIN["dimensions"][name], **SETTINGS[name]} for name in ("page", "size")}}
    asked = [Table.model_validate({"dimensions": [name], "metrics": ["events"], "range": RANGE}) for name in ("page", "size")]
    found = [[tuple(row) for row in one.collect()] for one in report_rows(events, view, asked)]
    lake, _, settled = built
    expected = answers(lake, settled, "arrow")
    assert found == [expected["page"], expected["size"]]
