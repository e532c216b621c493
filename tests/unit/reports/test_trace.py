"""`cja trace`: the events of one person as a report sees them, and who gets the credit."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from cja_spark import plan
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.lake import Lake
from cja_spark.reports.table import Table
from cja_spark.tracing import trace
from cja_spark.verbs.trace import in_lines
from cja_spark.view.attribution import Attribution
from tests.unit.reports.world import START, events_of, fill, project_of

SAME = Attribution(model="same_touch")
VIEW = {
    "time_zone": "America/New_York",
    "dimensions": {"page": "page", "lasting": {"field": "page", "persistence": {"expiration": "session"}}, "upper": {"field": "page", "include": {"does_not_equal": "help"}}},
    "metrics": {"loads": {"field": "load", "attribution": {"model": "u_shaped"}}, "rate": {"calculate": "loads / events"}},
    "segments": {
        "helped": {"container": "session", "where": {"dimension": "page", "equals": "help"}},
        "home_then_help": {"container": "person", "include": "only_before", "where": {"then": [{"dimension": "page", "equals": "home"}, {"dimension": "page", "equals": "help"}]}},
    },
}  # fmt: skip


def event(number, page, load, *, minutes):
    row = list(events_of("ann", 1, START + timedelta(minutes=minutes))[0])
    row[-3], row[-2], row[-1] = number, page, load
    return tuple(row)


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    place = tmp_path_factory.mktemp("trace")
    lake = Lake(spark, str(place / "lake"))
    january = {"from": START.date(), "to": START.date()}
    project = project_of(place, (Table(name="pages", dimensions=("page",), metrics=("events",), range=january, segments=("helped",)),), **VIEW)
    rows = [event(0, "home", None, minutes=0), event(1, None, None, minutes=1), event(2, "help", 2, minutes=2), event(3, "buy", 8, minutes=60)]
    fill(lake, rows + events_of("bob", 2))
    plan.journey(lake, project)
    return lake, project


def column(table, name):
    return table[name].to_pylist()


def test_events_have_what_a_report_sees_of_them(world):
    found = trace(*world, "ann").events
    assert column(found, "event") == [1, 2, 3, 4]
    assert column(found, "time")[0] == "2026-01-05T05:00:00.000-05:00"
    assert column(found, "session") == [1, 1, 1, 2]
    assert column(found, "page") == ["home", None, "help", "buy"]
    assert column(found, "lasting") == ["home", "home", "help", "buy"]
    assert column(found, "lasting_set") == ["home", None, "help", "buy"]
    assert column(found, "upper") == ["home", None, None, "buy"]
    assert column(found, "loads") == [None, None, 2, 8]
    assert column(found, "helped") == [True, True, True, False]
    assert column(found, "home_then_help") == [True, False, False, False]
    assert found.column_names[-1] == "kept"


def test_a_report_gives_its_range_and_segments(world):
    found = trace(*world, "ann", ["page"], report="pages").events
    assert found.column_names == ["event", "time", "in_range", "session", "page", "kept"]
    assert column(found, "kept") == [True, True, True, False]


def test_each_conversion_says_who_gets_its_credit(world):
    found = trace(*world, "ann", ["loads"], credit="page").credits.to_pylist()
    assert [(row["event"], row["amount"], row["touch"], row["value"], row["credit"]) for row in found] == [
        (3, 2, 1, "home", 1.0), (3, 2, 3, "help", 1.0),
        (4, 8, 1, "home", pytest.approx(3.2)), (4, 8, 3, "help", pytest.approx(1.6)), (4, 8, 4, "buy", pytest.approx(3.2)),
    ]  # fmt: skip
    assert trace(*world, "ann", ["loads"]).credits.num_rows == 0


def test_credit_of_a_conversion_sums_to_its_amount(world):
    found = trace(*world, "bob", ["loads"], credit="upper").credits.to_pylist()
    assert [(row["event"], row["touch"], row["value"], row["credit"]) for row in found] == [(1, 1, "home", 1.0), (2, 1, "home", 0.5), (2, 2, "home", 0.5)]


def test_a_conversion_that_no_value_came_before_says_so(world):
    lake, project = world
    view = project.view.model_copy(update={"metrics": {"loads": project.view.metrics["loads"].model_copy(update={"attribution": SAME})}})
    other = project.model_copy(update={"view": view})
    found = trace(lake, other, "ann", ["loads"], credit="upper").credits.to_pylist()
    assert [(row["event"], row["touch"], row["credit"]) for row in found] == [(3, None, 2.0), (4, 4, 8.0)]


def test_standard_components_are_shown_too(world):
    standard = trace(*world, "ann", ["loads", "event_depth", "time_spent_seconds"], credit="event_depth").events
    assert column(standard, "event_depth") == ["1", "2", "3", "1"]
    assert column(standard, "time_spent_seconds") == [60, 60, None, None]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"names": ["pgae"]}, "No component named 'pgae'. Did you mean 'page'"),
        ({"names": ["rate"]}, "'rate' is a calculated metric, which exists only as a sum"),
        ({"report": "pagse"}, "No report named 'pagse'. Did you mean 'pages'"),
        ({"credit": "pgae"}, "No dimension named 'pgae'. Did you mean 'page'"),
    ],
)
def test_an_unknown_name_is_told(world, asked, said):
    with pytest.raises(ConfigurationError, match=said):
        trace(*world, "ann", **asked)


def test_a_person_who_is_not_there_is_told(world):
    with pytest.raises(InputError, match="person 'eve' has no event in what the trace reads"):
        trace(*world, "eve")


def test_the_guide_shows_what_is_printed(world):
    guide = (Path(__file__).resolve().parents[3] / "docs" / "explaining.md").read_text(encoding="utf-8")
    [printed] = re.findall(r"```text\n(event .*?)\n```", guide, re.DOTALL)
    assert "\n".join(in_lines(trace(*world, "ann", ["page", "lasting", "loads", "helped"]).events)) == printed


def test_lines_are_in_columns_and_nothing_is_a_dash(world):
    head, *lines = in_lines(trace(*world, "ann", ["page", "loads", "helped"]).events)
    assert head.split() == ["event", "time", "in_range", "session", "page", "loads", "helped", "kept"]
    assert lines[1].split()[4:] == ["-", "-", "yes", "yes"]
    assert head.index("page") == lines[0].index("home")
