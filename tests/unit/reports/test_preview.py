"""`cja preview`: the containers of the last 90 days in the connection and in the view."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cja_spark import plan
from cja_spark.errors import InputError
from cja_spark.lake import Lake
from cja_spark.previewing import preview
from tests.unit.reports.world import START, events_of, fill, project_of

VIEW = {
    "time_zone": "America/New_York",
    "containers": {"person": "visitor", "session": "visit", "event": "hit"},
    "dimensions": {"page": "page"},
    "view_segments": [{"container": "event", "where": {"dimension": "page", "does_not_equal": "robot"}}],
}


def event(person, number, page, *, after):
    row = list(events_of(person, 1, START + after)[0])
    row[-3], row[-2] = number, page
    return tuple(row)


EVENTS = [
    event("ann", 0, "home", after=timedelta()),
    event("ann", 1, "robot", after=timedelta(minutes=1)),
    event("ann", 2, "robot", after=timedelta(hours=2)),
    event("bob", 3, "robot", after=timedelta(hours=1)),
    event("cat", 4, "home", after=-timedelta(days=91)),
]


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    place = tmp_path_factory.mktemp("preview")
    project = project_of(place, (), **VIEW)
    lake = Lake(spark, str(place / "lake"))
    fill(lake, EVENTS)
    plan.journey(lake, project)
    return lake, project


@pytest.mark.parametrize("reader", ["arrow", "spark"])
def test_the_view_has_what_its_segments_leave(world, reader):
    found = preview(*world, reader=reader)
    assert (found.connection, found.view) == ((2, 3, 4), (1, 1, 1))
    assert found.text().splitlines()[1:] == [
        "container  connection  view   kept",
        "visitor             2     1  50.0%",
        "visit               3     1  33.3%",
        "hit                 4     1  25.0%",
    ]


def test_the_days_are_the_last_ninety_of_the_views_zone(world):
    found = preview(*world)
    last = START.date()
    assert found.text().splitlines()[0] == f"{last - timedelta(days=89)} to {last}"


def test_another_end_of_the_days_has_other_events(world):
    found = preview(*world, as_of=START - timedelta(days=90))
    assert (found.connection, found.view) == ((1, 1, 1), (1, 1, 1))


def test_days_without_events_have_no_shares(world):
    found = preview(*world, as_of=START - timedelta(days=900))
    assert found.connection == (0, 0, 0)
    assert [line.split()[-1] for line in found.text().splitlines()[2:]] == ["-", "-", "-"]


def test_people_with_too_many_events_are_in_neither_and_said(world):
    lake, project = world
    found = preview(lake, project.model_copy(update={"view": project.view.model_copy(update={"max_events": 2})}))
    assert (found.connection, found.view) == ((1, 1, 1), (0, 0, 0))
    assert found.text().splitlines()[-1] == "left out of both: 1 people with more events than max_events"


def test_before_journeys_are_built_it_says_so(spark, tmp_path):
    with pytest.raises(InputError, match="journey"):
        preview(Lake(spark, str(tmp_path / "lake")), project_of(tmp_path, (), **VIEW))
