"""A sink that is new: built from the members by hand, and by itself where its first run is gone."""

import pytest

from cja_spark.audiences.approvals import approve
from cja_spark.audiences.runs import seals
from cja_spark.audiences.tables import LEDGER
from cja_spark.driver_reads import equal
from cja_spark.errors import InputError
from cja_spark.sinks.again import Again, send_again
from cja_spark.sinks.spec import DeltaProfiles
from tests.unit.audiences.world import day
from tests.unit.sinks.again.given import PEOPLE, emptied, keys, send


def test_a_new_sink_is_built_from_the_members_and_for_others_that_run_is_empty(delivered_twice):
    world = delivered_twice
    old, world.sink = world.sink, DeltaProfiles(name="profiles", sink="delta")
    both = [old, world.sink]
    [receipt] = send_again(Again(rebuild="profiles"), world.lake, world.audience.name, world.id, both, "r1")
    assert (receipt.sink, receipt.runs, receipt.acked) == ("profiles", (3,), 8)  # nobody who left before
    assert [row[0] for row in world.found()["memberships"]] == keys(*PEOPLE[:8])
    assert world.deliver() == []
    world.sink = old
    assert world.deliver() == []
    assert {row[0] for row in world.rows(LEDGER, ("run_seq",), where=equal(sink_id=old.name))} == {1, 2}


@pytest.mark.fault("F1")
def test_a_new_sink_begins_with_the_members_where_its_first_run_is_gone(delivered_twice, crash):
    world = delivered_twice
    emptied(world)
    world.sink = DeltaProfiles(name="profiles", sink="delta")
    crash("bootstrap.committed", world.deliver)
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked, receipt.exit_code, receipt.next_action) == ((3,), 8, 0, None)
    assert [row[0] for row in world.found()["memberships"]] == keys(*PEOPLE[:8])
    world.publish(day(2), PEOPLE[:7])
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((4,), 1)


@pytest.mark.fault("F1")
def test_a_new_sink_waits_while_the_last_run_is_not_finished(delivered, crash):
    world = delivered
    emptied(world)
    crash("outbox.after_commit", lambda: world.publish(day(1), PEOPLE[:8]))
    old, world.sink = world.sink, DeltaProfiles(name="profiles", sink="delta")
    [receipt] = world.deliver()
    assert (receipt.state, receipt.exit_code, receipt.acked) == ("failed", 3, 0)
    assert receipt.reason.endswith("begin with the members: cja deliver --rebuild SINK.")
    world.publish(day(1), PEOPLE[:8])
    [receipt] = world.deliver()
    assert (receipt.state, receipt.acked) == ("done", 8)
    assert [seal.target_sink for seal in seals(world.lake, world.id)] == [None, None, "profiles"]
    world.sink = old
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((2,), 4)


@pytest.mark.parametrize("yes", [False, True], ids=["blocked", "approved"])
def test_a_run_that_is_held_back_keeps_its_number_and_its_changes(delivered, yes):
    """Step 5: a rebuild is refused and a new sink waits, until what somebody looks at is committed."""
    world = delivered
    assert world.publish(day(1), []).guard == ("empty_result",)
    if yes:
        approve(world.lake, world.audience.name, approved_by="me")
    with pytest.raises(InputError, match=r"^Run 2 of aud_\w+ is held back \(empty_result\), and a rebuild would drop its changes\."):
        send(world, rebuild=world.sink.name)
    emptied(world)
    old, world.sink = world.sink, DeltaProfiles(name="profiles", sink="delta")
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked) == (3, 0)
    assert [seal.run_seq for seal in seals(world.lake, world.id)] == [1]
    if not yes:
        approve(world.lake, world.audience.name, approved_by="me")
    receipt = world.publish(day(2), PEOPLE)
    assert (receipt.state, receipt.run_seq, receipt.as_of, receipt.exit) == ("committed", 2, day(1), 12)
    world.sink = old
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked) == ((2,), 12)
    [receipt] = send(world, rebuild=world.sink.name)
    assert (receipt.runs, receipt.exit_code) == ((3,), 0)
