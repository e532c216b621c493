"""Which runs of an audience are settled: told long enough ago, and every sink has all of them and of those before."""

from cja_spark.audiences.runs import Counts, Seal
from cja_spark.maintenance.retention import settled
from cja_spark.sinks.ledger import Taken
from tests.unit.audiences.world import day


def seal(run, chunks=1):
    return Seal("aud_000000000000", run, "r", 1, "refresh", day(run), 5, chunks, "5:0", 1, Counts())


def test_runs_settle_in_order_everywhere_and_after_their_time():
    sealed = [seal(1), seal(2, chunks=2), seal(3)]
    told = {run: day(run) for run in (1, 2, 3)}
    whole = {("a", 1): Taken(frozenset({0}), 5), ("a", 2): Taken(frozenset({0, 1}), 5), ("a", 3): Taken(frozenset({0}), 5)}
    assert settled(sealed, whole, ["a"], told, day(9)) == 3
    assert settled(sealed, whole, ["a"], told, day(3)) == 2
    assert settled(sealed, whole, ["a"], {1: day(1), 3: day(3)}, day(9)) == 1
    assert settled(sealed, whole, ["a", "b"], told, day(9)) == 0
    half = {**whole, ("a", 2): Taken(frozenset({0}), 3)}
    assert settled(sealed, half, ["a"], told, day(9)) == 1
    assert settled(sealed, {}, [], told, day(9)) == 3
    assert settled([], {}, [], {}, day(9)) == 0
