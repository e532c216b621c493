"""Summary data from files to rows: costs of campaigns beside what their visitors did, and a project of costs alone."""

import json

import pytest

from cja_spark import plan
from cja_spark.connection.connect import connect
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.publish_page import column_of, page_of, receipt_of
from cja_spark.view.spec import View
from cja_spark.words.component import explain_component

WEB = {
    "type": "event", "source": {"format": "json", "path": "web"}, "event_id": "id", "timestamp": "time",
    "person_id": {"column": "who", "namespace": "crm"},
}  # fmt: skip
COSTS = {"type": "summary", "source": {"format": "csv", "path": "costs", "options": {"header": True}}, "timestamp": "day"}
VIEW = {
    "name": "shop",
    "buckets": 2,
    "dimensions": {
        "code": {"field": "code", "lowercase": True, "summary_data_group": "campaign"},
        "campaign": {"summary": "costs.campaign"},
        "page": "page",
    },
    "metrics": {
        "spend": {"summary": "costs.spend", "format": "currency", "decimals": 2},
        "revenue": "revenue",
        "roas": {"calculate": "round(revenue / spend, 2)"},
        "per_person": {"calculate": "revenue / people"},
    },
    "segments": {
        "not_red": {"where": {"dimension": "code", "does_not_equal": "red"}},
        "starts_with_b": {"where": {"dimension": "code", "starts_with": "b"}},
        "at_home": {"where": {"dimension": "page", "equals": "home"}},
        "buyers": {"container": "person", "where": {"metric": "revenue", "at_least": 1}},
    },
}
RANGE = {"from": "2026-01-01", "to": "2026-01-31"}
REPORTS = {
    "codes": {"dimensions": ["code"], "metrics": ["revenue", "spend", "roas"], "sort": "spend"},
    "people": {"dimensions": ["code"], "metrics": ["spend", "per_person"]},
    "top": {"dimensions": ["code"], "metrics": ["spend", "people"], "rows": 1},
    "campaigns": {"dimensions": ["campaign"], "metrics": ["spend", "revenue"]},
    "pages": {"dimensions": ["page"], "metrics": ["spend", "revenue"]},
    "known_pages": {"dimensions": ["page"], "metrics": ["spend", "revenue"], "include_no_value": False},
    "not_red": {"dimensions": ["code"], "metrics": ["spend", "revenue"], "segments": ["not_red"]},
    "b": {"metrics": ["spend", "revenue"], "segments": ["starts_with_b", "at_home", "buyers"]},
    "weekdays": {"dimensions": ["day_of_week"], "metrics": ["spend"]},
    "events_alone": {"dimensions": ["code"], "metrics": ["revenue"]},
    "months": {"report": "trend", "granularity": "month", "metrics": ["spend", "revenue", "roas"], "range": {"from": "2026-01-01", "to": "2026-02-28"}},
}
EVENTS = [
    {"id": "1", "time": "2026-01-05T10:00:00Z", "who": "ann", "code": "Red", "page": "home", "revenue": 40},
    {"id": "2", "time": "2026-01-06T10:00:00Z", "who": "bob", "code": "blue", "page": "home", "revenue": 15},
    {"id": "3", "time": "2026-01-07T10:00:00Z", "who": "ann", "code": None, "page": "cart", "revenue": 5},
]
ROWS = ["2026-01-05,RED,10", "2026-01-06,red,10", "2026-01-06,Black,6", "2026-01-08,,1", "2026-02-01,blue,7"]


