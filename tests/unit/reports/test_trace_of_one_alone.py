"""What `cja trace` tells of a person is what a report gives where she is alone."""

from __future__ import annotations

import math

import pytest

from cja_spark import plan
from cja_spark.lake import Lake
from cja_spark.tracing import trace
from tests.unit.reports.test_trace import REPORTS, VIEW, hers
from tests.unit.reports.world import fill, project_of


@pytest.fixture(scope="module")
def of_ann(spark, tmp_path_factory):
    """A lake in which she is alone, so that a report's cells are hers."""
    place = tmp_path_factory.mktemp("alone")
    lake = Lake(spark, str(place / "lake"))
    project = project_of(place, REPORTS, **VIEW)
    fill(lake, hers())
    plan.journey(lake, project)
    return lake, project


@pytest.mark.parametrize("report", ["credited", "valued", "pages"])
def test_sums_and_credits_are_what_a_report_of_this_person_alone_gives(of_ann, report):
    lake, project = of_ann
    [answer] = plan.report(lake, project, [report], keep_rows=False).answers
    names = project.reports[report].dimensions
    rows = {(row["row_kind"], *((row[name] for name in names) if row["row_kind"] == "item" else ())): row for row in answer.rows.to_pylist()}
    found = trace(lake, project, "ann", report=report)
    own = [row for row in found.sums.to_pylist() if row["part"] == row["metric"]]
    assert {(row["row_kind"], *(row["values"] or ())) for row in own} == rows.keys()
    for row in own:
        assert row["amount"] == pytest.approx(rows[row["row_kind"], *(row["values"] or ())][row["metric"]]), row
    if report == "credited":
        given = [row for row in found.credits.to_pylist() if row["metric"] == "loads"]
        for key, row in rows.items():
            if key[0] == "item":
                assert math.fsum(one["credit"] for one in given if tuple(one["values"]) == key[1:]) == pytest.approx(row["loads"])


@pytest.mark.parametrize("report", ["crossed", "crossed_plain"])
def test_a_table_with_a_dimension_on_its_columns_is_told_as_the_tables_that_it_is_made_of(of_ann, report):
    lake, project = of_ann
    [answer] = plan.report(lake, project, [report], keep_rows=False).answers
    found = trace(lake, project, "ann", report=report)
    told = {(tuple(row["dimensions"]), row["row_kind"], *(row["values"] or ()), row["metric"]): row["amount"] for row in found.sums.to_pylist() if row["part"] == row["metric"]}
    tables, compared = {key[0] for key in told}, 0
    assert tables == {("page",), ("page", "lasting"), *([("lasting",)] if report == "crossed" else [])}
    assert {"page", "lasting"} <= {*found.events.column_names}
    for row in answer.rows.to_pylist():
        names = tuple(name for name, kind in (("page", row["row_kind"]), ("lasting", row["column_kind"])) if kind == "item")
        if row["row_kind"] == "grand_total" or (names and names not in tables):
            continue
        for metric in project.reports[report].metrics:
            if row[metric]:
                assert told[names or ("page",), "item" if names else "total", *(row[name] for name in names), metric] == pytest.approx(row[metric]), row
                compared += 1
    assert compared > 5
    assert {tuple(row["dimensions"]) for row in found.credits.to_pylist()} == (tables if report == "crossed" else set())
