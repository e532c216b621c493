"""What a sink took against what was emitted: each way in which the two can differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.sinks.reckoning import LedgerRow, Reckoned, RunRows, out_of_order, reckon

RUN = RunRows(run_seq=3, emitted=10, chunks=3, there=10, of_chunk={0: 4, 1: 6})
ALL = {0: LedgerRow(3, 3, 1, 0), 1: LedgerRow(3, 5, 0, 1), 2: LedgerRow(3, 0, 0, 0)}


def test_a_run_that_adds_up_has_no_gap():
    assert reckon(RUN, ALL, 1) == Reckoned(3, "done", 10, 8, 1, 1, 0, ())


def test_rows_of_chunks_that_were_not_taken_are_pending_and_no_gap():
    assert reckon(RUN, {0: ALL[0]}, 1) == Reckoned(3, "pending", 10, 3, 1, 0, 6, ())


def test_a_chunk_without_rows_that_was_not_taken_leaves_the_run_open():
    found = reckon(RUN, {0: ALL[0], 1: ALL[1]}, 1)
    assert (found.state, found.pending, found.gaps) == ("pending", 0, ())


@pytest.mark.parametrize(
    ("run", "ledger", "letters", "said"),
    [
        (RUN._replace(there=9, of_chunk={0: 4, 1: 5}), {}, 0, "the seal tells of 10 changes, 9 are there"),
        (RUN._replace(there=11, of_chunk={0: 5, 1: 6}), {}, 0, "the seal tells of 10 changes, 11 are there"),
        (RUN, {**ALL, 0: LedgerRow(3, 2, 1, 0)}, 1, "chunk 0: 4 rows in the outbox, 3 in the ledger"),
        (RUN, {**ALL, 2: LedgerRow(3, 1, 0, 0)}, 1, "chunk 2: 0 rows in the outbox, 1 in the ledger"),
        (RUN, {**ALL, 1: LedgerRow(2, 5, 0, 1)}, 1, "chunk 1 of 2: the run has 3 chunks"),
        (RUN, {**ALL, 3: LedgerRow(3, 0, 0, 0)}, 1, "chunk 3 of 3: the run has 3 chunks"),
        (RUN, {**ALL, -1: LedgerRow(3, 0, 0, 0)}, 1, "chunk -1 of 3"),
        (RUN, ALL, 0, "1 rows are dead and 0 letters are kept"),
    ],
)
def test_what_does_not_add_up_is_a_gap(run, ledger, letters, said):
    assert said in "; ".join(reckon(run, ledger, letters).gaps)


def test_a_chunk_that_lost_rows_breaks_the_sum_too():
    gaps = reckon(RUN, {**ALL, 0: LedgerRow(3, 2, 1, 0)}, 1).gaps
    assert gaps[-1] == "emitted 10, acked 7 + dead 1 + suppressed 1 + pending 0"


def test_letters_that_were_cleared_away_are_no_gap():
    assert reckon(RUN, ALL, 0, letters_kept=False).gaps == ()


def test_more_letters_than_dead_rows_are_those_of_a_wave_that_was_done_twice():
    assert reckon(RUN, ALL, 2).gaps == ()


def test_of_a_run_whose_rows_were_removed_the_seal_is_what_is_known():
    gone = RUN._replace(there=0, of_chunk={})
    found = reckon(gone, ALL, 1, rows_kept=False)
    assert (found.state, found.emitted, found.gaps) == ("removed", 10, ())
    lost = reckon(gone, {**ALL, 0: LedgerRow(3, 2, 1, 0)}, 1, rows_kept=False)
    assert lost.gaps == ("emitted 10, acked 7 + dead 1 + suppressed 1 + pending 0",)


def test_rows_of_a_young_run_are_not_removed_but_lost():
    found = reckon(RUN._replace(there=0, of_chunk={}), ALL, 1)
    assert found.state == "done"
    assert found.gaps[0] == "outbox: the seal tells of 10 changes, 0 are there"


def test_a_removed_run_that_a_sink_has_not_whole_is_a_gap():
    found = reckon(RUN._replace(there=0, of_chunk={}), {0: ALL[0]}, 1, rows_kept=False)
    assert found.gaps[0] == "rows were removed while 2 of 3 chunks are open"


def test_a_removed_bootstrap_of_another_sink_has_nothing_for_this_one():
    other = RUN._replace(there=0, of_chunk={}, for_it=False)
    assert reckon(other, {at: LedgerRow(3, 0, 0, 0) for at in range(3)}, 0, rows_kept=False).gaps == ()


def test_a_run_without_changes_is_done_when_its_empty_chunk_was_taken():
    empty = RunRows(1, 0, 1, 0, {})
    assert reckon(empty, {}, 0) == Reckoned(1, "pending", 0, 0, 0, 0, 0, ())
    assert reckon(empty, {0: LedgerRow(1, 0, 0, 0)}, 0).state == "done"


def test_a_run_for_another_sink_has_nothing_for_this_one():
    other = RUN._replace(of_chunk={})
    assert reckon(other, {at: LedgerRow(3, 0, 0, 0) for at in range(3)}, 0) == Reckoned(3, "done", 0, 0, 0, 0, 0, ())


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=6, max_size=6),
    st.sets(st.integers(0, 5)),
)
def test_any_honest_ledger_adds_up(rows, ends, taken):
    run = RunRows(1, sum(rows), len(rows), sum(rows), {at: count for at, count in enumerate(rows) if count})
    ledger = {}
    for at in taken & set(range(len(rows))):
        dead = min(ends[at][0], rows[at])
        suppressed = min(ends[at][1], rows[at] - dead)
        ledger[at] = LedgerRow(len(rows), rows[at] - dead - suppressed, dead, suppressed)
    found = reckon(run, ledger, sum(row.dead for row in ledger.values()))
    assert found.gaps == ()
    assert found.emitted == found.acked + found.dead + found.suppressed + found.pending == sum(rows)


def test_a_run_taken_before_the_one_before_it_was_done_is_out_of_order():
    done, pending = Reckoned(1, "done", 1, 1, 0, 0, 0, ()), Reckoned(2, "pending", 1, 0, 0, 0, 1, ())
    runs = {1: done, 2: pending, 3: pending._replace(run_seq=3), 4: done._replace(run_seq=4)}
    assert out_of_order(runs, {1: 1}) == []
    assert out_of_order(runs, {1: 1, 2: 1}) == []
    assert out_of_order(runs, {1: 1, 4: 1}) == [(4, "chunks were taken while run 2 is not done")]
