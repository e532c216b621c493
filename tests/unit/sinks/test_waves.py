"""Chunks in waves into a real store that fails by script: nothing lost, nothing twice, letters before the ledger."""

import json
import uuid
from itertools import count

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences import outbox
from cja_spark.audiences.runs import audience_run_state
from cja_spark.audiences.tables import DEAD_LETTERS, LEDGER, SUPPRESSIONS
from cja_spark.driver_reads import equal
from cja_spark.sinks.again import Again, send_again
from cja_spark.sinks.waves import too_many, waves
from tests.unit.audiences.world import World, day
from tests.unit.sinks.scripted import Scripted

PEOPLE = [f"p{at:02}" for at in range(30)]

NUMBERS = count(1)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 4)


@pytest.fixture
def world(place, tmp_path):
    """An audience of 30 people in 8 chunks, none of which is delivered."""
    number = next(NUMBERS)
    world = World(place, f"audience{number}")
    world.sink = Scripted(name=f"store{number}", folder=str(tmp_path / "store"),
                          concurrency=3, attempts=1, give_up_after="0 s", max_dlq_ratio=1.0)  # fmt: skip
    world.publish(day(0), PEOPLE)
    return world


def keys(*people):
    return [f"crm:{id_}" for id_ in people]


def ledger(world):
    columns = ("run_seq", "chunk", "acked", "rejected", "suppressed")
    return world.rows(LEDGER, columns, where=equal(audience_id=world.id))


def letters(world):
    columns = ("profile_key", "op", "error_class", "error_code", "attempts", "state")
    return world.rows(DEAD_LETTERS, columns, where=equal(audience_id=world.id))


def state(world):
    row = audience_run_state(world.lake).where(F.col("audience_id") == world.id).orderBy(F.desc("run_seq")).first()
    return row["state"], row["exit_code"], json.loads(row["sinks"])[world.sink.name]


def whole(world, run=1, status="realized"):
    return [(key, status, run) for key in sorted(keys(*PEOPLE))]


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


@pytest.mark.fault("F5")
def test_what_a_sink_refuses_is_a_letter_and_the_rest_is_taken(world):
    world.sink.script(refuse=keys("p03", "p17"))
    [receipt] = world.deliver()
    assert (receipt.acked, receipt.dead, receipt.pending, receipt.exit_code, receipt.state) == (28, 2, 0, 4, "done")
    assert "--retry-dead-letters" in receipt.next_action
    assert letters(world) == [(key, "enter", "data", "22P05", 1, "open") for key in keys("p03", "p17")]
    assert {row[0] for row in world.sink.members(world.id)} == {*keys(*PEOPLE)} - {*keys("p03", "p17")}
    assert state(world)[:2] == ("partial", 4)
    settled = {row[0] for row in world.sink.rows("SELECT chunk FROM calls WHERE what = 'settle'")}
    assert settled == {row[1] for row in ledger(world) if row[3]}
    assert world.deliver() == []  # nobody mended anything: nothing is sent, nothing is written


@pytest.mark.fault("F5")
def test_a_second_refusal_is_the_same_letter(world):
    """T16: the chunk comes again because its ledger row is lost."""
    world.sink.script(refuse=keys("p03"))
    world.deliver()
    table = world.lake.table(LEDGER)
    table.spark.sql(f"ALTER TABLE delta.`{table.address}` SET TBLPROPERTIES (delta.appendOnly = false)")
    table.delta().delete(F.col("audience_id") == world.id)
    world.deliver()
    assert letters(world) == [("crm:p03", "enter", "data", "22P05", 1, "open")]
    assert sum(row[2] for row in ledger(world)) == 29


def test_letters_hold_the_whole_change_and_no_raw_text(world):
    """M8: what is no code is not kept."""
    world.sink.script(refuse=keys("p03"), code="Failing row contains (crm:p03)")
    world.deliver()
    [letter] = world.lake.table(DEAD_LETTERS).rows(where=equal(audience_id=world.id))
    assert (letter["error_class"], letter["error_code"]) == ("data", "unreadable")
    told = json.loads(letter["payload"])
    assert (told["profile_key"], told["id"], told["op"], told["status"]) == ("crm:p03", "p03", "enter", "realized")
    assert told["asserted_at"] == "2026-08-01T00:00:00.000000Z"
    assert told["change_id"] == letter["change_id"]


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


