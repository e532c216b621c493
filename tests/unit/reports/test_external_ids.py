"""External ids are the columns of the lake's tables of reports, and of nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from cja_spark import plan
from cja_spark.lake import Lake
from cja_spark.reports.results import external_name
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.reports.world import events_of, fill, project_of

VIEW = {
    "dimensions": {"page": {"field": "page", "external_id": "Page_name"}, "site": "site"},
    "metrics": {"hits": {"calculate": "2 * events", "external_id": "Hits"}, "plain": {"calculate": "events"}},
}


@pytest.mark.parametrize(
    ("column", "name"),
    [("page", "Page_name"), ("hits", "Hits"), ("plain", "plain"), ("site", "site"), ("events", "events"), ("row_kind", "row_kind"), ("hour", "hour")],
)
def test_a_column_has_the_external_id_of_its_component(column, name):
    assert external_name(column, View.model_validate({"name": "v", **VIEW})) == name


def test_a_kept_report_has_external_ids_and_its_answer_has_names(spark, tmp_path):
    lake = Lake(spark, str(tmp_path / "lake"))
    fill(lake, events_of("someone", 3))
    days = {"from": date(2026, 1, 1), "to": date(2026, 1, 31)}
    asked = Table.model_validate({"name": "pages", "dimensions": ["page"], "metrics": ["hits", "events"], "range": days})
    project = project_of(tmp_path, [asked], dimensions={"page": VIEW["dimensions"]["page"]}, metrics=VIEW["metrics"])
    plan.journey(lake, project)
    run = plan.report(lake, project, ["pages"])
    assert run.answers[0].rows.column_names == ["row_kind", "page", "hits", "events"]
    kept = lake.report("pages").read()
    assert kept.columns == ["row_kind", "Page_name", "Hits", "events", "run_id"]
    assert [tuple(row)[1:4] for row in kept.where("row_kind = 'item'").collect()] == [("home", 6.0, 3.0)]