class Shop:
    """A lake loaded from files, and its reports."""

    def __init__(self, spark, folder, datasets, view=VIEW, reports=REPORTS):
        self.folder, self.lake = folder, Lake(spark, str(folder / "lake"))
        named = {name: {"name": name, "report": "table", "range": RANGE, **asked} for name, asked in reports.items()}
        self.project = Project.model_validate(
            {"folder": str(folder), "connection": {"name": "shop", "datasets": datasets}, "view": view,
             "lake": {"location": str(folder / "lake")}, "audiences": {}, "sinks": {},
             "reports": {name: plan.REPORTS.named(one["report"]).spec.model_validate(one) for name, one in named.items()}}
        )  # fmt: skip

    def load(self, number, events=(), rows=()):
        for folder, text in (("web", "".join(json.dumps(one) + "\n" for one in events)), ("costs", "\n".join(["day,campaign,spend", *rows]))):
            if (events, rows)[folder == "costs"]:
                (self.folder / folder).mkdir(exist_ok=True)
                (self.folder / folder / f"{number}.{'json' if folder == 'web' else 'csv'}").write_text(text, encoding="utf-8")
        receipt = connect(self.lake.spark, self.lake, self.project.connection, files_root=str(self.folder))
        plan.journey(self.lake, self.project)
        return receipt

    def answers(self, **changed):
        project = self.project.model_copy(update={"view": self.project.view.model_validate({**VIEW, **changed})}) if changed else self.project
        run = plan.report(self.lake, project, keep_rows=False)
        return {one.ask.report.name: [tuple(row.values()) for row in one.rows.to_pylist()] for one in run.answers}


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    found = Shop(spark, tmp_path_factory.mktemp("shop"), {"web": WEB, "costs": COSTS})
    receipt = found.load(1, EVENTS, ROWS)
    assert receipt.text().splitlines()[1:] == ["  costs: 5 rows", "  web: 3 events"]
    return found


@pytest.fixture(scope="module")
def answers(shop):
    return shop.answers()


def test_a_group_joins_events_and_rows_by_equal_value_and_either_alone_is_a_row(answers):
    assert answers["codes"] == [
        ("total", None, 60, 27, 2.22), ("item", "red", 40, 20, 2), ("item", "black", 0, 6, 0), ("item", "No value", 5, 1, 5),
        ("item", "blue", 15, 0, None),
    ]  # fmt: skip


def test_rows_beyond_the_last_one_are_summed_as_other(answers):
    assert answers["top"] == [("total", None, 27, 2), ("item", "red", 20, 1), ("other", None, 7, None)]


def test_a_dimension_of_summary_data_has_no_value_on_events(answers):
    assert answers["campaigns"] == [
        ("total", None, 27, 60), ("item", "RED", 10, 0), ("item", "red", 10, 0), ("item", "Black", 6, 0), ("item", "No value", 1, 60),
    ]  # fmt: skip


def test_a_dimension_that_no_group_joins_has_no_value_on_rows(answers):
    assert answers["pages"] == [("total", None, 27, 60), ("item", "No value", 27, 0), ("item", "cart", 0, 5), ("item", "home", 0, 55)]
    assert answers["known_pages"] == [
        ("total", None, 0, 60), ("grand_total", None, 27, 60), ("item", "cart", 0, 5), ("item", "home", 0, 55),
    ]  # fmt: skip


def test_a_segment_leaves_out_rows_by_what_they_have_and_by_nothing_else(answers):
    assert answers["not_red"] == [
        ("total", None, 7, 20), ("item", "black", 6, 0), ("item", "No value", 1, 5), ("item", "blue", 0, 15),
    ]  # fmt: skip
    assert answers["b"] == [("total", 6, 15)]


def test_rows_have_their_time(answers):
    assert answers["weekdays"] == [
        ("total", None, 27), ("item", "Tuesday", 16), ("item", "Monday", 10), ("item", "Thursday", 1), ("item", "Wednesday", 0),
    ]  # fmt: skip
    assert [row[2:] for row in answers["months"]] == [(None, 34, 60, 1.76), ("2026-01", 27, 60, 2.22), ("2026-02", 7, 0, 0)]


def test_values_of_rows_are_rows_only_beside_a_metric_of_theirs(answers):
    assert answers["events_alone"] == [("total", None, 60), ("item", "red", 40), ("item", "blue", 15), ("item", "No value", 5)]


def test_counts_of_people_behind_figures_stand_in_the_rows_order_also_where_a_row_is_of_summary_data_alone(shop):
    [answer] = plan.report(shop.lake, shop.project, ["people"], keep_rows=False).answers
    assert answer.rows["code"].to_pylist() == [None, "red", "black", "No value", "blue"]
    assert answer.behind == {"per_person": (2, 1, None, 1, 1)}
    panels = {panel.name: panel for panel in page_of(shop.lake, shop.project, plan.report(shop.lake, shop.project, keep_rows=False)).panels}
    assert [row["per_person"] for row in panels["people"].behind] == [2, 1, None, 1, 1]
    assert {column.name: column.format for column in panels["people"].columns}["spend"] == "money"


