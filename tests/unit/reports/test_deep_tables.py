"""Tables of more than four dimensions on a lake: both readers give the same, beside other reports, and of no events."""

from datetime import date, timedelta

import pytest

from cja_spark import plan
from cja_spark.lake import Lake
from cja_spark.reports.table import Table
from tests.unit.reports.world import START, events_of, fill, project_of

RANGE = {"from": date(2026, 1, 1), "to": date(2026, 1, 31)}
EARLIER = {"from": date(2025, 1, 1), "to": date(2025, 1, 31)}
DIMENSIONS = ["page", "lower", "day", "week", "month", "quarter", "year"]


@pytest.fixture(scope="module")
def answers(spark, tmp_path_factory):
    lake = Lake(spark, str(tmp_path_factory.mktemp("deep") / "lake"))
    fill(lake, [row for person in range(30) for row in events_of(f"p{person}", 1 + person % 4, START + timedelta(hours=person * 7))])
    reports = [
        Table.model_validate({"name": "deep", "dimensions": DIMENSIONS, "metrics": ["events", "people", "pages"], "sort": "events", "rows": 1000, "range": RANGE}),
        Table.model_validate({"name": "flat", "dimensions": ["page"], "range": RANGE}),
        Table.model_validate({"name": "empty", "dimensions": DIMENSIONS, "range": EARLIER}),
    ]
    dimensions = {"page": "page", "lower": {"field": "page", "lowercase": True}}
    project = project_of(tmp_path_factory.mktemp("project"), reports, dimensions=dimensions, metrics={"pages": {"calculate": "count_distinct(page)"}})
    plan.journey(lake, project)
    return {reader: {one.ask.report.name: one.rows.to_pylist() for one in plan.report(lake, project, reader=reader, keep_rows=False).answers} for reader in ("arrow", "spark")}


def test_both_readers_give_the_same_rows(answers):
    assert answers["arrow"] == answers["spark"]


def test_rows_of_seven_dimensions_sum_to_the_total_and_to_the_rows_of_one(answers):
    total, *items = answers["arrow"]["deep"]
    assert len({tuple(row[name] for name in DIMENSIONS) for row in items}) == len(items) > 1
    assert sum(row["events"] for row in items) == total["events"] > 0
    assert {row["pages"] for row in items} == {1}
    for flat in answers["arrow"]["flat"][1:]:
        assert sum(row["events"] for row in items if row["page"] == flat["page"]) == flat["events"]


def test_a_range_without_events_has_the_total_alone(answers):
    [total] = answers["arrow"]["empty"]
    assert (total["row_kind"], total["events"], total["people"]) == ("total", 0, 0)
