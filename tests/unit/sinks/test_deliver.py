"""From people sets to the profile store: random sequences against plain Python, and the stream over the outbox."""

import json
import random
import re

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

from cja_spark.audiences.outbox import changes_of
from cja_spark.audiences.runs import audience_run_state, seals
from cja_spark.audiences.tables import LEDGER
from cja_spark.driver_reads import equal
from cja_spark.errors import InputError
from cja_spark.scratch import remove_folder, work_folder
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES, apply, profile_segment_membership
from cja_spark.sinks.ledger import Taken, open_runs
from cja_spark.sinks.outage import outage
from cja_spark.sinks.spec import DeltaProfiles
from tests.unit.audiences.world import World, day

SINK = "profiles"


def people_sets(seed, runs, persons):
    """Random sets: persons enter, leave, come back, change their attributes; a gap of days makes heartbeats due."""
    drawn = random.Random(seed)
    when, found = 0, []
    for _ in range(runs):
        when += drawn.choice([1, 2, 4])
        inside = [f"p{at}" for at in range(persons) if drawn.random() < 0.6]
        found.append((day(when), {id_: drawn.choice([None, '{"tier":"gold"}', '{"tier":null}']) for id_ in inside}))
    return found


@pytest.fixture(scope="module")
def delivered(place):
    world = World(place, "visitors")
    runs = people_sets(7, 5, 40)
    for at, run in enumerate(runs):
        world.publish(*run)
        if at in (1, 4):  # two runs wait, then three
            receipt = deliver(place, {SINK: world.sink}, [world.audience])
            assert [one.runs for one in receipt.sinks] == [(1, 2) if at == 1 else (3, 4, 5)]
    return world, runs


def test_a12_random_sequences_end_as_plain_python_says(delivered):
    world, runs = delivered
    found, expected = world.found(), world.expected(runs)
    assert {row[1] for row in expected["changes"]} == {"enter", "update", "exit", "heartbeat"}
    for name in expected:
        assert found[name] == expected[name], name


def test_no_key_is_there_twice(delivered):
    world, _ = delivered
    for name, keys in (("changes", 4), ("members", 1), ("memberships", 1), ("profiles", 1)):
        rows = world.found()[name]
        first = [(row[0], row[3]) if keys == 4 else row[0] for row in rows]
        assert len(first) == len(set(first)), name


def test_the_ledger_adds_up_to_what_was_emitted_and_the_runs_are_published(delivered):
    world, runs = delivered
    ledger = world.rows(LEDGER, ("run_seq", "chunk", "acked", "rejected", "suppressed"), where=equal(audience_id=world.id))
    per_run = {}
    for row in world.expected(runs)["changes"]:
        per_run[row[0]] = per_run.get(row[0], 0) + 1
    assert ledger == [(run, 0, rows, 0, 0) for run, rows in sorted(per_run.items())]
    states = audience_run_state(world.lake).where(F.col("audience_id") == world.id).collect()
    assert {row["state"] for row in states} == {"published"}
    assert all(json.loads(row["sinks"])[SINK]["state"] == "done" for row in states)


@pytest.mark.fault("F4")
def test_delivering_again_does_nothing_even_without_the_checkpoint(delivered):
    world, _ = delivered
    before = world.versions() | {"store": world.lake.table(PROFILES, SINK).version()}
    remove_folder(world.lake, work_folder(world.lake, "_checkpoints/deliver"))
    receipt = deliver(world.lake, {SINK: world.sink}, [world.audience])
    assert receipt.sinks == ()
    assert world.versions() | {"store": world.lake.table(PROFILES, SINK).version()} == before


@pytest.mark.fault("F4")
def test_an_old_run_applied_late_changes_no_row(delivered):
    world, _ = delivered
    before = world.found()
    old = seals(world.lake, world.id)[0]
    apply(world.lake, world.sink, changes_of(world.lake, old).drop("seal"), old)
    assert world.found() == before


