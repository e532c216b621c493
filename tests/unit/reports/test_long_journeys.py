"""Rule L3: persons with more events than a report takes are left out, counted, and named in a table."""

from datetime import date, timedelta

import numpy as np
import pytest

from cja_spark import plan
from cja_spark.frames import report_rows
from cja_spark.journeys.batch import Journeys
from cja_spark.lake import Lake
from cja_spark.publish_page import page_of
from cja_spark.reports.exclusions import EXCLUSIONS
from cja_spark.reports.limits import within_limit
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.reports.world import START, events_of, fill, project_of

LIMIT = 50


def span(first, last):
    return {"from": date(2026, 1, first), "to": date(2026, 1, last)}


def pages(name, first, last):
    return Table.model_validate({"name": name, "report": "table", "dimensions": ["page"], "range": span(first, last)})


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    lake = Lake(spark, str(tmp_path_factory.mktemp("long") / "lake"))
    fill(lake, [*events_of("busy", 40), *events_of("busy", 11, START + timedelta(days=5)), *events_of("calm", LIMIT)])
    return lake


@pytest.fixture(scope="module")
def project(lake, tmp_path_factory):
    reports = [pages("whole", 1, 31), pages("first_days", 1, 6)]
    found = project_of(tmp_path_factory.mktemp("project"), reports, max_events=LIMIT)
    plan.journey(lake, found)
    return found


def total(answer):
    return answer.rows.to_pylist()[0]


def test_l3_a_person_above_the_limit_is_left_out_counted_and_named(lake, project):
    run = plan.report(lake, project, ["whole"])
    assert total(run.answers[0])["people"] == 1
    assert (run.answers[0].excluded_persons, run.answers[0].excluded_events) == (1, 51)
    kept = lake.report_runs.read().where("report = 'whole'").collect()
    assert [(row["excluded_persons"], row["excluded_events"]) for row in kept] == [(1, 51)]
    assert [tuple(row) for row in lake.table(EXCLUSIONS).read().collect()] == [
        (run.answers[0].run_id, "whole", "small", "busy", "crm", 51)
    ]
    assert page_of(lake, project, run).receipt.excluded_persons == 1


def test_l3_each_report_counts_its_own_read_range_whatever_else_is_in_the_run(lake, project):
    alone = plan.report(lake, project, ["first_days"], keep_rows=False)
    together = plan.report(lake, project, ["first_days", "whole"])
    assert alone.answers[0].rows.equals(together.answers[0].rows)
    assert total(alone.answers[0])["people"] == 2
    assert [answer.excluded_persons for answer in together.answers] == [0, 1]
    assert [row["report"] for row in lake.table(EXCLUSIONS).rows()] == ["whole"]


def test_l3_a_second_run_names_nobody_twice_and_both_readers_leave_out_the_same(lake, project):
    first = plan.report(lake, project)
    again = plan.report(lake, project, reader="spark")
    assert [answer.kept for answer in again.answers] == [False, False]
    assert lake.table(EXCLUSIONS).count() == 1
    assert again.passed.left_out == first.passed.left_out


def test_l3_reports_on_a_frame_warn(lake, project):
    view = View(name="small", max_events=LIMIT)
    with pytest.warns(UserWarning, match="1 persons have more than 50 events"):
        rows = report_rows(lake.events.read(), view, [Table.model_validate({"range": span(1, 31)})])[0].collect()
    assert rows[0]["people"] == 1


@pytest.mark.parametrize(("events", "left_out"), [(1_000_000, 0), (1_000_001, 1)])
def test_l3_the_limit_is_a_million_events(events, left_out):
    offsets = np.array([0, 1, 1 + events])
    journeys = Journeys(offsets, np.arange(events + 1), {}, person_ids=np.array([7, 8]))
    kept, found = within_limit(journeys, View(name="v").max_events)
    assert len(found.persons) == left_out
    assert kept.events == (1 if left_out else events + 1)
    assert kept.persons == 2
