"""The guard: each sign on both sides of its limit."""

from datetime import UTC, datetime

import pytest

from cja_spark.audiences.guard import older, reasons
from cja_spark.audiences.outbox import chunks_for
from cja_spark.audiences.runs import Counts, Seal

LAST = Seal("aud_000000000000", 1, "r", 1, "refresh", datetime(2026, 8, 1, tzinfo=UTC), 1, 1, "1:1", 1, Counts(enter=1))


@pytest.mark.parametrize(
    ("counts", "before", "expected"),
    [
        (Counts(exit=10), 10, ("empty_result",)),
        (Counts(), 0, ()),
        (Counts(exit=9), 10, ()),
        (Counts(exit=50), 100, ()),
        (Counts(exit=51), 100, ("mass_exit",)),
        (Counts(exit=51), 99, ()),
        (Counts(exit=100), 100, ("empty_result", "mass_exit")),
        (Counts(enter=2000), 1000, ()),
        (Counts(enter=2001), 1000, ("mass_growth",)),
        (Counts(enter=5000), 999, ()),
        (Counts(enter=20_000_000), 0, ()),
        (Counts(enter=20_000_001), 0, ("size_cap",)),
    ],
)
@pytest.mark.fault("F18")
def test_a7_and_the_guard_a_sign_shows_beyond_its_limit_only(counts, before, expected):
    assert reasons(counts, before, last=LAST, definition_version=1) == expected


@pytest.mark.fault("F18")
def test_a_new_definition_is_a_sign_when_it_changes_somebody():
    assert reasons(Counts(enter=1), 5, last=LAST, definition_version=2) == ("definition_changed",)
    assert reasons(Counts(), 5, last=LAST, definition_version=2) == ()
    assert reasons(Counts(enter=1), 0, last=None, definition_version=2) == ()


@pytest.mark.fault("F18")
def test_a_source_that_was_set_back_is_a_sign_when_it_changes_somebody():
    changed, same = Counts(enter=1), Counts()
    assert reasons(changed, 5, last=LAST, definition_version=1, rolled_back=True) == ("stale_source",)
    assert reasons(same, 5, last=LAST, definition_version=1, rolled_back=True) == ()
    assert [older(now, {"journeys": 7}) for now in ({"journeys": 6}, {"journeys": 7}, {"journeys": 8}, {})] == [True, *[False] * 3]
    assert not older({"journeys": 6}, None)


def test_a_final_exit_is_always_held_back_and_a_heartbeat_never():
    everybody = Counts(exit=200)
    assert reasons(everybody, 200, last=LAST, definition_version=1, kind="final_exit") == ("final_exit",)
    assert reasons(Counts(exit=1), 200, last=LAST, definition_version=1, kind="final_exit") == ("final_exit",)
    assert reasons(Counts(heartbeat=200), 200, last=LAST, definition_version=2, kind="heartbeat", rolled_back=True) == ()


@pytest.mark.parametrize(("emitted", "chunks"), [(0, 1), (1, 1), (10_000, 1), (10_001, 2), (41_000_000, 4096)])
def test_chunks_hold_ten_thousand_changes_and_are_at_most_4096(emitted, chunks):
    assert chunks_for(emitted) == chunks
