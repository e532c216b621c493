"""Chunks in waves into a real store that fails by script: nothing lost, nothing twice, letters before the ledger."""

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.runs import audience_run_state
from cja_spark.audiences.tables import LEDGER
from cja_spark.sinks.waves import waves
from tests.unit.audiences.world import day
from tests.unit.sinks.waves.given import PEOPLE, keys, ledger, letters, state, whole


def test_all_chunks_arrive_and_every_row_is_accounted_for(world):
    [receipt] = world.deliver()
    assert (receipt.acked, receipt.dead, receipt.pending, receipt.exit_code) == (30, 0, 0, 0)
    assert receipt.balance.text() == "30 emitted = 30 acked + 0 dead + 0 suppressed + 0 pending"
    assert (receipt.requests, receipt.sent_bytes, receipt.redo_rows) == (8, 800, 0)
    assert world.sink.members(world.id) == whole(world)
    assert [row[:2] for row in ledger(world)] == [(1, chunk) for chunk in range(8)]
    assert sum(row[2] for row in ledger(world)) == 30
    assert state(world)[:2] == ("published", 0)
    versions = world.versions()
    assert world.deliver() == []
    assert world.versions() == versions


def test_a_wave_has_each_slot_once_and_an_old_owner_is_kept_out_first(world):
    assert [*waves([0, 1, 2, 3, 5, 6, 7], 3)] == [[0, 1, 2], [3, 5], [6, 7]]
    world.deliver()
    calls = world.sink.rows("SELECT what, chunk FROM calls ORDER BY rowid")
    assert calls[0] == ("own", None)
    assert sorted(chunk for what, chunk in calls[1:]) == [*range(8)]
    assert [sorted(chunk for _, chunk in calls[at:at + 3]) for at in (1, 4, 7)] == [[0, 1, 2], [3, 4, 5], [6, 7]]


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("publish.chunk_start", 0), ("publish.outcomes_written", 3), ("dlq.before_merge", 3), ("dlq.after_merge", 3),
        ("ledger.before_append", 3), ("ledger.after_append", 3), ("reconcile.before", 8), ("reconcile.done", 8),
        ("scripted.applied", 1),
    ],
)  # fmt: skip
@pytest.mark.fault("F1")
def test_killed_anywhere_and_run_again_nothing_is_lost_or_twice(world, crash, at, sent):
    poison = keys(*PEOPLE[::3])  # of every wave some
    world.sink.script(refuse=poison)
    crash(at, world.deliver)
    calls = "SELECT count(*) FROM calls WHERE what = 'apply'"
    [(before,)] = world.sink.rows(calls)
    assert sent <= before <= max(sent, 3 if at == "scripted.applied" else 0)
    [receipt] = world.deliver() or [None]
    assert [row[0] for row in letters(world)] == poison
    assert world.sink.members(world.id) == [row for row in whole(world) if row[0] not in poison]
    assert sum(row[2] for row in ledger(world)) == 20
    assert sum(row[3] for row in ledger(world)) == 10
    assert world.sink.rows(calls)[0][0] <= 8 + 3  # a wave at most is done again
    assert world.sink.rows("SELECT count(DISTINCT change_id) FROM sent") == [(20,)]
    assert receipt is None or receipt.balance.emitted == 30
    assert state(world)[:2] == ("partial", 4)


@pytest.mark.fault("F4")
def test_a_sink_that_knows_its_chunks_is_not_sent_them_again(world, crash):
    world.sink = world.sink.model_copy(update={"remembers": True})
    world.sink.script(refuse=keys("p03"))
    crash("ledger.before_append", world.deliver)
    done = {row[0] for row in world.sink.rows("SELECT chunk FROM chunks")}
    assert done == {0, 1, 2}
    [receipt] = world.deliver()
    applied = world.sink.rows("SELECT chunk FROM calls WHERE what = 'apply' ORDER BY chunk")
    assert [row[0] for row in applied] == [*range(8)]
    assert receipt.redo_rows == sum(row[2] for row in ledger(world) if row[1] in done)
    assert receipt.balance.text() == "30 emitted = 29 acked + 1 dead + 0 suppressed + 0 pending"


@pytest.mark.fault("F7")
def test_a_chunk_that_is_given_up_waits_without_letters_and_comes_later(world):
    """T6: nothing is passed over; the rest of the run goes on."""
    world.sink.script(away=[4])
    [receipt] = world.deliver()
    [(waiting,)] = {(30 - sum(row[2] for row in ledger(world)),)}
    assert (receipt.exit_code, receipt.state, receipt.pending) == (6, "unavailable", waiting)
    assert waiting > 0
    assert [row[1] for row in ledger(world)] == [0, 1, 2, 3, 5, 6, 7]
    assert letters(world) == []
    assert "network reset" in receipt.reason
    assert state(world)[0] == "partial"
    world.publish(day(1), PEOPLE[:20])
    [receipt] = world.deliver()
    assert {row[0] for row in ledger(world)} == {1}  # run 2 waits for run 1
    world.sink.script()
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.pending, receipt.runs) == (0, 0, (1, 2))
    gone = keys(*PEOPLE[20:])
    assert [row[0] for row in world.sink.members(world.id) if row[1] == "exited"] == gone


