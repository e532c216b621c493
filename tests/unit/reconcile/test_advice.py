"""Advice: what a range must be for its comparison to mean something."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cja_spark.reconciliation.advice import Moment, advice
from cja_spark.reconciliation.spec import Reconciliation

WEEK = (date(2026, 8, 3), date(2026, 8, 9))
END = datetime(2026, 8, 10, tzinfo=UTC)


def spec(**settings):
    return Reconciliation.model_validate(
        {"source": {"format": "csv", "path": "r.csv"}, "metrics": {"sent": "sends"}, "test_profiles": "tests", **settings}
    )


def rules(as_of, days=WEEK, zone="UTC", reported_at=None, newest=END, **settings):
    found = advice(days, Moment(as_of, reported_at or as_of, newest), spec(**settings), zone)
    return {one.rule: one.waits for one in found}


def test_a_range_that_ended_a_week_ago_is_compared():
    assert rules(END + timedelta(days=7)) == {}


def test_a_range_that_ended_less_than_a_week_ago_is_young():
    assert rules(END + timedelta(days=7) - timedelta(seconds=1)) == {"young_range": True}


@pytest.mark.parametrize("hours", [0, 1.99])
def test_the_last_two_hours_may_be_on_their_way(hours):
    assert rules(END + timedelta(hours=hours)) == {"settled": True, "young_range": True}


def test_two_hours_are_enough_to_arrive():
    assert rules(END + timedelta(hours=2)) == {"young_range": True}


@pytest.mark.parametrize("side", ["as_of", "reported_at"])
def test_the_current_day_is_excluded_on_both_sides(side):
    late, early = END + timedelta(days=30), END - timedelta(hours=1)
    found = rules(early, reported_at=late) if side == "as_of" else rules(late, reported_at=early)
    assert found == {"running_day": True, "young_range": True}


def test_a_day_is_over_when_it_is_over_in_both_zones():
    assert "running_day" in rules(END + timedelta(hours=4) - timedelta(seconds=1), time_zone="America/New_York")
    assert "running_day" not in rules(END + timedelta(hours=4), time_zone="America/New_York")


def test_events_that_end_before_the_last_day_are_missing():
    later = END + timedelta(days=30)
    assert rules(later, newest=END - timedelta(days=1, seconds=1)) == {"loaded": True}
    assert rules(later, newest=END - timedelta(days=1)) == {}
    assert rules(later, newest=None) == {"loaded": True}


def test_what_is_counted_otherwise_is_a_note_that_does_not_wait():
    found = rules(END + timedelta(days=30), time_zone="Europe/Berlin", source_counts={"repeats": True}, test_profiles=None)
    assert found == {"time_zone": False, "deduplicated": False, "test_profiles": False}


def test_the_advice_names_the_day_on_which_the_range_should_end():
    [young] = advice(WEEK, Moment(END + timedelta(days=6), END + timedelta(days=6), END), spec(), "UTC")
    assert "end the range on 2026-08-08 or earlier" in young.text
    assert rules(END + timedelta(days=6), days=(WEEK[0], date(2026, 8, 8))) == {}