@pytest.mark.fault("F4")
def test_an_exit_that_comes_first_keeps_a_late_enter_out_and_equal_keys_are_one_row(place):
    """K8, M1, M2, M7."""
    world, store = World(place, "late"), DeltaProfiles(name="late_store", sink="delta")
    world.publish(day(0), dict.fromkeys("ab"))
    world.publish(day(1), dict.fromkeys("a"))
    for seal in reversed(seals(place, world.id)):
        changes = changes_of(place, seal).drop("seal")
        apply(place, store, changes.union(changes), seal)
    rows = place.table(MEMBERSHIPS, store.name).rows("profile_key", "status", "run_seq")
    assert sorted(map(tuple, (row.values() for row in rows))) == [("crm:a", "realized", 1), ("crm:b", "exited", 2)]
    assert sorted(row["profile_key"] for row in place.table(PROFILES, store.name).rows("profile_key")) == ["crm:a", "crm:b"]


def test_the_store_gives_xdms_map(delivered):
    world, runs = delivered
    rows = profile_segment_membership(world.lake, world.sink).collect()
    found = {row["profile_key"]: row["segment_membership"][world.id] for row in rows if world.id in row["segment_membership"]}
    expected = {row[0]: (row[2], str(row[6])) for row in world.expected(runs)["memberships"]}
    assert {key: (state["status"], state["version"]) for key, state in found.items()} == expected


def test_an_erased_person_is_not_delivered_and_is_counted(place):
    world = World(place, "erased")
    world.publish(day(0), dict.fromkeys("ab"))
    ref = next(row[1] for row in world.found(store=False)["members"] if row[0] == "crm:a")
    world.suppress(ref)
    receipt = world.deliver()[0]
    assert (receipt.acked, receipt.suppressed, receipt.profiles_created) == (1, 1, 1)
    assert [row[0] for row in world.found()["memberships"]] == ["crm:b"]


@pytest.mark.fault("F7")
def test_a_place_that_only_the_file_system_of_the_jvm_cannot_reach_is_an_outage_too(place):
    world = World(place, "refused")
    world.publish(day(0), dict.fromkeys("xyz"))
    world.sink = DeltaProfiles(name=SINK, sink="delta", location="hdfs://localhost:1/store")
    hadoop = place.spark._jsc.hadoopConfiguration()
    hadoop.set("ipc.client.connect.max.retries", "0")
    try:
        [receipt] = world.deliver()
    finally:
        hadoop.unset("ipc.client.connect.max.retries")
    assert (receipt.state, receipt.exit_code, receipt.acked, receipt.pending) == ("unavailable", 6, 0, 3)
    assert re.search(r"hdfs://localhost:1/store cannot be written: \w*Exception\.", receipt.reason)
    state = audience_run_state(place).where(F.col("audience_id") == world.id).collect()[0]
    assert (state["state"], state["exit_code"], json.loads(state["sinks"])[SINK]["pending"]) == ("partial", 6, 3)


def test_a_mistake_in_a_query_is_no_outage(spark):
    with pytest.raises(AnalysisException) as raised:
        spark.table("not_there").collect()
    assert outage(raised.value) is None
    assert outage(ValueError("x")) is None


def test_runs_must_follow_one_another():
    from cja_spark.audiences.runs import Counts, Seal

    def seal(run):
        return Seal("aud_000000000000", run, "r", 1, "refresh", day(run), 0, 1, "0:0", 1, Counts())

    done = {(SINK, 1): Taken(frozenset({0}), 0)}
    assert [one.run_seq for one in open_runs(SINK, [seal(1), seal(2), seal(3)], done)] == [2, 3]
    for gap in ([seal(1), seal(3)], [seal(3)]):
        with pytest.raises(InputError, match="outbox_gap"):
            open_runs(SINK, gap, done)
    with pytest.raises(InputError, match="outbox_gap"):
        open_runs(SINK, [seal(2)], {})
