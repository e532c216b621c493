"""A crash at every failpoint, one after the other: running again is the whole repair, and the tables end as undisturbed."""

import pytest

from cja_spark.audiences.runs import has_event, seals
from cja_spark.audiences.tables import DEAD_LETTERS, LEDGER
from cja_spark.driver_reads import equal
from tests.unit.audiences.world import World, day

BEFORE_COMMIT = (
    "claim.acquired", "eval.done", "diff.computed", "diff.staged", "guard.passed", "dlq.before_merge",
    "dlq.after_merge", "outbox.before_commit",
)  # fmt: skip
AFTER_COMMIT = (
    "outbox.after_commit", "members.before_merge", "members.after_merge", "run.before_announce", "run.after_announce",
)  # fmt: skip
DELIVERY = (
    "claim.acquired", "publish.chunk_start", "delta.profiles_merged", "delta.before_merge", "delta.after_merge",
    "ledger.before_append", "ledger.after_append", "reconcile.before", "reconcile.done",
)  # fmt: skip
FIRST, SECOND = dict.fromkeys("abcd"), {**dict.fromkeys("bcde"), "": None, "b": '{"tier":"gold"}'}
RUNS = [(day(0), FIRST), (day(5), {key: value for key, value in SECOND.items() if key})]


@pytest.mark.fault("F1")
def test_publish_and_deliver_survive_a_crash_at_every_step(place, crash):
    world = World(place, "survivors")
    world.publish(*RUNS[0])
    crash("claim.before_release", world.deliver)  # everything is done by then
    assert world.deliver() == []
    quiet = world.found()
    for name in BEFORE_COMMIT:
        crash(name, lambda: world.publish(day(5), SECOND))
        assert len(seals(place, world.id)) == 1, name
    assert world.found() == quiet
    for name in AFTER_COMMIT:
        crash(name, lambda: world.publish(day(5), SECOND))
        assert len(seals(place, world.id)) == 2, name
    assert world.publish(day(5), SECOND).run_seq == 2
    for name in DELIVERY:
        crash(name, world.deliver)
    assert world.deliver() == []
    found, expected = world.found(), world.expected(RUNS)
    for name in expected:
        assert found[name] == expected[name], name
    mine = equal(audience_id=world.id)
    assert set(world.rows(LEDGER, ("run_seq", "chunk", "acked", "rejected"), where=mine)) == {(1, 0, 4, 0), (2, 0, 5, 0)}
    assert world.rows(DEAD_LETTERS, ("sink_id", "error_code", "state"), where=mine) == [("_source", "identity_blank", "open")]
    assert has_event(place, world.id, 2, "published")