@pytest.mark.fault("F7")
def test_where_half_of_a_wave_is_given_up_the_sink_pauses(world):
    world.sink.script(away=[1, 2])
    [receipt] = world.deliver()
    assert [row[1] for row in ledger(world)] == [0]
    assert receipt.exit_code == 6


def test_an_attempt_is_repeated_while_the_clocks_allow(world):
    world.sink = world.sink.model_copy(update={"attempts": 5})
    world.sink.script(away_at_first=1)
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.acked) == (0, 30)
    assert world.sink.rows("SELECT count(*) FROM calls WHERE what = 'apply'") == [(9,)]


@pytest.mark.parametrize(
    ("script", "code", "said", "done"),
    [
        ({"fatal": [4]}, 6, "auth 401", [0, 1, 2, 3, 5]),
        ({"lost": [4]}, 7, "fenced 47", [0, 1, 2]),
        ({"bug": [4]}, 1, "ValueError scripted.py:", [0, 1, 2, 3, 5]),
        ({"lies": [1]}, 1, "contract rows_not_accounted_for", []),
    ],
)
@pytest.mark.fault("F7")
def test_what_ends_a_sink_ends_it_at_once_and_its_rows_wait(world, script, code, said, done):
    """T1, T5, T19: only what was acknowledged counts, and no word of the sink's is repeated."""
    world.sink.script(**script)
    [receipt] = world.deliver()
    assert receipt.exit_code == code
    assert said in receipt.reason
    assert "secret" not in receipt.reason
    assert [row[1] for row in ledger(world)] == done
    assert receipt.acked == sum(row[2] for row in ledger(world)) == 30 - receipt.pending
    assert letters(world) == []
    world.sink.script()
    world.deliver()
    assert world.sink.members(world.id) == whole(world)


def test_erased_persons_are_left_out_of_every_wave_and_counted(world):
    world.publish(day(1), [*PEOPLE, "gone1", "gone2", "there"])
    refs = dict(row[:2] for row in world.found(store=False)["members"])
    world.suppress(*(refs[key] for key in keys("gone1", "gone2")))
    [receipt] = world.deliver()
    assert (receipt.acked, receipt.suppressed, receipt.balance.emitted) == (31, 2, 33)
    assert {row[0] for row in world.sink.members(world.id)} == {*keys(*PEOPLE, "there")}
    assert state(world)[0] == "published"


def test_an_unconfirmed_sink_is_told_apart(world):
    world.sink.script(unconfirmed=True)
    [receipt] = world.deliver()
    assert (receipt.acked, receipt.unconfirmed) == (30, 30)


def test_a_paused_sink_waits_and_goes_on_in_order(world):
    world.sink = world.sink.model_copy(update={"paused": True})
    [receipt] = world.deliver()
    assert (receipt.state, receipt.exit_code, receipt.pending, receipt.runs) == ("paused", 0, 30, (1,))
    assert receipt.text().endswith("30 emitted = 0 acked + 0 dead + 0 suppressed + 30 pending; paused")
    world.publish(day(1), PEOPLE[:20])
    versions = world.versions()
    [receipt] = world.deliver()
    assert (receipt.pending, receipt.lag_runs) == (40, 2)
    assert world.versions() == versions
    world.sink = world.sink.model_copy(update={"paused": False})
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.acked, receipt.pending) == ((1, 2), 40, 0)
    assert len([row for row in world.sink.members(world.id) if row[1] == "exited"]) == 10


def test_a_row_that_is_nowhere_is_a_gap_and_nothing_is_announced(world, crash):
    crash("reconcile.before", world.deliver)
    wrong = next(row for row in ledger(world) if row[2] > 1)
    table = world.lake.table(LEDGER)
    table.spark.sql(f"ALTER TABLE delta.`{table.address}` SET TBLPROPERTIES (delta.appendOnly = false)")
    table.delta().update((F.col("audience_id") == world.id) & (F.col("chunk") == wrong[1]), {"acked": F.col("acked") - 1})
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.state) == (1, "failed")
    assert "30 expected, 29 found" in receipt.reason
    states = audience_run_state(world.lake).where(F.col("audience_id") == world.id).select("state").collect()
    assert [row["state"] for row in states] == ["committed"]


@pytest.mark.fault("F4")
def test_a_claim_that_is_lost_between_waves_stops_the_delivery(world, monkeypatch):
    from cja_spark.audiences.claims import Claim
    from cja_spark.errors import ClaimError

    whole_check, passed = Claim.check, []

    def check(claim):
        passed.append(claim)
        if len(passed) == 2:  # another run takes over while the first wave is on its way
            claim.release()
        whole_check(claim)

    monkeypatch.setattr(Claim, "check", check)
    [receipt] = world.deliver()
    assert receipt.exit_code == ClaimError.exit_code
    assert [row[1] for row in ledger(world)] == [0, 1, 2]
