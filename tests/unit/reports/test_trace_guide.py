"""docs/explaining.md, one person's journey: the project of the guide, on a small lake, prints what the guide shows."""

from __future__ import annotations

import json
import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from cja_spark import plan
from cja_spark.lake import Lake
from cja_spark.reports.table import Table
from cja_spark.tracing import Trace, trace
from cja_spark.verbs import parser
from cja_spark.verbs.trace_lines import as_json, as_text, in_lines, lines_of
from tests.unit.reports.world import START, events_of, fill, project_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "explaining.md").read_text(encoding="utf-8")
SECTION = GUIDE[GUIDE.index("## One person's journey") :]
VIEW, REPORT = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL))
PRINTED = re.findall(r"```text\n\$ (cja trace [^\n]*)\n(.*?)\n```", SECTION, re.DOTALL)


def event(number, page, load, *, minutes):
    row = list(events_of("ann", 1, START + timedelta(minutes=minutes))[0])
    row[-3], row[-2], row[-1] = number, page, load
    return tuple(row)


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    place = tmp_path_factory.mktemp("guide")
    lake = Lake(spark, str(place / "lake"))
    report = Table.model_validate({"name": "pages", **REPORT})
    project = project_of(place, (report,), **{key: value for key, value in VIEW.items() if key != "name"})
    fill(lake, [event(0, "home", None, minutes=0), event(1, None, None, minutes=1), event(2, "help", 2, minutes=2), event(3, "buy", 8, minutes=60)])
    plan.journey(lake, project)
    return lake, project


def found_by(world, command) -> Trace:
    asked = parser().parse_args(shlex.split(command.replace("…", "somewhere"))[1:])
    return trace(*world, asked.person, asked.names, report=asked.report, credit=asked.credit)


@pytest.mark.parametrize(("command", "printed"), PRINTED, ids=[command for command, _ in PRINTED])
def test_the_guide_shows_what_is_printed(world, command, printed):
    assert as_text(found_by(world, command)) == printed


def test_the_guide_has_its_examples():
    assert len(PRINTED) == 3


def test_programs_get_the_same_as_json(world):
    found = found_by(world, PRINTED[0][0])
    said = json.loads(as_json(found))
    assert (said["person"], said["range"], said["time_zone"], said["notes"]) == ("ann", ["2026-01-05", "2026-01-05"], "America/New_York", [])
    for name in ("events", "credits", "sums"):
        assert said[name] == getattr(found, name).to_pylist(), name
    assert said["formulas"]["even"] == "attributed(units, linear) / units"


def test_lines_are_in_columns_numbers_to_the_right_and_nothing_is_a_dash(world):
    head, *lines = in_lines(trace(*world, "ann", ["page", "units", "helped"]).events)
    assert head.split() == ["event", "time", "in_range", "session", "page", "units", "helped", "kept"]
    assert lines[1].split()[4:] == ["-", "-", "yes", "yes"]
    assert head.index("page") == lines[0].index("home")
    assert head.index("units") + len("units") == lines[3].index("8") + 1
    assert lines_of(["a", "long"], [(1.5, "x"), (10, None), (None, "y")]) == ["  a  long", "1.5  x", " 10  -", "  -  y"]
