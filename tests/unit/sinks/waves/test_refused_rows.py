"""Rows that a sink refuses: a letter each, and where they are too many the sink stops."""

import json

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.tables import DEAD_LETTERS, LEDGER
from cja_spark.driver_reads import equal
from cja_spark.sinks.waves import too_many
from tests.unit.audiences.world import day
from tests.unit.sinks.waves.given import PEOPLE, keys, ledger, letters, one_wave, sent_again, state


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


def test_a_sink_that_fails_at_a_row_stops_after_the_wave(world):
    world.sink = world.sink.model_copy(update={"on_row_error": "fail"})
    world.sink.script(refuse=keys(*PEOPLE))
    for _ in range(2):  # until somebody sees to the letters
        [receipt] = world.deliver()
        assert (receipt.exit_code, receipt.acked) == (4, 0)
        assert [row[1] for row in ledger(world)] == [0, 1, 2]
    assert receipt.pending == 30 - len(letters(world))


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
