"""Which runs a sink is owed, and the equation of every run (C4, R3)."""

from datetime import timedelta

import pytest

from cja_spark.audiences.runs import Counts, Seal
from cja_spark.errors import InputError, ReconcileError
from cja_spark.sinks.ledger import Taken, open_runs, owed
from cja_spark.sinks.standing import Standing, require_balance
from tests.unit.sinks.rows import AS_OF

WHOLE = Taken(frozenset({0, 1}), 2)
HALF = Taken(frozenset({1}), 1)


def seal(run, kind="refresh", target=None):
    as_of = AS_OF + timedelta(days=run)
    return Seal("aud_000000000000", run, "r", 1, kind, as_of, 2, 2, "2:0", 1, Counts(enter=2), target)


def boot(run, target="store"):
    return seal(run, "bootstrap", target)


def numbers(runs):
    return [one.run_seq for one in runs]


@pytest.mark.parametrize(
    ("sealed", "done", "owes", "lacks"),
    [
        ([seal(1), seal(2)], {}, [1, 2], [1, 2]),
        ([seal(1), seal(2)], {1: WHOLE}, [1, 2], [2]),
        ([seal(1), seal(2)], {1: HALF}, [1, 2], [1, 2]),
        ([seal(1), boot(2, "other"), seal(3)], {1: WHOLE}, [1, 3], [3]),
        ([seal(1), boot(2, "other")], {}, [1], [1]),
        ([seal(1), boot(2), seal(3)], {}, [2, 3], [2, 3]),
        ([seal(1), seal(2), boot(3), seal(4)], {1: WHOLE}, [1, 3, 4], [3, 4]),
        ([seal(1), seal(2), boot(3), seal(4)], {1: WHOLE, 2: HALF}, [1, 3, 4], [3, 4]),
        ([seal(1), boot(2), seal(3), boot(4)], {1: WHOLE, 2: HALF}, [1, 4], [4]),
        ([seal(1), boot(2), seal(3)], {1: WHOLE, 2: WHOLE, 3: HALF}, [1, 2, 3], [3]),
        ([seal(7), boot(8), seal(9)], {}, [8, 9], [8, 9]),
        ([], {}, [], []),
    ],
)
def test_a_sink_is_owed_every_run_and_its_bootstrap_stands_for_what_it_lacked(sealed, done, owes, lacks):
    of_store = {("store", run): one for run, one in done.items()} | {("other", 9): WHOLE}
    assert numbers(owed("store", sealed, of_store)) == owes
    assert numbers(open_runs("store", sealed, of_store)) == lacks


@pytest.mark.parametrize(
    ("sealed", "done"), [([seal(2)], {}), ([seal(1), seal(3)], {1: WHOLE}), ([boot(2), seal(4)], {2: WHOLE})]
)
def test_a_run_that_is_missing_between_is_an_error(sealed, done):
    with pytest.raises(InputError, match="outbox_gap"):
        open_runs("store", sealed, {("store", run): one for run, one in done.items()})


@pytest.mark.parametrize(("pending", "gap"), [(3, 0), (2, 1), (4, -1)])
def test_rows_that_are_nowhere_or_twice_are_told(pending, gap):
    one = Standing(4, 10, acked=4, dead=2, suppressed=1, pending=pending)
    assert one.gap == gap
    if gap:
        with pytest.raises(ReconcileError, match=f"run 4 of aud: 10 expected, {10 - gap} found"):
            require_balance("store", "aud", [one])
    else:
        require_balance("store", "aud", [one])
