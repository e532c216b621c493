"""Claims: tickets of concurrent writers, who waits, who takes over."""

from datetime import UTC, datetime

import pytest

from cja_spark.audiences.claims import Claim, acquire
from cja_spark.audiences.tables import CLAIMS
from cja_spark.driver_reads import one_of
from cja_spark.errors import ClaimError


def acquired(place, scope, run_id, *, take_over=False):
    """A claim as a cluster takes it, where no lock of an operating system keeps others out."""
    place.table(CLAIMS).create()
    return acquire(Claim(place, 0, scope, run_id, "publish", datetime.now(UTC)), take_over=take_over)


def rows(place, *run_ids):
    found = sorted(place.table(CLAIMS).rows(where=one_of(run_id=run_ids)), key=lambda row: row["ticket"])
    first = found[0]["ticket"]
    return [(row["ticket"] - first, row["claim"] - first, row["event"], row["run_id"]) for row in found]


@pytest.mark.fault("F8")
def test_a_writer_whose_ticket_was_taken_meanwhile_takes_the_next_one(place):
    slow = acquired(place, "a", "slow")
    quick = acquired(place, "b", "quick")
    slow.release()  # it last saw its own ticket as the newest
    quick.check()
    quick.release()
    assert rows(place, "slow", "quick") == [
        (0, 0, "acquired", "slow"), (1, 1, "acquired", "quick"), (2, 0, "released", "slow"), (3, 1, "released", "quick"),
    ]  # fmt: skip


@pytest.mark.parametrize(("held", "wanted"), [("c", "c"), ("*", "c"), ("c", "*")])
@pytest.mark.fault("F8")
def test_who_comes_second_gives_up_its_ticket_and_is_told_how_long_to_wait(place, held, wanted):
    first = acquired(place, held, f"first {held}{wanted}")
    with pytest.raises(ClaimError, match=r"(8\d\d|900) s"):
        acquired(place, wanted, f"second {held}{wanted}")
    first.check()
    first.release()
    assert [row[2] for row in rows(place, f"first {held}{wanted}", f"second {held}{wanted}")] == [
        "acquired", "acquired", "released", "released",
    ]  # fmt: skip


@pytest.mark.fault("F8")
def test_a_claim_that_was_taken_over_says_so_when_it_is_checked(place):
    dead = acquired(place, "d", "dead")
    living = acquired(place, "d", "living", take_over=True)
    with pytest.raises(ClaimError, match="was taken over by another run"):
        dead.check()
    living.check()
    living.release()
