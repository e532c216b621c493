"""Runs and whole stores sent once more: nothing goes back, and what the last run was made of is kept."""

import pytest

from cja_spark.audiences.claims import claimed
from cja_spark.audiences.runs import last_run, seals
from cja_spark.audiences.tables import RUNS
from cja_spark.cli import main
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.sinks.again import Again
from tests.unit.audiences.world import day
from tests.unit.sinks.again.given import PEOPLE, keys, send, states


@pytest.mark.fault("F4")
def test_a_run_is_brought_again_and_nothing_goes_back(delivered_twice):
    world = delivered_twice
    before = world.sink.members(world.id)
    with_run_1_again = world.sink.rows("SELECT count(*) FROM sent")
    [receipt] = send(world, replay=world.sink.name, from_run=1)
    assert (receipt.runs, receipt.redo_rows, receipt.exit_code) == ((1, 2), 16, 0)
    assert receipt.balance.text() == "16 emitted = 16 acked + 0 dead + 0 suppressed + 0 pending"
    assert world.sink.members(world.id) == before
    assert world.sink.rows("SELECT count(*) FROM sent") > with_run_1_again
    [receipt] = send(world, replay=world.sink.name, from_run=2)
    assert receipt.runs == (2,)
    with pytest.raises(ConfigurationError, match="has no run 7 .* Runs: 1, 2"):
        send(world, replay=world.sink.name, from_run=7)


@pytest.mark.fault("F4")
def test_what_a_sink_knows_is_counted_once_when_its_run_is_brought_again(world):
    """Who was refused and then erased is suppressed, and not dead too."""
    world.sink = world.sink.model_copy(update={"remembers": True})
    world.sink.script(refuse=keys("p03"))
    world.deliver()
    refs = dict(row[:2] for row in world.found(store=False)["members"])
    world.suppress(refs["crm:p03"])
    [receipt] = send(world, replay=world.sink.name, from_run=1)
    assert (receipt.acked, receipt.dead, receipt.suppressed, receipt.redo_rows) == (11, 0, 1, 11)
    assert receipt.balance.text() == "12 emitted = 11 acked + 0 dead + 1 suppressed + 0 pending"


@pytest.mark.fault("F1")
def test_a_store_that_lost_everything_is_rebuilt_from_the_members(delivered_twice, crash):
    world = delivered_twice
    want = {row[:2] for row in world.sink.members(world.id)}
    members = world.found(store=False)["members"]
    world.sink.rows("DELETE FROM memberships")
    crash("bootstrap.committed", lambda: send(world, rebuild=world.sink.name))
    [receipt] = send(world, rebuild=world.sink.name)
    assert (receipt.runs, receipt.acked, receipt.exit_code) == ((3,), 12, 0)
    assert {row[:2] for row in world.sink.members(world.id)} == want
    assert world.found(store=False)["members"] == members
    assert [seal.target_sink for seal in seals(world.lake, world.id)] == [None, None, world.sink.name]
    world.publish(day(2), PEOPLE)
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((4,), 4)
    assert world.found(store=False)["members"][0][3:5] == (day(0), day(0))


def test_what_was_published_stays_published_after_a_rebuild(delivered):
    world = delivered
    send(world, rebuild=world.sink.name)
    assert world.publish(day(0), PEOPLE).reason == "nothing to do: this instant is published"


@pytest.mark.fault("F1")
def test_a_rebuild_that_died_keeps_what_the_last_run_was_made_of(world, crash):
    """Else an older source would not be seen, and the same publish again would end with 3."""
    world.publish(day(1), PEOPLE[:8], inputs={"journeys": 7})
    world.deliver()
    crash("bootstrap.committed", lambda: send(world, rebuild=world.sink.name))
    assert last_run(world.lake, world.id).inputs == {"journeys": 7}
    again = world.publish(day(1), PEOPLE[:8], inputs={"journeys": 7})
    assert (again.exit_code, again.run_seq, again.reason) == (0, 3, "resumed and finished")
    assert last_run(world.lake, world.id).inputs == {"journeys": 7}
    assert world.publish(day(2), PEOPLE[:7], inputs={"journeys": 6}).guard == ("stale_source",)


def test_a_rebuild_that_arrived_is_published_and_not_committed_for_ever(delivered):
    world = delivered
    send(world, rebuild=world.sink.name)
    assert states(world) == ["published", "published"]
    told = world.lake.table(RUNS).version()
    assert world.deliver() == []
    assert world.lake.table(RUNS).version() == told


@pytest.mark.fault("F1")
def test_a_run_that_is_finished_after_it_was_delivered_is_published_at_the_next_delivery(delivered, crash):
    """Its `committed` comes under a newer claim than its `published`, which is told once more then."""
    world = delivered
    crash("outbox.after_commit", lambda: world.publish(day(1), PEOPLE[:8]))
    world.deliver()
    assert states(world) == ["published", "published"]
    assert world.publish(day(1), PEOPLE[:8]).reason == "resumed and finished"
    assert states(world) == ["published", "committed"]
    assert world.deliver() == []
    assert states(world) == ["published", "published"]
    told = world.lake.table(RUNS).version()
    assert world.deliver() == []
    assert world.lake.table(RUNS).version() == told


def test_nothing_can_be_rebuilt_before_the_first_publish(place):
    from cja_spark.audiences.bootstrap import bootstrap

    with claimed(place, "aud_000000000000", "r1", "rebuild") as claim, pytest.raises(InputError, match="'cja publish' first"):
        bootstrap(place, "store", claim, used=False)


def test_a_sink_that_no_audience_has_is_named(world):
    with pytest.raises(ConfigurationError, match=r"Did you mean 'profiles'\?"):
        Again(replay="profile").require_some([world.audience])
    assert send(world, replay="elsewhere") == []


def test_a_first_run_without_a_replay_is_not_passed_over(tmp_path, capsys):
    asked = ["deliver", "--project", str(tmp_path), "--receipt", str(tmp_path / "told.json"), "--from-run", "3"]
    for other in ([], ["--rebuild", "store"], ["--retry-dead-letters"]):
        assert main([*asked, *other]) == 2
        assert "write --replay SINK beside it" in capsys.readouterr().err
