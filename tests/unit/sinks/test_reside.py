"""A service that stays: what is committed arrives at a tick, what could not be brought at a later one, a signal ends it."""

import os
import shutil
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from cja_spark.audiences.claims import Claim, acquire
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.lake import Lake
from cja_spark.scratch import remove_folder, work_folder
from cja_spark.sinks import follow
from cja_spark.sinks.deliver import reside
from cja_spark.sources.failures import spark_errors
from cja_spark.stopping import Stopped, stopping
from tests.unit.audiences.world import World, day
from tests.unit.sinks.scripted import Scripted

EVERY = timedelta(milliseconds=200)
NUMBERS = count(1)


@pytest.fixture
def two(place, tmp_path):
    """An audience with two sinks, one of which can be away."""
    world = World(place, f"residents{next(NUMBERS)}", sinks=("profiles", "other"))
    world.publish(day(1), ["p1", "p2"])
    other = Scripted(name="other", sink="scripted", folder=str(tmp_path / "other"), attempts=1, give_up_after="0 s")
    return world, other, {"profiles": world.sink, "other": other}


def stay(world, sinks, tick, **options):
    """Stay until a tick says True; then somebody sends TERM."""
    receipts = []

    def told(receipt):
        receipts.append(receipt)
        if tick(len(receipts), receipt):
            os.kill(os.getpid(), signal.SIGTERM)

    with stopping(), pytest.raises(Stopped) as stopped:
        reside(world.lake, sinks, [world.audience], EVERY, told, **options)
    assert stopped.value.exit_code == 143
    return receipts


def test_what_is_committed_arrives_at_a_tick_and_what_was_away_at_a_later_one(two):
    world, other, sinks = two
    other.script(away=[0])

    def tick(number, receipt):
        if number == 1:
            assert {one.sink: one.exit_code for one in receipt.sinks} == {"profiles": 0, "other": 6}
            world.publish(day(2), ["p2", "p3"])
        if number == 2:
            assert {one.sink: one.pending for one in receipt.sinks} == {"profiles": 0, "other": 4}
            other.script()
        return number == 4

    receipts = stay(world, sinks, tick)
    assert [receipt.exit_code for receipt in receipts] == [6, 6, 0, 0]
    assert [one.sink for one in receipts[2].sinks] == ["other"]
    assert not receipts[3].sinks  # nothing new, nothing pending: a tick alone
    wanted = [("crm:p1", "exited", 2), ("crm:p2", "realized", 1), ("crm:p3", "realized", 2)]
    assert other.members(world.id) == wanted
    assert [row[:1] + row[2:3] + row[6:7] for row in world.found()["memberships"]] == wanted


def test_a_signal_between_two_ticks_ends_it_at_once(two):
    world, _, sinks = two
    first = threading.Event()

    def end():
        first.wait(60)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end).start()
    begun = time.monotonic()
    with stopping(), pytest.raises(Stopped):
        reside(world.lake, sinks, [world.audience], timedelta(hours=1), lambda receipt: first.set())
    assert first.is_set()
    assert time.monotonic() - begun < 60


def test_its_checkpoint_may_be_lost_or_damaged(two):
    world, other, sinks = two
    stay(world, sinks, lambda number, receipt: True)
    world.publish(day(2), ["p3"])
    offsets = work_folder(world.lake, "_checkpoints/reside/offsets")
    for file in Path(offsets).iterdir():
        file.write_text("v1\nnonsense")
    shutil.rmtree(work_folder(world.lake, "_checkpoints/reside/commits"))
    receipts = stay(world, sinks, lambda number, receipt: True)
    assert [one.runs for one in receipts[0].sinks] == [(2,), (2,)]
    assert [row[0] for row in other.members(world.id) if row[1] == "realized"] == ["crm:p3"]


@pytest.mark.fault("F11")
def test_a_damaged_outbox_ends_it_with_3_and_is_not_read_again_and_again(spark, audience_tables, tmp_path, monkeypatch):
    shutil.copytree(audience_tables, tmp_path / "lake")
    world = World(Lake(spark, str(tmp_path / "lake")), "damaged")
    world.publish(day(1), ["p1", "p2"])
    for file in (tmp_path / "lake" / "audience_changes").glob("*.parquet"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    begun_again, receipts = [], []

    def remove(lake, folder):
        begun_again.append(folder)
        assert len(begun_again) < 5
        remove_folder(lake, folder)

    monkeypatch.setattr(follow, "remove_folder", remove)
    with pytest.raises(InputError, match=r"\.parquet, a file of the lake, cannot be read"), spark_errors("deliver", world.lake.location):
        reside(world.lake, {"profiles": world.sink}, [world.audience], EVERY, receipts.append)
    assert (len(begun_again), receipts) == (1, [])


def test_what_bringing_raises_ends_it_at_once_and_is_raised_as_it_is(place, monkeypatch):
    def bring(audience_ids):
        raise ZeroDivisionError

    begun_again = []
    monkeypatch.setattr(follow, "remove_folder", lambda lake, folder: begun_again.append(folder))
    with pytest.raises(ZeroDivisionError):
        follow.keep_following(place, bring, EVERY)
    assert begun_again == []


def test_claims_of_the_dead_are_taken_at_the_first_tick_alone(place, two):
    world, _, sinks = two
    world.lake = Lake(place.spark, place.location)
    world.lake.__dict__["folder"] = None  # a lake on no disk of this machine: claims alone keep others out
    dead = Claim(world.lake, 0, world.id, "a dead one", "deliver", datetime.now(UTC))
    acquire(dead, take_over=False)

    def tick(number, receipt):
        if number == 1:
            world.publish(day(2), ["p3"])
            acquire(replace(dead, run_id="a living one"), take_over=False)
        return number == 2

    receipts = stay(world, sinks, tick, take_over=True)
    assert [{one.exit_code for one in receipt.sinks} for receipt in receipts] == [{0}, {7}]


def test_a_fault_of_the_settings_ends_it(two):
    world, _, sinks = two
    with pytest.raises(ConfigurationError, match="^No sink named 'other'"):
        reside(world.lake, {"profiles": sinks["profiles"]}, [world.audience], EVERY, lambda receipt: None)
