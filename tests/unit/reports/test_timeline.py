"""A timeline of a lake: whose ids the persons have, in every period, whoever reads; and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cja_spark import plan
from cja_spark.frames import report_rows
from cja_spark.lake import Lake
from cja_spark.reports.timeline import Timeline
from tests.unit.reports.world import START, events_of, fill, project_of

DAYS = {"from": START.date(), "to": START.date() + timedelta(days=40)}
PEOPLE = ("ann", "bob", "cat", "däve", "eve")
DRAWN = Timeline(name="drawn", dimensions=("page",), people=3, most_events=3, range=DAYS)
NAMED = Timeline(name="named", dimensions=("page",), persons=("däve", "old", "nobody", "ann"), range=DAYS)


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lives")
    project = project_of(folder, (DRAWN, NAMED), period="month")
    lake = Lake(spark, project.lake.location)
    rows = [row for at, person in enumerate(PEOPLE) for row in (*events_of(person, 2), *events_of(person, 1 + at, START + timedelta(days=30)))]
    fill(lake, [*rows, *events_of("old", 1, START - timedelta(days=60))])
    plan.journey(lake, project)
    return lake, project


def rows_by(world, name, **how):
    [answer] = plan.report(*world, [name], keep_rows=False, **how).answers
    return answer.rows.to_pylist()


@pytest.mark.parametrize("reader", ["arrow", "spark"])
def test_persons_are_drawn_from_all_buckets_and_periods_and_have_their_ids(world, reader):
    rows = rows_by(world, "drawn", reader=reader)
    people = {row["timeline_person"]: (row["events"], row["shown_events"], row["left_out_events"]) for row in rows if row["row_kind"] == "person"}
    assert {person: counts for person, counts in people.items() if counts == (3.0 + PEOPLE.index(person), 3.0, float(PEOPLE.index(person)))} == people
    assert len(people) == 3
    assert (rows[0]["people"], rows[0]["shown_people"], rows[0]["shown_events"]) == (5, 3, 9)
    assert [*people] == [row["timeline_person"] for row in rows_by(world, "drawn") if row["row_kind"] == "person"]


def test_named_persons_are_those_of_the_lake_also_where_their_events_are_not_read(world):
    rows = rows_by(world, "named")
    assert [(row["row_kind"], row["timeline_person"]) for row in rows if row["row_kind"] != "event"] == [
        ("total", None), ("person", "däve"), ("person", "ann"), ("no_events", "old"), ("not_found", "nobody"),
    ]  # fmt: skip


def test_the_kept_rows_are_of_single_people_and_a_run_of_named_ones_names_them(world):
    lake, project = world
    run = plan.report(lake, project, ["named"]).answers[0]
    kept = {row["timeline_person"] for row in lake.report("named").read().collect()}
    assert kept == {None, "däve", "old", "nobody", "ann"}
    [record] = [row for row in lake.report_runs.read().collect() if row["run_id"] == run.run_id]
    assert "nobody" in record["definition"]


def test_any_events_have_a_timeline(spark):
    rows = [("ann", "2025-03-01T10:00:00Z", "home"), ("ann", "2025-03-01T10:01:00Z", "cart"), ("bob", "2025-03-02T10:00:00Z", "home")]
    events = spark.createDataFrame(rows, "person_id string, timestamp string, page string")
    [found] = report_rows(events, {"dimensions": {"page": "page"}}, [Timeline(dimensions=("page",))])
    told = {(row["timeline_person"], row["page"], row["time_spent_seconds"]) for row in found.collect() if row["row_kind"] == "event"}
    assert told == {("ann", "home", 60.0), ("ann", "cart", None), ("bob", "home", None)}
