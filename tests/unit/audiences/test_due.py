"""What is due, without tables: from the registry's entry, the last run and an instant (A3, A5, A6, A16)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cja_spark.audiences.due import decide
from cja_spark.audiences.register import Registered
from cja_spark.audiences.runs import Blocked, Counts, LastRun, Seal
from cja_spark.audiences.spec import Audience

BEGIN = datetime(2026, 1, 31, 9, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(milliseconds=1)
ENTRY = Registered("aud_000000000000", 1, "{}", BEGIN, BEGIN + 365 * DAY, "active", "buyers")


def audience(**given):
    return Audience.model_validate({"name": "buyers", "segments": "s", "refresh": "daily", "lookback": "30 days", **given})


def seal(as_of, run_seq=1, kind="refresh"):
    return Seal(ENTRY.audience_id, run_seq, "r", 1, kind, as_of, 1, 1, "1:1", 1, Counts(enter=1))


def last(refreshed=BEGIN, told=None, *, announced=True, blocked=None, kind="refresh"):
    held = Blocked(seal(blocked, 2, kind), {}, ("mass_exit",)) if blocked else None
    return LastRun(seal(told or refreshed), {}, announced, held, refreshed, told or refreshed)


def told(now, run, *, entry=ENTRY, approved=False, **given):
    return decide(audience(**given), entry, run, now, held_is_approved=approved)


def test_a5_a_slot_is_due_until_an_evaluation_speaks_of_it_or_later():
    for now, action in ((BEGIN, None), (BEGIN + DAY - TICK, None), (BEGIN + DAY, "refresh"), (BEGIN + 9 * DAY, "refresh")):
        assert told(now, last()).action == action
    assert told(BEGIN + DAY + TICK, last(BEGIN + DAY)).action is None
    assert told(BEGIN + DAY, last(BEGIN + DAY - TICK)).action == "refresh"
    assert told(BEGIN, last()).next_at == BEGIN + DAY


def test_a5_missed_slots_become_one_run():
    found = told(BEGIN + 9 * DAY + TICK, last())
    assert "one run for 9 slots" in found.why
    assert told(BEGIN + 9 * DAY + TICK, last(BEGIN + 9 * DAY + TICK)).action is None


@pytest.mark.fault("F9")
def test_a5_a_last_run_that_speaks_of_a_later_instant_than_the_clock_shows_leaves_nothing_due():
    assert told(BEGIN + DAY, last(BEGIN + 3 * DAY)).action is None


def test_a5_who_was_registered_and_never_committed_is_due_from_the_first_slot_on():
    assert told(BEGIN, None).action == "refresh"
    assert told(BEGIN - TICK, None).action is None
    assert told(BEGIN - TICK, None).next_at == BEGIN


def test_a3_a_one_time_audience_is_never_due_but_what_was_approved_or_died_is():
    once = {"refresh": None, "lookback": None, "range": {"from": date(2026, 1, 1), "to": date(2026, 1, 31)}}
    assert told(BEGIN + 300 * DAY, last(), **once).action is None
    assert told(BEGIN + DAY, last(blocked=BEGIN + DAY), approved=True, **once).action == "commit"
    assert told(BEGIN + DAY, last(announced=False), **once).action == "resume"


@pytest.mark.parametrize(("days", "action"), [(6, None), (7, "heartbeat"), (27, "heartbeat"), (28, "refresh")])
def test_a16_a_monthly_audience_beats_every_seven_days_until_its_next_slot(days, action):
    found = told(BEGIN + days * DAY, last(), refresh="monthly")  # the slot after January 31 is February 28
    assert found.action == action
    if days == 6:
        assert found.next_at == BEGIN + 7 * DAY
        assert told(BEGIN + 27 * DAY, last(told=BEGIN + 22 * DAY), refresh="monthly").next_at == BEGIN + 28 * DAY


def test_a16_the_seven_days_count_from_the_last_refresh_or_heartbeat():
    run = last(told=BEGIN + 7 * DAY)
    assert told(BEGIN + 14 * DAY - TICK, run, refresh="monthly").action is None
    assert told(BEGIN + 14 * DAY, run, refresh="monthly").action == "heartbeat"


@pytest.mark.parametrize("refresh", ["4 hours", "daily", "weekly"])
def test_a16_a_cadence_of_a_week_or_less_never_needs_a_heartbeat_run(refresh):
    actions = {told(BEGIN + hours * DAY / 24, last(), refresh=refresh).action for hours in range(24 * 20)}
    assert actions == {None, "refresh"}


@pytest.mark.parametrize("state", ["paused", "expired", "one-time"])
def test_a16_there_is_no_heartbeat_when_paused_expired_or_one_time(state):
    entry = replace(ENTRY, status="paused") if state == "paused" else ENTRY
    entry = replace(ENTRY, expires_at=BEGIN + 7 * DAY) if state == "expired" else entry
    once = {"refresh": None, "lookback": None, "range": {"from": date(2026, 1, 1), "to": date(2026, 1, 31)}}
    found = told(BEGIN + 7 * DAY, last(), entry=entry, **(once if state == "one-time" else {"refresh": "monthly"}))
    assert found.action is None
    assert state.replace("-", "") in found.why.replace("-", "")


def test_a_run_that_is_held_back_is_not_evaluated_again_before_the_next_slot():
    held = last(blocked=BEGIN + DAY + TICK)
    found = told(BEGIN + DAY + 2 * TICK, held)
    assert (found.action, found.next_at) == (None, BEGIN + 2 * DAY)
    assert "held back (mass_exit)" in found.why
    assert told(BEGIN + DAY + 2 * TICK, held, approved=True).action == "commit"
    assert told(BEGIN + 2 * DAY, held).action == "refresh"


def test_a16_no_heartbeat_takes_the_number_of_a_run_that_is_held_back():
    run = last(blocked=BEGIN + 3 * DAY)  # somebody published between two slots
    found = told(BEGIN + 8 * DAY, run, refresh="monthly")
    assert (found.action, found.next_at) == (None, BEGIN + 28 * DAY)
    assert "held back (mass_exit)" in found.why
    assert told(BEGIN + 8 * DAY, run, approved=True, refresh="monthly").action == "commit"


@pytest.mark.parametrize("approved", [False, True])
def test_a_final_exit_that_was_called_off_holds_nothing_up_whether_it_was_approved_or_not(approved):
    run = last(blocked=BEGIN + 2 * DAY + TICK, kind="final_exit")
    assert told(BEGIN + 3 * DAY - TICK, run, entry=replace(ENTRY, status="paused"), approved=approved).action is None
    assert told(BEGIN + 3 * DAY - TICK, run, approved=approved).action == "refresh"
    assert told(BEGIN + 8 * DAY, run, approved=approved, refresh="monthly").action == "heartbeat"


def test_a_run_that_died_is_finished_whatever_the_audience_is_now():
    for entry in (ENTRY, replace(ENTRY, status="paused"), replace(ENTRY, expires_at=BEGIN)):
        assert told(BEGIN + DAY, last(announced=False), entry=entry).action == "resume"


@pytest.mark.parametrize(
    ("ahead", "soon", "action"),
    [(30 * DAY + TICK, False, "refresh"), (30 * DAY, True, "refresh"), (TICK, True, "refresh"), (0 * DAY, False, None), (-DAY, False, None)],
)
def test_a6_people_are_warned_thirty_days_ahead_and_nothing_is_due_from_the_end_on(ahead, soon, action):
    now = BEGIN + 40 * DAY
    found = told(now, last(), entry=replace(ENTRY, expires_at=now + ahead))
    assert (found.expires_soon, found.action) == (soon, action)
    assert ("cja renew buyers" in found.text()) is soon


def test_a6_the_file_has_the_last_word_on_the_end():
    found = told(BEGIN + DAY, last(), expires=date(2026, 2, 10), entry=replace(ENTRY, expires_at=BEGIN))
    assert (found.action, found.expires_soon, found.expires_at) == ("refresh", True, datetime(2026, 2, 10, tzinfo=UTC))
