"""F14: a worker that dies, or is told to end, amid a wave: rows wait, and the same command brings them."""

import pytest

from cja_spark.audiences import outbox
from cja_spark.failpoints import VARIABLE, forget_hits
from tests.unit.audiences.world import World, day
from tests.unit.sinks.scripted import Scripted

PEOPLE = [f"p{at:02}" for at in range(12)]
IDLE = 4  # workers that died with their daemon at most: Spark takes each for an idle one once more, and has no second attempt on one machine


@pytest.mark.fault("F14")
@pytest.mark.parametrize("action", ["kill", "exit"])
def test_f14_a_worker_that_dies_leaves_rows_waiting_and_the_next_run_brings_them(place, tmp_path, monkeypatch, action):
    monkeypatch.setattr(outbox, "CHUNK", 4)
    world = World(place, f"dies_by_{action}")
    world.sink = Scripted(name=f"store_{action}", folder=str(tmp_path / "store"), concurrency=1, attempts=1, give_up_after="0 s")
    world.publish(day(0), PEOPLE)
    monkeypatch.setenv(VARIABLE, f"scripted.applied={action}@1")
    forget_hits()
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked, receipt.pending) == (6, 0, 12)
    assert "a Python worker ended unexpectedly" in receipt.reason
    monkeypatch.delenv(VARIABLE)
    for _ in range(IDLE + 1):
        [receipt] = world.deliver()
        if receipt.exit_code == 0:
            break
        assert (receipt.exit_code, receipt.acked, receipt.pending) == (6, 0, 12)
    assert (receipt.exit_code, receipt.acked, receipt.pending) == (0, 12, 0)
    assert [row[1:] for row in world.sink.members(world.id)] == [("realized", 1)] * 12
