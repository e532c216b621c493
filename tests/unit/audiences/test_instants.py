"""Which instant a publish speaks of: what is new is told, also when the newest event stays the newest."""

import re

import pytest
from pyspark.sql import functions as F

from cja_spark import audience_people, publishing
from cja_spark.audiences.runs import last_run
from cja_spark.audiences.tables import CHANGES, RUNS
from cja_spark.driver_reads import equal
from cja_spark.errors import StaleError
from tests.jobs.lakes import versions
from tests.unit.audiences.shop import build, event, members, project_and_lake, shop_with
from tests.unit.audiences.world import World, day


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    return shop_with(tmp_path_factory.mktemp("shop"), "buyers")


def test_a_late_row_brings_its_person_and_a_second_publish_commits_nothing(spark, shop):
    assert shop.run("publish") == 0
    assert members(spark, shop) == ["ann", "bob"]
    build(shop, event(3, "2026-01-01T08:00:00Z", "cid"))  # earlier than the newest event
    assert shop.run("publish") == 0
    assert members(spark, shop) == ["ann", "bob", "cid"]
    before = versions(shop.lake)
    assert shop.run("publish") == 0
    assert versions(shop.lake) == before


@pytest.mark.fault("F18")
def test_an_instant_that_is_told_is_refused_when_its_data_changed_since(spark, shop):
    project, lake = project_and_lake(spark, shop)
    publishing.publish(lake, project)
    told = max(row["seal"]["as_of"] for row in lake.table(CHANGES).rows("seal", where=equal(op="seal")))
    build(shop, event(4, "2026-01-01T09:00:00Z", "dan"))
    [receipt] = publishing.publish(lake, project, as_of=told)
    assert (receipt.state, receipt.exit_code) == ("failed", StaleError.exit_code)
    assert re.search(r"stale_as_of: run \d of audience 'buyers'.*journeys \(version \d+, now \d+\)", receipt.reason)
    assert "dan" not in members(spark, shop)


def test_the_journeys_are_read_in_the_version_that_the_run_records(spark, shop):
    project, lake = project_and_lake(spark, shop)
    build(shop, event(5, "2026-01-01T10:00:00Z", "eve"))
    version = lake.journeys("shop").version()
    people = audience_people.people(lake, project, project.audiences["buyers"], day(-300), day(0), version=version)
    build(shop, event(6, "2026-01-01T11:00:00Z", "fay"))
    assert sorted(row["person_id"] for row in people.collect()) == ["ann", "bob", "cid", "dan", "eve"]
    publishing.publish(lake, project)
    recorded = lake.table(RUNS).read().orderBy(F.desc("epoch")).select("inputs").first()["inputs"]
    assert recorded == f'{{"journeys": {lake.journeys("shop").version()}}}'


def test_without_a_wish_the_instant_moves_only_when_there_is_something_new(place):
    world = World(place, "movers")
    told = [
        world.publish(as_of, dict.fromkeys("ab"), moves=True, inputs={"journeys": version}, definition=definition).as_of
        for as_of, version, definition in (
            (day(3), 1, "{}"), (day(3), 1, "{}"), (day(2), 1, "{}"), (day(3), 2, "{}"), (day(3), 2, '{"x":1}'),
            (day(4), 2, '{"x":1}'),
        )
    ]
    assert [(moment - day(3)).total_seconds() * 1000 for moment in told] == [0, 0, 0, 1, 2, 86_400_000]
    assert last_run(place, world.id).seal.run_seq == 4


@pytest.mark.fault("F1")
def test_a_run_that_died_is_finished_with_the_inputs_that_it_was_made_of(place, monkeypatch):
    from cja_spark.failpoints import InjectedFault, forget_hits

    world = World(place, "resumed")
    monkeypatch.setenv("CJA_FAILPOINTS", "outbox.after_commit=raise@1")
    forget_hits()
    with pytest.raises(InjectedFault):
        world.publish(day(1), dict.fromkeys("a"), moves=True, inputs={"journeys": 1})
    monkeypatch.delenv("CJA_FAILPOINTS")
    receipt = world.publish(day(1), dict.fromkeys("ab"), moves=True, inputs={"journeys": 2})
    assert (receipt.run_seq, receipt.enter, receipt.people) == (2, 1, 2)
    rows = world.rows(RUNS, ("run_seq", "inputs"), where=equal(audience_id=world.id, state="committed"))
    assert rows == [(1, '{"journeys": 1}'), (2, '{"journeys": 2}')]