def test_a_sink_that_fails_at_a_row_stops_after_the_wave(world):
    world.sink = world.sink.model_copy(update={"on_row_error": "fail"})
    world.sink.script(refuse=keys(*PEOPLE))
    for _ in range(2):  # until somebody sees to the letters
        [receipt] = world.deliver()
        assert (receipt.exit_code, receipt.acked) == (4, 0)
        assert [row[1] for row in ledger(world)] == [0, 1, 2]
    assert receipt.pending == 30 - len(letters(world))


def one_wave(world, **settings):
    """A sink that takes a whole run in one wave."""
    return world.sink.model_copy(update={"concurrency": 8, **settings})


@pytest.mark.fault("F5")
@pytest.mark.parametrize("settings", [{"on_row_error": "fail"}, {"max_dlq_ratio": 0.1}], ids=["fail", "ratio"])
def test_a_sink_that_stopped_at_a_run_that_is_whole_takes_no_later_run(world, settings):
    """K7: all chunks of run 1 are in the ledger, so that it is not open any more."""
    world.sink = one_wave(world, **settings)
    world.sink.script(refuse=keys(*PEOPLE[:11]))
    [receipt] = world.deliver()
    assert (receipt.state, receipt.exit_code, receipt.acked, receipt.pending) == ("failed", 4, 19, 0)
    world.publish(day(1), PEOPLE[5:])
    for _ in range(2):
        [receipt] = world.deliver()
        assert (receipt.runs, receipt.exit_code, receipt.acked, receipt.pending) == ((2,), 4, 0, 5)
        assert "refuses 11 of 30 rows of run 1, more than it may" in receipt.reason
    world.sink.script()
    sent_again(world, letters=True)
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.exit_code, receipt.acked) == ((2,), 0, 5)


def test_a_sink_that_stopped_goes_on_where_it_may_refuse_more_or_is_rebuilt(world):
    world.sink = one_wave(world, on_row_error="fail")
    world.sink.script(refuse=keys("p03"))
    world.deliver()
    world.sink.script()
    world.publish(day(1), PEOPLE[5:])
    assert world.deliver()[0].acked == 0
    [receipt] = sent_again(world, rebuild=world.sink.name)
    assert (receipt.runs, receipt.exit_code) == ((3,), 0)
    world.publish(day(2), PEOPLE[6:])
    world.sink.script(refuse=["exit"])
    assert world.deliver()[0].exit_code == 4
    world.sink.script()
    world.publish(day(3), PEOPLE[7:])
    assert world.deliver()[0].acked == 0
    world.sink = one_wave(world, on_row_error="dlq")
    assert world.deliver()[0].acked == 1


def sent_again(world, **what):
    return send_again(Again(**what), world.lake, world.audience.name, world.id, [world.sink], str(uuid.uuid4()))


@pytest.mark.fault("F5")
def test_too_many_letters_stop_a_sink(world):
    sink = world.sink.model_copy(update={"max_dlq_ratio": 0.1})
    assert [too_many(sink, found, 100) for found in (9, 10, 11)] == [False, False, True]
    assert not too_many(sink, 9, 9)
    world.sink = sink
    world.sink.script(refuse=keys(*PEOPLE))
    [receipt] = world.deliver()
    assert (receipt.exit_code, receipt.state) == (4, "failed")
    assert receipt.dead == len(letters(world)) == 30 - receipt.pending
    assert receipt.pending > 0


def test_a_refused_exit_does_not_break_the_next_enter(world):
    """T17."""
    world.deliver()
    world.sink.script(refuse=["exit"])
    world.publish(day(1), PEOPLE[1:])
    assert world.deliver()[0].dead == 1
    world.publish(day(2), PEOPLE)
    [receipt] = world.deliver()
    assert (receipt.runs, receipt.lag_runs) == ((3,), 0)
    assert world.sink.members(world.id)[0] == ("crm:p00", "realized", 3)


def test_erased_persons_are_left_out_of_every_wave_and_counted(world):
    world.publish(day(1), [*PEOPLE, "gone1", "gone2", "there"])
    refs = dict(row[:2] for row in world.found(store=False)["members"])
    table = world.lake.table(SUPPRESSIONS)
    table.append(table.frame([(refs[key], "e1", "asked", "p1", day(0)) for key in keys("gone1", "gone2")]))
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