def test_a_metric_of_summary_data_counts_nobody():
    view = View.model_validate({"name": "v", "metrics": {"calls": {"summary": "costs.calls"}, "orders": {"field": "orders"}}})
    assert [column_of(name, view).format for name in ("calls", "orders")] == ["number", "count"]


def test_rows_that_are_only_stored_otherwise_make_no_other_run(shop):
    def run():
        return plan.report(shop.lake, shop.project, ["codes"], keep_rows=False).answers[0].run_id

    before, version = run(), shop.lake.summary("costs").version()
    shop.lake.spark.sql(f"ALTER TABLE delta.`{shop.lake.summary('costs').address}` SET TBLPROPERTIES ('delta.appendOnly' = 'false')")
    assert shop.lake.summary("costs").version() == version + 1
    assert run() == before


def test_the_receipt_tells_rows_and_version_of_summary_data(shop):
    receipt = receipt_of(shop.lake, plan.report(shop.lake, shop.project, ["codes"], keep_rows=False), ["costs", "no such"])
    assert receipt.rows_loaded == 3 + 5
    assert {"journeys", "events", "summary data costs"} <= receipt.versions.keys()
    assert "summary data no such" not in receipt.versions


def test_a_changed_group_changes_the_next_report_and_no_table(shop, answers):
    before = shop.lake.journeys("shop").version(), shop.lake.summary("costs").version()
    dimensions = {**VIEW["dimensions"], "code": {"field": "code"}}
    assert shop.answers(dimensions=dimensions)["codes"] == [
        ("total", None, 60, 27, 2.22), ("item", "No value", 5, 27, 0.19), ("item", "Red", 40, 0, None), ("item", "blue", 15, 0, None),
    ]  # fmt: skip
    assert (shop.lake.journeys("shop").version(), shop.lake.summary("costs").version()) == before


def test_a_plan_says_which_rows_join(shop):
    plans = {name: plan.explain(shop.lake, shop.project, [name]) for name in ("codes", "events_alone")}
    assert "codes: rows of summary data (costs) join the sums; ratios" in plans["codes"]
    assert "summary data" not in plans["events_alone"]


def test_a_component_says_that_it_is_of_summary_data(shop):
    view = shop.project.view
    assert "'costs.spend' are summed" in explain_component(view, "spend")
    assert "events have none" in explain_component(view, "campaign")
    assert "rows of summary data that have a value of campaign have it here" in explain_component(view, "code")


def test_a_project_of_summary_data_alone_has_tables_and_trends(spark, tmp_path):
    view = {"name": "costs", "dimensions": {"campaign": {"summary": "costs.campaign"}}, "metrics": {"spend": {"summary": "costs.spend"}}}
    reports = {
        "campaigns": {"dimensions": ["campaign"], "metrics": ["spend"], "rows": 2},
        "days": {"report": "trend", "metrics": ["spend"], "range": "last 3 days"},
    }
    shop = Shop(spark, tmp_path, {"costs": COSTS}, view, reports)
    assert shop.load(1, rows=ROWS).text() == "load 1: 1 files, 0 events\n  costs: 5 rows"
    assert plan.journey(shop.lake, shop.project).written == ()
    assert shop.answers() == {
        "campaigns": [("total", None, 27), ("item", "RED", 10), ("item", "red", 10), ("other", None, 7)],
        "days": [("total", None, None, 7), *(("bucket", row[1], row[2], row[3]) for row in shop.answers()["days"][1:])],
    }
    assert [row[2:] for row in shop.answers()["days"][1:]] == [("2026-01-30", 0), ("2026-01-31", 0), ("2026-02-01", 7)]
    run = plan.report(shop.lake, shop.project)
    assert [answer.kept for answer in run.answers] == [True, True]
    assert [answer.kept for answer in plan.report(shop.lake, shop.project).answers] == [False, False]
    assert len(page_of(shop.lake, shop.project, run).panels) == 2
    told = plan.explain(shop.lake, shop.project)
    assert "campaigns: rows of summary data (costs) join the sums" in told
    assert told.count("finish") == 2
