"""A run's plan: named steps, each with its grain and columns, then Spark's own."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cja_spark import plan
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.sessions import Sessions
from cja_spark.reports.table import Table
from cja_spark.reports.trend import Trend
from tests.unit.reports.world import START, events_of, fill, project_of

HELP = {"dimension": "page", "equals": "help"}
REPORTS = (
    Table(name="pages", dimensions=("page",), metrics=("events", "people", "rate")),
    Table(name="crossed", dimensions=("page",), across="day", metrics=("events", "people")),
    Trend(name="days", metrics=("events",)),
    Sessions(name="visits"),
    Fallout(name="path", steps=(HELP, "events")),
    Fallout(name="as_there", steps=(HELP, "events"), preset="posthog", window="1 day"),
)


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    from cja_spark.lake import Lake

    place = tmp_path_factory.mktemp("explain")
    lake = Lake(spark, str(place / "lake"))
    project = project_of(place, REPORTS, metrics={"loads": "load", "rate": {"calculate": "loads / events"}})
    fill(lake, events_of("ann", 3) + events_of("ann", 2, START + timedelta(days=31)) + events_of("bob", 1))
    plan.journey(lake, project)
    return lake, project


def steps(text: str) -> dict[str, tuple[str, str, list[str]]]:
    """Per step its text, its grain and its columns."""
    lines = text.split("\nSpark's plan", 1)[0].splitlines()
    found = {}
    for said, grain in zip(lines[::2], lines[1::2], strict=True):
        rows, columns = grain.strip().removeprefix("one row per ").split("; columns ")
        found[said[:10].strip() + (" " + said[11:].split(" ")[0].rstrip(":") if said[0] in "46" else "")] = (said[11:], rows, columns.split(", "))
    return found


def test_every_step_says_its_grain_and_columns(world):
    told = steps(plan.explain(*world))
    stored = ["person", "t", "d_page", "m_loads"]
    cells = ["report", "k1", "k2", "k3", "k4", "measure", "amount"]
    kernels = {f"4. kernel {name}" for name in ("as_there", "crossed", "days", "pages", "path", "visits")}
    assert list(told)[:3] == ["1. list", "2. read", "3. merge"]
    assert told["1. list"][0].startswith("journeys of periods 202601, 202602: ")
    assert told["2. read"][1:] == ("person, period and chunk", stored)
    assert told["3. merge"][1:] == ("person", stored)
    assert all(told[kernel][1:] == ("slice of persons, measure and key", cells) for kernel in kernels)
    assert told["5. sum"][1:] == ("report, measure and key", cells)


def test_the_last_step_has_the_columns_of_the_answer_and_no_figure_in_its_grain(world):
    lake, project = world
    told = steps(plan.explain(lake, project))
    run = plan.report(lake, project, keep_rows=False)
    for answer in run.answers:
        _, grain, columns = told[f"6. finish {answer.ask.report.name}"]
        assert columns == answer.rows.column_names
        assert set(grain.split(", ")) == set(columns) - {field.name for field in answer.rows.schema if field.type == "double"}


def test_a_kernel_says_what_was_asked_and_only_what_it_reads(world):
    text = plan.explain(*world, ["path"])
    assert '4. kernel  path (fallout): {"steps": [{"any": [{"dimension": "page", "equals": "help"}]}, {"step": "events"}]}' in text
    assert steps(text)["2. read"][2] == ["person", "t", "d_page"]
    assert "pages" not in text.split("Spark's plan")[0]


def test_a_table_with_a_dimension_on_its_columns_says_both(world):
    text = plan.explain(*world, ["crossed"])
    assert '"across": "day"' in text
    told = steps(text)
    assert told["6. finish crossed"][1:] == ("row_kind, page, column_kind, day", ["row_kind", "page", "column_kind", "day", "events", "people"])
    assert told["2. read"][2] == ["person", "t", "d_page"]


def test_a_preset_is_said_with_what_it_sets_and_what_is_otherwise(world):
    [said] = [line for line in plan.explain(*world, ["as_there"]).splitlines() if line.startswith("4. kernel")]
    options, preset = said.split("; preset posthog sets ")
    assert '"preset": "posthog"' in options
    assert '"window": "1 day"' in options
    set_, others = preset.split(", not ")
    assert json.loads(set_) == {
        "container": "person", "window_start": "any", "order": "ordered", "ties": "step_order", "one_event_one_step": True, "date_rule": "in_range",
    }  # fmt: skip
    assert others == "window"
    assert "preset" not in plan.explain(*world, ["path"]).split("Spark's plan")[0]


@pytest.mark.parametrize(("reader", "step", "operator"), [("auto", "Arrow opens the files", "Range"), ("spark", "a scan by Spark", "Exchange")])
def test_spark_s_plan_comes_last_and_is_the_reader_s(world, reader, step, operator):
    named, own = plan.explain(*world, ["pages"], reader=reader).split("Spark's plan of steps 1 to 4:\n")
    assert step in named
    assert "== Physical Plan ==" in own
    assert "MapInArrow" in own
    assert operator in own


def test_nothing_is_written(world):
    lake, project = world
    before = {path: path.stat().st_mtime_ns for path in Path(lake.location).rglob("*") if path.is_file()}
    plan.explain(lake, project)
    assert {path: path.stat().st_mtime_ns for path in Path(lake.location).rglob("*") if path.is_file()} == before
