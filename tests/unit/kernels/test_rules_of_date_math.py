"""Date math between dates of a session or person, of the clock, and given ones: O6, O7, O10, and the kernel on drawn dates."""

import datetime as dt
import random

import numpy as np
import pytest

from cja_spark.journeys.batch import Journeys, Window
from cja_spark.kernels.date_math import between
from cja_spark.reports.neighbours import with_neighbours
from cja_spark.view.spec import View
from tests.reference.calendar import first_instant
from tests.reference.derived_dates import UNITS, units
from tests.unit.kernels.by_hand import DAY, GAP, HOUR, MINUTE

UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin")


def microseconds(when):
    return np.nan if when is None else float((when - EPOCH) // dt.timedelta(microseconds=1))


def drawn(chance, zone):
    """An instant: at a local midnight, near the end of a month, near a change of the clock, or anywhere."""
    base = dt.datetime(chance.choice([2, 1883, 1969, 2024, 2025, 2025, 9998]), chance.randrange(1, 13), chance.choice([1, 15, 28]), tzinfo=UTC)
    near = base + dt.timedelta(days=chance.randrange(4), hours=chance.choice([0, 4, 5, 23]), seconds=chance.choice([0, 0, 1, 3599]),
                               microseconds=chance.choice([0, 0, 1, 999_999]))  # fmt: skip
    if not 1684 < near.year < 2255:
        near = near.replace(microsecond=0)  # a double has whole seconds there
    if chance.random() < 0.4:
        near = EPOCH + dt.timedelta(milliseconds=first_instant(near.date(), zone))
    return chance.choice([None, near, near, near, near])


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("unit", [*UNITS, "month", "quarter", "year"])
def test_o6_the_kernel_counts_as_the_reference_does(unit, zone):
    chance = random.Random(f"{unit} {zone}")
    pairs = [(drawn(chance, zone), drawn(chance, zone)) for _ in range(700)]
    pairs = [pair for pair in pairs if unit not in ("month", "quarter", "year") or None in pair or abs(pair[0].year - pair[1].year) < 200]
    starts, ends = (np.array([microseconds(pair[side]) for pair in pairs]) for side in (0, 1))
    expected = [units(*pair, unit, zone) for pair in pairs]
    assert [None if np.isnan(one) else one for one in between(starts, ends, unit, zone)] == expected


def test_no_event_has_no_figure_and_no_odd_number_is_a_date():
    assert between(np.zeros(0), np.zeros(0), "month", "UTC").tolist() == []
    odd = np.array([np.nan, 1e300, -1e300, 0.0])
    assert np.isnan(between(odd, np.zeros(4), "day", "UTC")).tolist() == [True, True, True, False]


def made(events, window=None, zone="UTC", **function):
    """The figure of each of one person's events: (ms, first date, second date), the dates those that fields set."""
    view = View.model_validate({
        "name": "v", "time_zone": zone, "derived": {"wait": [{**function, "function": "date_math"}]}, "metrics": {"wait": {"derived": "wait"}},
    })  # fmt: skip
    t = np.array([at for at, *_ in events], np.int64)
    columns = {f"{letter}_wait": np.array([microseconds(one[side]) for one in events]) for side, letter in ((1, "m"), (2, "e"))}
    journeys = Journeys(np.array([0, len(events)], np.int64), t, columns)
    window = window or Window(-DAY, 0, 40 * DAY, 40 * DAY, 40 * DAY, -DAY)
    found = with_neighbours(journeys, view, window, journeys.sessions(GAP), ("wait",)).amounts("wait")
    return [None if np.isnan(one) else one for one in found]


def day(number, **more):
    return EPOCH + dt.timedelta(days=number, **more)


FIRST = {"input": "a", "scope": "person", "take": "first"}


EVENTS = [(0, day(1), day(1)), (MINUTE, day(4), day(4)), (2 * MINUTE, None, None), (2 * MINUTE + GAP + 1, day(5), day(10))]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (FIRST, [0, 3, None, 9]),
        ({**FIRST, "take": "last"}, [-4, -1, None, 5]),
        ({"input": "a", "scope": "session"}, [0, 3, None, 5]),
        ({"input": "a", "scope": "session", "take": "last"}, [-3, 0, None, 5]),
    ],
)
def test_o10_a_date_of_the_scope_is_on_all_its_events(start, found):
    assert made(EVENTS, start=start, end="b") == found


def test_o10_both_dates_may_be_of_a_scope_and_then_events_that_set_none_have_a_figure_too():
    assert made(EVENTS, start=FIRST, end={"input": "b", "scope": "session", "take": "last"}) == [3, 3, 3, 9]


@pytest.mark.parametrize(("clock", "zone", "found"), [("now", "UTC", 29), ("today", "UTC", 24), ("today", "America/New_York", 29), ("today", "Europe/Berlin", 23)])
def test_the_clock_is_that_of_the_newest_event(clock, zone, found):
    window = Window(-DAY, 0, DAY, DAY, DAY + 5 * HOUR, -DAY)  # complete up to 5 o'clock on the second day, UTC
    assert made([(0, day(0), None)], window, zone, start="a", end=clock, unit="hour") == [found]
    assert made([(0, day(0), None)], window, zone, start=clock, end="a", unit="hour") == [-found]


def test_the_clock_alone_needs_no_field():
    assert made([(0, None, None)], start=dt.date(1970, 1, 11), end="today") == [30]


def test_o7_what_lies_before_the_person_scope_or_after_the_range_is_not_of_the_scope():
    window = Window(-40 * DAY, 0, 10 * DAY, 50 * DAY, 50 * DAY, -DAY)
    events = [(-2 * DAY, day(1), day(9)), (-DAY, day(2), day(9)), (10 * DAY - 1, day(3), day(9)), (10 * DAY, day(4), day(9))]
    assert made(events, window, start=FIRST, end="b") == [7, 7, 7, 5]
