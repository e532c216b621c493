"""Rule L2 on a lake: a flow of very many items takes a pass before, and has the rows that it has in one."""

from datetime import date, timedelta

import pytest

from cja_spark import plan
from cja_spark.lake import Lake
from cja_spark.reports import flow_items
from cja_spark.reports.flow import Flow
from cja_spark.reports.table import Table
from tests.unit.reports.world import START, events_of, fill, project_of

RANGE = {"from": date(2026, 1, 1), "to": date(2026, 1, 31)}
ASKED = {
    "onward": {"dimension": "page", "starts_with": "entry", "items": 2, "columns": 3},
    "around": {"dimension": "page", "contains": {"items": ["Page 1", "page 2"]}, "items": 1, "container": "person"},
    "lower": {"dimension": "lower", "ends_with": "exit", "items": 3},
}


def visit(person, pages):
    rows = events_of(person, len(pages), START + timedelta(hours=len(person)))
    return [(*row[:10], page, row[11]) for row, page in zip(rows, pages, strict=True)]


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    lake = Lake(spark, str(tmp_path_factory.mktemp("flows") / "lake"))
    pages = [[f"page {(person * 7 + at * at) % 6}" if (person + at) % 4 else f"Page {at}" for at in range(6)] for person in range(30)]
    fill(lake, [row for person, own in enumerate(pages) for row in visit(f"p{person}", own)])
    return lake


@pytest.fixture(scope="module")
def project(lake, tmp_path_factory):
    reports = [Flow.model_validate({"name": name, "range": RANGE, **asked}) for name, asked in ASKED.items()]
    reports.append(Flow.model_validate({"name": "trended", "range": RANGE, **ASKED["onward"], "trend": {"granularity": "week", "links": 20}}))
    reports.append(Table.model_validate({"name": "pages", "dimensions": ["page"], "range": RANGE}))
    dimensions = {"page": "page", "lower": {"field": "page", "lowercase": True}}
    found = project_of(tmp_path_factory.mktemp("project"), reports, dimensions=dimensions)
    plan.journey(lake, found)
    return found


def answered(lake, project, reader):
    return {answer.ask.report.name: answer for answer in plan.report(lake, project, reader=reader, keep_rows=False).answers}


@pytest.mark.parametrize("reader", ["arrow", "spark"])
def test_l2_a_pass_before_changes_no_row(lake, project, reader, monkeypatch):
    whole = answered(lake, project, reader)
    assert all(answer.ask.items is None for answer in whole.values())
    assert all("other" in whole[name].rows["item_kind"].to_pylist() for name in ASKED)
    values = lake.values(project.view.name).read().where("dimension = 'page'").count()
    monkeypatch.setattr(flow_items, "MANY_ITEMS", values)
    assert all(answer.ask.items is None for answer in answered(lake, project, reader).values())
    monkeypatch.setattr(flow_items, "MANY_ITEMS", values - 1)
    found = answered(lake, project, reader)
    assert {name for name, answer in found.items() if answer.ask.items is not None} == {*ASKED, "trended"}
    assert {column: len(ids) for column, ids in found["onward"].ask.items.items()} == {0: 0, 1: 2, 2: 2, 3: 2}
    for name, answer in found.items():
        assert answer.rows.equals(whole[name].rows)
        assert answer.run_id == whole[name].run_id


def test_l2_a_flow_over_time_of_few_items_is_read_once_and_has_the_rows_of_the_range(lake, project):
    found = answered(lake, project, "arrow")
    rows, without = found["trended"].rows.to_pylist(), found["onward"].rows.to_pylist()
    assert found["trended"].ask.items is None
    names = [*without[0]]
    assert [{name: row[name] for name in names} for row in rows if row["bucket"] is None] == without
    links = [row for row in rows if row["row_kind"] == "link_over_time"]
    assert sum(row["path_views"] for row in links) == sum(
        row["path_views"] for row in without if row["row_kind"] == "link" and "other" not in (row["item_kind"], row["next_kind"]) and row["item_kind"] != "exit"
    ) > 0
