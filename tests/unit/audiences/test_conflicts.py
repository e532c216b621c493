"""D7: what another commit got in the way of is written again, from a fresh snapshot, five times in all."""

import re
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from delta.exceptions import ConcurrentAppendException, MetadataChangedException
from pyspark.errors import PySparkException

from cja_spark import conflicts
from cja_spark.audiences.outbox import changes_of
from cja_spark.audiences.register import change, find
from cja_spark.audiences.runs import seals
from cja_spark.conflicts import ATTEMPTS, despite_conflicts
from cja_spark.errors import InputError
from cja_spark.lake import Lake
from cja_spark.sinks import delta_profiles
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.table import Table
from tests.unit.audiences.world import World, day

PACKAGE = Path(__file__).resolve().parents[3] / "cja_spark"
TABLE = SimpleNamespace(spec=SimpleNamespace(name="profile_store/profiles"))


def rows():
    return ConcurrentAppendException("[DELTA_CONCURRENT_APPEND.WITHOUT_HINT] ConcurrentAppendException: Files were added", "", None)


def columns():
    return MetadataChangedException("[DELTA_METADATA_CHANGED] MetadataChangedException: The metadata has been changed", "", None)


def attempted(*faults, drawn=0.5):
    """Write where some attempts end with a fault; the waits, and what was raised."""
    left, waits, made = [*faults], [], []

    def write():
        made.append(None)
        if left:
            raise left.pop(0)

    try:
        despite_conflicts(TABLE, write, sleep=waits.append, draw=lambda: drawn)
    except Exception as error:
        return waits, len(made), error
    return waits, len(made), None


@pytest.mark.fault("F8")
def test_d7_a_write_is_made_again_five_times_in_all_and_the_waits_grow():
    assert attempted(rows()) == ([2.25], 2, None)
    assert attempted(*(rows() for _ in range(4)), drawn=0.0) == ([0.5] * 4, 5, None)
    waits, made, error = attempted(*(rows() for _ in range(9)), drawn=1.0)
    assert (waits, made, type(error)) == ([4, 16, 30, 30], ATTEMPTS, ConcurrentAppendException)


@pytest.mark.fault("F8")
def test_d7_a_table_that_changed_is_planned_anew_once_and_then_ends_with_3():
    assert attempted(columns())[1:] == (2, None)
    assert attempted(rows(), columns(), rows())[1:] == (4, None)
    _, made, error = attempted(columns(), columns())
    assert (made, type(error), error.exit_code) == (2, InputError, 3)
    assert str(error).startswith("profile_store/profiles: its columns or its protocol changed while it was written.")


def test_what_is_no_conflict_is_raised_at_once():
    for fault in (PySparkException("[DIVIDE_BY_ZERO]"), ValueError("x")):
        waits, made, error = attempted(fault)
        assert (waits, made, error) == ([], 1, fault)


def test_every_merge_of_the_package_is_made_again():
    """Whoever writes the next one finds `merge_into` instead."""
    here = {str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py") if re.search(r"\)\.execute\(\)", file.read_text(encoding="utf-8"))}
    assert here == {"conflicts.py"}


def meeting(folder, monkeypatch, first, other):
    """Run `first(slow)`, and `other` while rows that went through `slow` are on their way; gives how many waits there were."""
    begun, go, waits = folder / "begun", folder / "go", []
    monkeypatch.setattr(conflicts, "_wait", lambda attempt, drawn: waits.append(attempt) or 0.0)

    def stay(batches):
        begun.touch()
        until = time.monotonic() + 120
        while not go.exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield from batches

    def meanwhile():
        while not begun.exists():
            time.sleep(0.05)
        other()
        go.touch()

    thread = threading.Thread(target=meanwhile)
    thread.start()
    first(lambda frame: frame.coalesce(1).mapInArrow(stay, frame.schema))  # the others need a core too
    thread.join(300)
    return waits


