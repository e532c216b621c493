"""A crash inside the stream, and before a later publish: running again is the whole repair."""

import pytest

from cja_spark.sinks.deliver import deliver
from tests.unit.audiences.world import World, day

RUNS = [(day(0), dict.fromkeys("abcd")), (day(5), dict.fromkeys("bcde"))]


@pytest.mark.fault("F1")
def test_a_crash_inside_the_stream_comes_out_as_it_is_and_the_batch_comes_again(place, crash):
    world, runs = World(place, "streamed"), [(day(0), dict.fromkeys(["s1", "s2", "s3", "s4"]))]  # nobody is there yet
    world.publish(*runs[0])
    sinks = {"profiles": world.sink}
    crash("delta.before_merge", lambda: deliver(place, sinks, [world.audience]))
    receipt = deliver(place, sinks, [world.audience])
    assert [(one.runs, one.acked) for one in receipt.sinks] == [((1,), 4)]
    assert world.found() == world.expected(runs)


@pytest.mark.fault("F1")
def test_a_publish_with_a_later_instant_first_finishes_what_died(place, crash):
    world = World(place, "later")
    crash("outbox.after_commit", lambda: world.publish(*RUNS[0]))
    assert world.found(store=False)["members"] == []
    receipt = world.publish(*RUNS[1])
    assert (receipt.run_seq, receipt.enter, receipt.exit) == (2, 1, 1)
    expected = world.expected(RUNS)
    assert world.found(store=False) == {name: expected[name] for name in ("changes", "members")}
