"""Date ranges in segments on a lake: which periods are read, by which reader, in which run, and what a trace shows (G6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cja_spark import plan
from cja_spark.lake import Lake
from cja_spark.reports.table import Table
from cja_spark.tracing import trace
from tests.unit.reports.world import START, events_of, fill, project_of

JUNE = {"from": date(2025, 6, 1), "to": date(2025, 6, 30)}
JANUARY = {"from": START.date().replace(day=1), "to": START.date().replace(day=31)}
ANY = {"metric": "events", "at_least": 1}
SEGMENTS = {
    "in_june": {"container": "person", "range": JUNE, "where": ANY},
    "lately": {"container": "person", "range": "last 1 month", "where": ANY},
}
BACK = timedelta(days=200)  # June


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    place = tmp_path_factory.mktemp("ranges")
    lake = Lake(spark, str(place / "lake"))
    reports = [Table(name=name, metrics=("events", "people"), range=JANUARY, segments=(name,)) for name in SEGMENTS]
    project = project_of(place, (*reports, Table(name="plain", metrics=("events",), range=JANUARY)), segments=SEGMENTS)
    rows = [*events_of("ann", 2, START - BACK), *events_of("ann", 3), *events_of("bob", 1), *events_of("bob", 1, START - BACK / 2)]
    fill(lake, [*rows, *events_of("cleo", 4, START - BACK), *events_of("cleo", 1, START + timedelta(days=40))])
    plan.journey(lake, project)
    return lake, project


@pytest.mark.parametrize("reader", ["arrow", "spark"])
def test_a_report_reads_the_days_of_its_segments(world, reader):
    lake, project = world
    run = plan.report(lake, project, ["in_june", "plain"], reader=reader, keep_rows=False)
    june, plain = (answer.rows.to_pylist()[0] for answer in run.answers)
    assert (june["events"], june["people"], plain["events"]) == (3, 1, 4)


def test_only_the_periods_of_the_report_and_of_the_range_are_read_not_those_between(world):
    text = plan.explain(*world, ["in_june"])
    assert "journeys of periods 202506, 202601, 202602: " in text  # 202509 has events too
    assert "; segments look at 2025-06-01 to 2025-06-30" in text
    assert "journeys of periods 202601, 202602: " in plan.explain(*world, ["plain"])


def test_another_day_of_the_last_days_is_another_run(world):
    lake, project = world
    runs = {}
    for days in (0, 1, 40):
        [answer] = plan.report(lake, project, ["lately"], as_of=START + timedelta(days=days), keep_rows=False).answers
        runs[answer.run_id] = answer.rows.to_pylist()[0]["people"]
    assert [*runs.values()] == [2, 2, 0]
    plain = {plan.report(lake, project, ["plain"], as_of=START + timedelta(days=days), keep_rows=False).answers[0].run_id for days in (0, 1)}
    assert len(plain) == 1


def test_a_trace_marks_what_a_segment_keeps_of_the_report_s_days(world):
    found = trace(*world, "ann", ["in_june", "lately"], report="in_june", as_of=START + timedelta(days=40)).events
    assert found["in_june"].to_pylist() == found["kept"].to_pylist() == [True] * 3
    assert found["lately"].to_pylist() == [False] * 3
    assert trace(*world, "bob", ["in_june"], report="in_june").events["kept"].to_pylist() == [False]
