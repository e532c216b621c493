"""Which runs a sink has or has to have, and what of them it has: from plain rows of the tables."""

from datetime import UTC, datetime, timedelta

from cja_spark.audiences.runs import Counts, Seal
from cja_spark.sinks.reckoning import LedgerRow
from cja_spark.sinks.run_facts import ROWS_KEPT, Facts, at_sink
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.watch.standing import LetterCount
from cja_spark.watch.status import newest_run, of_sink_runs

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def seal(run_seq, emitted, *, target=None, chunks=1):
    kind = "bootstrap" if target else "refresh"
    return Seal("aud_a", run_seq, "r", 1, kind, NOW - timedelta(days=10 - run_seq), emitted, chunks, "f", 1, Counts(enter=emitted), target)


def rows(run_seq, count, chunk=0):
    return {"run_seq": run_seq, "chunk": chunk, "rows": count}


def facts(seals, outbox, ledger=None, letters=None):
    return Facts(seals, outbox, ledger or {}, letters or {})


def states(found):
    return {seq: (one.state, one.emitted, one.pending, one.gaps) for seq, one in found.items()}


def test_a_sink_that_took_nothing_has_to_have_every_run():
    found = at_sink(facts([seal(1, 3), seal(2, 0)], [rows(1, 3)]), "store", NOW)
    assert states(found) == {1: ("pending", 3, 3, ()), 2: ("pending", 0, 0, ())}


def test_a_run_for_another_sink_is_not_its_business():
    given = facts([seal(1, 3), seal(2, 2, target="new")], [rows(1, 3), rows(2, 2)], {"store": {1: {0: LedgerRow(1, 3, 0, 0)}}})
    assert states(at_sink(given, "store", NOW)) == {1: ("done", 3, 0, ())}


def test_a_bootstrap_stands_for_what_a_new_sink_lacks():
    given = facts([seal(1, 3), seal(2, 2, target="new"), seal(3, 1)], [rows(1, 3), rows(2, 2), rows(3, 1)])
    assert states(at_sink(given, "new", NOW)) == {2: ("pending", 2, 2, ()), 3: ("pending", 1, 1, ())}


def test_what_a_sink_had_before_its_bootstrap_is_still_reckoned():
    ledger = {"new": {1: {0: LedgerRow(1, 2, 0, 0)}}}
    given = facts([seal(1, 3), seal(2, 2, target="new")], [rows(1, 3), rows(2, 2)], ledger)
    found = states(at_sink(given, "new", NOW))
    assert found[1][3] == ("chunk 0: 3 rows in the outbox, 2 in the ledger", "emitted 3, acked 2 + dead 0 + suppressed 0 + pending 0")
    assert found[2] == ("pending", 2, 2, ())


def test_letters_of_old_runs_may_be_cleared_away():
    ledger = {"store": {1: {0: LedgerRow(1, 2, 1, 0)}}}
    given = facts([seal(1, 3)], [rows(1, 3)], ledger)
    assert at_sink(given, "store", NOW)[1].gaps == ("1 rows are dead and 0 letters are kept",)
    assert at_sink(given, "store", NOW + timedelta(days=90))[1].gaps == ()


def test_rows_that_retention_took_are_told_and_the_seal_alone_is_checked():
    later = NOW + ROWS_KEPT
    assert states(at_sink(facts([seal(1, 3)], [], {"store": {1: {0: LedgerRow(1, 3, 0, 0)}}}), "store", later)) == {1: ("removed", 3, 0, ())}
    short = at_sink(facts([seal(1, 3)], [], {"store": {1: {0: LedgerRow(1, 2, 0, 0)}}}), "store", later)[1]
    assert short.gaps == ("emitted 3, acked 2 + dead 0 + suppressed 0 + pending 0",)


def test_rows_that_are_gone_before_retention_may_take_them_are_lost():
    found = at_sink(facts([seal(1, 3)], [], {"store": {1: {0: LedgerRow(1, 3, 0, 0)}}}), "store", NOW)[1]
    assert found.gaps[0] == "outbox: the seal tells of 3 changes, 0 are there"


def test_a_sink_that_lacks_a_removed_run_has_a_gap_until_a_bootstrap_stands_for_it():
    later = NOW + ROWS_KEPT
    assert "rows were removed while 1 of 1 chunks are open" in at_sink(facts([seal(1, 3)], []), "new", later)[1].gaps
    assert states(at_sink(facts([seal(1, 3), seal(2, 2, target="new")], [rows(2, 2)]), "new", later)) == {2: ("pending", 2, 2, ())}


def test_a_sink_stands_at_the_last_run_before_which_nothing_waits():
    ledger = {"store": {1: {0: LedgerRow(1, 3, 0, 0)}, 3: {0: LedgerRow(1, 1, 0, 0)}}}
    runs = at_sink(facts([seal(1, 3), seal(2, 2), seal(3, 1)], [rows(1, 3), rows(2, 2), rows(3, 1)], ledger), "store", NOW)
    letters = [LetterCount(error_class="data", error_code="x", letters=4)]
    took_at = {1: NOW - timedelta(days=2), 3: NOW}
    one = of_sink_runs(DeltaProfiles(name="store", sink="delta"), runs, letters, took_at)
    assert (one.state, one.last_run, one.lag_runs, one.acked, one.pending, one.dead) == ("pending", 1, 1, 4, 2, 4)
    assert (one.last_at, one.whole_at) == (NOW, NOW - timedelta(days=2))
    assert one.gaps == ("run 3: chunks were taken while run 2 is not done",)


def test_a_sink_is_done_pending_or_took_nothing_yet():
    sink = DeltaProfiles(name="store", sink="delta")
    waits = at_sink(facts([seal(1, 3)], [rows(1, 3)]), "store", NOW)
    has = at_sink(facts([seal(1, 3)], [rows(1, 3)], {"store": {1: {0: LedgerRow(1, 3, 0, 0)}}}), "store", NOW)
    assert [of_sink_runs(sink, waits, [], {}).state, of_sink_runs(sink, waits, [], {1: NOW}).state, of_sink_runs(sink, has, [], {1: NOW}).state] == [
        "never", "pending", "done",
    ]  # fmt: skip
    assert of_sink_runs(sink.model_copy(update={"paused": True}), waits, [], {}).state == "paused"


def test_the_newest_run_is_the_last_event_of_the_last_number():
    counts = dict(zip(Counts._fields, range(6), strict=True))
    given = {"kind": "refresh", "as_of": NOW, "recorded_at": NOW, "counts": counts, "guard": None, "exit_code": 5}
    events = [
        {**given, "run_seq": 2, "epoch": 9, "event_no": 1, "state": "published"},
        {**given, "run_seq": 3, "epoch": 10, "event_no": 0, "state": "building"},
        {**given, "run_seq": 3, "epoch": 10, "event_no": 1, "state": "blocked", "guard": "mass_exit,empty_result"},
        {**given, "run_seq": 3, "epoch": 4, "event_no": 7, "state": "failed"},
    ]  # fmt: skip
    one = newest_run(events, sealed=2)
    assert (one.run_seq, one.state, one.exit_code, one.guard, one.enter, one.exit) == (3, "blocked", 5, ("mass_exit", "empty_result"), 0, 2)
    assert newest_run([events[1]], sealed=3).state == "sealed"
    assert newest_run([events[1]], sealed=2).state == "building"
    assert newest_run([], sealed=0) is None
