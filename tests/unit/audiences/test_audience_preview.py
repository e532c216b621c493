"""What an audience would be: exact or estimated with its error, and nothing is written."""

import random

import pytest

from cja_spark.audience_preview import Estimate, preview_audience
from cja_spark.audiences.tables import TABLES
from cja_spark.errors import ConfigurationError
from cja_spark.verbs.places import instant
from tests.unit.audiences.shop import build, event, project_and_lake, shop_with

FIRST = "2026-01-03T09:00:00Z"


def test_a_preview_counts_who_would_enter_and_leave_and_writes_nothing(spark, tmp_path):
    other = shop_with(tmp_path, "buyers")
    before = sorted(tmp_path.rglob("*"))
    project, lake = project_and_lake(spark, other)
    told = preview_audience(lake, project, "buyers", as_of=instant(FIRST))
    assert (told.people, told.members, told.enter, told.leave, told.rejected, told.counted) == ((2, 0), 0, (2, 0), (0, 0), (0, 0), 1.0)
    assert set(told.samples["enter"]) == {"crm:…"}  # of three letters none can be read
    assert sorted(tmp_path.rglob("*")) == before  # no table, no copy, no pepper
    assert other.run("publish", "--as-of", FIRST) == 0
    build(other, event(7, "2026-02-04T10:00:00Z", "cornelius"), event(9, "2026-01-20T11:00:00Z", "ann"))
    moved = {spec.name: lake.table(spec).version() for spec in TABLES}
    told = preview_audience(lake, project, "buyers", as_of=instant("2026-02-05T00:00:00Z"))
    assert (told.people, told.members, told.enter, told.leave) == ((2, 0), 2, (1, 0), (1, 0))
    assert told.samples == {"enter": ("crm:co…",), "leave": ("crm:…",), "stay": ("crm:…",)}
    assert told.returned == {7: 0.0, 14: 0.0, 30: 0.5}  # of ann and bob, who belonged on January 6, ann came on the 20th
    assert "2 (0.0% of the 20,000,000 that can be published)" in told.text()
    assert {spec.name: lake.table(spec).version() for spec in TABLES} == moved
    part = preview_audience(lake, project, "buyers", as_of=instant("2026-02-05T00:00:00Z"), share=0.4)  # one bucket of two
    assert (part.counted, part.members, part.people.error > 0) == (0.5, 2, True)
    assert part.people.people + part.leave.people in (0, 2, 4, 6)
    assert "estimated from 50% of all persons" in part.text()
    assert other.run("preview", "buyers", "--share", "0") == 2
    with pytest.raises(ConfigurationError, match="No audience named 'byers'"):
        preview_audience(lake, project, "byers")


@pytest.mark.parametrize(("found", "share", "expected"), [(100, 1.0, (100, 0)), (100, 0.25, (400, 68)), (0, 0.5, (0, 3)), (0, 1.0, (0, 0))])
def test_an_estimate_is_scaled_and_has_the_error_of_its_share(found, share, expected):
    assert Estimate.of(found, share) == expected


def test_the_error_of_an_estimate_holds_19_times_of_20():
    drawn, held = random.Random(5), 0
    for _ in range(400):
        estimate = Estimate.of(sum(drawn.random() < 0.2 for _ in range(1000)), 0.2)
        held += abs(estimate.people - 1000) <= estimate.error
    assert 0.92 <= held / 400 <= 0.98
