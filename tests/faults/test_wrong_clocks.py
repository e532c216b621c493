"""F9: clocks that are wrong: the order of runs, of owners and of rows comes from numbers, never from a clock."""

import datetime as real
from datetime import UTC, timedelta

import pytest

import cja_spark.audiences.claims
import cja_spark.audiences.make_run
import cja_spark.audiences.publish
import cja_spark.audiences.runs
import cja_spark.sinks.announce
import cja_spark.sinks.deliver
import cja_spark.sinks.ledger
from tests.unit.audiences.world import World, day

CLOCKED = (
    cja_spark.audiences.claims, cja_spark.audiences.make_run, cja_spark.audiences.publish, cja_spark.audiences.runs,
    cja_spark.sinks.announce, cja_spark.sinks.deliver, cja_spark.sinks.ledger,
)  # fmt: skip
HOURS = timedelta(hours=1)
# What the clock of the machine shows when a run is made, one after the other.
SHOWN = {
    "now": lambda now: now, "25 h ahead": lambda now: now + 25 * HOURS, "25 h behind": lambda now: now - 25 * HOURS,
    "two years back": lambda now: now - 730 * 24 * HOURS, "1970": lambda now: real.datetime(1970, 1, 1, tzinfo=UTC),
    "2038": lambda now: real.datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), "stands still": lambda now: real.datetime(2026, 8, 1, tzinfo=UTC),
    "leap second": lambda now: real.datetime(2016, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
}  # fmt: skip


def clock(shown):
    """The machine's clock, when it shows something else."""

    class Clock(real.datetime):
        @classmethod
        def now(cls, tz=None):
            return shown(real.datetime.now(UTC)).astimezone(tz)

    return Clock


@pytest.mark.fault("F9")
def test_f9_runs_are_in_order_whatever_the_clock_shows(place, monkeypatch, fault):
    world, runs = World(place, "timeless"), []
    for number, (name, shown) in enumerate(SHOWN.items()):
        for module in CLOCKED:
            if hasattr(module, "datetime"):
                monkeypatch.setattr(module, "datetime", clock(shown))
        people = dict.fromkeys(f"p{at}" for at in range(8) if (at + number) % 3)
        runs.append((day(number), people))
        told = world.publish(*runs[-1])
        assert (told.state, told.run_seq) == ("committed", number + 1), name
        [receipt] = world.deliver()
        assert (receipt.exit_code, receipt.pending) == (0, 0), name
        fault.tried(rows=len(people), lost=0, duplicated=0, disordered=0, action=name)
    found, expected = world.found(), world.expected(runs)
    assert found == expected
    assert world.deliver() == []


@pytest.mark.fault("F9")
@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "UTC"])
def test_f9_the_zone_in_which_an_instant_is_told_changes_nothing(place, zone):
    from zoneinfo import ZoneInfo

    world, people = World(place, f"zone_{zone.replace('/', '_').lower()}"), dict.fromkeys("ab")
    world.publish(day(0).astimezone(ZoneInfo(zone)), people)
    before = world.versions()
    again = world.publish(day(0), people)
    assert (again.state, again.run_seq, again.as_of) == ("committed", 1, day(0))
    assert world.versions() == before