@pytest.mark.fault("F8")
def test_two_processes_that_bring_audiences_into_one_store_both_end_well(place, spark, tmp_path, monkeypatch):
    """No lock of this process keeps two processes apart, and none of a lake two lakes that share a store."""
    monkeypatch.setattr(delta_profiles, "_one_at_a_time", nullcontext())
    store = DeltaProfiles(name="profiles", sink="delta", location=str(tmp_path / "store"))
    one, other = (World(place, f"sharing{at}") for at in range(2))
    for world in (one, other):
        world.publish(day(0), [f"{world.audience.name}-{person}" for person in range(3)])
    ids = {world: world.id for world in (one, other)}

    def apply(world, lake, slow=lambda frame: frame):
        [seal] = seals(lake, ids[world])
        delta_profiles.apply(lake, store, slow(changes_of(lake, seal).drop("seal")), seal)

    elsewhere = Lake(spark.newSession(), place.location)
    waits = meeting(tmp_path, monkeypatch, lambda slow: apply(one, place, slow), lambda: apply(other, elsewhere))
    assert waits == [1]
    lake = delta_profiles.store_of(place, store)
    keys = sorted(row["profile_key"] for row in lake.table(PROFILES, store.name).rows("profile_key"))
    assert keys == [f"crm:sharing{at}-{person}" for at in range(2) for person in range(3)]
    assert lake.table(MEMBERSHIPS, store.name).count() == 6


@pytest.mark.fault("F8")
def test_two_audiences_whose_entries_change_at_once_both_have_their_change(place, spark, tmp_path, monkeypatch):
    one, other = (World(place, f"entered{at}") for at in range(2))
    for world in (one, other):
        world.publish(day(0), dict.fromkeys("ab"))
    elsewhere, whole = Lake(spark.newSession(), place.location), Table.frame

    def pause(slow):
        monkeypatch.setattr(Table, "frame", lambda table, told: slow(whole(table, told)))
        change(place, find(place, one.audience.name), status="paused")

    def pause_other():
        monkeypatch.setattr(Table, "frame", whole)
        change(elsewhere, find(elsewhere, other.audience.name), status="paused")

    assert meeting(tmp_path, monkeypatch, pause, pause_other) == [1]
    assert [find(place, world.audience.name).status for world in (one, other)] == ["paused", "paused"]


@pytest.mark.fault("F8")
def test_a_conflict_that_stays_is_the_sinks_receipt_and_holds_up_no_other_audience(place, monkeypatch):
    worlds = [World(place, f"meeting{at}") for at in range(2)]
    for world in worlds:
        world.publish(day(0), dict.fromkeys("ab"))
    whole = delta_profiles._merge_profiles

    def conflicting(target, sink, changes, seal):
        if seal.audience_id == find(place, "meeting0").audience_id:
            raise rows()
        whole(target, sink, changes, seal)

    monkeypatch.setattr(delta_profiles, "_merge_profiles", conflicting)
    receipt = deliver(place, {"profiles": worlds[0].sink}, [world.audience for world in worlds])
    told = {one.audience: (one.state, one.exit_code, one.pending) for one in receipt.sinks}
    assert told == {"meeting0": ("unavailable", 6, 2), "meeting1": ("done", 0, 0)}
    assert "another run changed a table at the same time" in next(one.reason for one in receipt.sinks if one.exit_code)
    monkeypatch.undo()
    assert deliver(place, {"profiles": worlds[0].sink}, [world.audience for world in worlds]).exit_code == 0


@pytest.mark.fault("F14")
def test_what_spark_fails_at_outside_a_sink_is_the_receipt_of_its_audience_alone(place, monkeypatch):
    from cja_spark.sinks import deliver as delivering

    worlds = [World(place, f"looked{at}") for at in range(2)]
    for world in worlds:
        world.publish(day(0), dict.fromkeys("ab"))
    whole = delivering.look

    def look(lake, audience_id, sinks, also=()):
        if audience_id == worlds[0].id:
            raise PySparkException("Job aborted: ExecutorLostFailure (executor 1 exited)")
        return whole(lake, audience_id, sinks, also)

    monkeypatch.setattr(delivering, "look", look)
    receipt = deliver(place, {"profiles": worlds[0].sink}, [world.audience for world in worlds])
    assert {one.audience: (one.state, one.exit_code) for one in receipt.sinks} == {"looked0": ("unavailable", 6), "looked1": ("done", 0)}
    assert "executors were lost" in receipt.sinks[0].reason
