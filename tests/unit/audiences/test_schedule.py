"""A5: the clock of a refreshing audience, against calendars walked day by day and hour by hour."""

import calendar
import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cja_spark.audiences.schedule import missed, newest_slot, next_slot, slot, slot_number

REFRESHES = ("4 hours", "daily", "weekly", "monthly")
NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
TICK = timedelta(milliseconds=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def months_walked(anchor, count):
    """The slots of a monthly audience, from a walk over all days."""
    found, day = [anchor], anchor
    while len(found) < count:
        day += timedelta(days=1)
        last = calendar.monthrange(day.year, day.month)[1]
        if day.day == anchor.day or (day.day == last and anchor.day > last):
            found.append(day)
    return found


@pytest.mark.parametrize("day", [*range(1, 32)])
@pytest.mark.parametrize("year", [2023, 2024, 2099])  # 2024 is a leap year, 2100 is none
def test_a5_each_month_has_one_slot_on_its_day_or_its_last(year, day):
    anchor = datetime(year, 1, day, 23, 59, 59, 999_000, tzinfo=UTC)
    assert [slot(anchor, "monthly", number) for number in range(30)] == months_walked(anchor, 30)


@pytest.mark.parametrize(
    ("anchor", "number", "expected"),
    [
        ("2024-01-29T00:00", 1, "2024-02-29T00:00"),
        ("2023-01-29T00:00", 1, "2023-02-28T00:00"),
        ("2024-02-29T12:00", 12, "2025-02-28T12:00"),
        ("2024-02-29T12:00", 1, "2024-03-29T12:00"),
        ("2024-02-29T12:00", 48, "2028-02-29T12:00"),
        ("2026-08-31T08:00", 1, "2026-09-30T08:00"),
        ("2026-08-31T08:00", 2, "2026-10-31T08:00"),
        ("2026-12-31T08:00", 2, "2027-02-28T08:00"),
        ("2026-04-30T08:00", 1, "2026-05-30T08:00"),
    ],
)
def test_a5_day_29_to_31_is_the_last_of_a_shorter_month_and_itself_again_after_it(anchor, number, expected):
    assert slot(at(anchor), "monthly", number) == at(expected)


@pytest.mark.parametrize("refresh", REFRESHES)
@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN])
@pytest.mark.fault("F9")
def test_a5_no_slot_moves_when_a_zone_changes_its_clock(refresh, zone):
    anchor = datetime(2026, 3, 1, 2, 30, tzinfo=zone)  # 2:30 is skipped in spring and comes twice in autumn
    found = [slot(anchor, refresh, number) for number in range(60)]
    assert {one.utcoffset() for one in found} == {timedelta(0)}
    if refresh != "4 hours":
        assert {one.time() for one in found} == {anchor.astimezone(UTC).time()}
    if refresh == "weekly":
        assert {one.weekday() for one in found} == {anchor.astimezone(UTC).weekday()}
    if refresh != "monthly":
        assert {later - earlier for earlier, later in itertools.pairwise(found)} == {found[1] - found[0]}


@pytest.mark.parametrize("local", [datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1)])
@pytest.mark.fault("F9")
def test_a5_the_hour_that_comes_twice_is_two_instants_of_the_clock(local):
    anchor = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    assert slot_number(anchor, "daily", local) == 1
    assert slot_number(anchor, "4 hours", local) == 6
    assert local.astimezone(UTC).hour == local.fold


@pytest.mark.parametrize("refresh", REFRESHES)
@pytest.mark.parametrize("anchor", ["2024-01-31T10:00", "2024-02-29T00:00", "2025-12-31T23:59:59.999", "2026-03-29T01:00"])
def test_a5_a_slot_is_due_from_its_instant_on_and_not_a_millisecond_before(refresh, anchor):
    anchor = at(anchor)
    for number in range(1, 40):
        moment = slot(anchor, refresh, number)
        assert newest_slot(anchor, refresh, moment) == moment
        assert newest_slot(anchor, refresh, moment - TICK) == slot(anchor, refresh, number - 1)
        assert next_slot(anchor, refresh, moment - TICK) == moment
        assert next_slot(anchor, refresh, moment) == slot(anchor, refresh, number + 1)


@pytest.mark.parametrize("refresh", REFRESHES)
def test_a5_before_the_first_publish_there_is_no_slot_but_the_first(refresh):
    anchor = at("2026-05-31T12:00")
    for before in (TICK, timedelta(days=1), timedelta(days=400)):
        assert slot_number(anchor, refresh, anchor - before) < 0
        assert newest_slot(anchor, refresh, anchor - before) == anchor
        assert next_slot(anchor, refresh, anchor - before) == anchor
        assert missed(anchor, refresh, anchor - 2 * before, anchor - before) == 0


@pytest.mark.parametrize(
    ("refresh", "since", "now", "expected"),
    [
        ("daily", "2026-08-01T09:00", "2026-08-01T09:00", 0),
        ("daily", "2026-08-01T09:00", "2026-08-02T08:59", 0),
        ("daily", "2026-08-01T09:00", "2026-08-02T09:00", 1),
        ("daily", "2026-08-01T09:00", "2026-08-09T10:00", 8),
        ("daily", "2026-08-01T10:00", "2026-08-02T09:00", 1),
        ("4 hours", "2026-08-01T12:59", "2026-08-01T21:00", 3),
        ("weekly", "2026-08-01T09:00", "2026-08-31T09:00", 4),
        ("monthly", "2026-08-01T09:00", "2027-08-01T08:59", 11),
        ("daily", "2026-07-01T09:00", "2026-08-01T09:00", 1),
        ("daily", "2026-08-09T10:00", "2026-08-01T09:00", 0),
    ],
)
def test_a5_missed_slots_are_counted_and_become_one_run(refresh, since, now, expected):
    anchor = at("2026-08-01T09:00")
    assert missed(anchor, refresh, at(since), at(now)) == expected
    if expected:
        assert at(since) < newest_slot(anchor, refresh, at(now)) <= at(now)


INSTANTS = st.datetimes(datetime(1999, 1, 1), datetime(2101, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))


@given(INSTANTS, INSTANTS, st.sampled_from(REFRESHES))
def test_a5_every_instant_lies_between_a_slot_and_the_next(anchor, now, refresh):
    number = slot_number(anchor, refresh, now)
    assert slot(anchor, refresh, number) <= now < slot(anchor, refresh, number + 1)
    assert next_slot(anchor, refresh, now) > now or number < 0


@given(INSTANTS, st.integers(-40, 40), st.sampled_from(REFRESHES))
def test_a5_slots_come_in_order_and_each_has_its_number(anchor, number, refresh):
    moment = slot(anchor, refresh, number)
    assert slot_number(anchor, refresh, moment) == number
    assert slot(anchor, refresh, number - 1) < moment < slot(anchor, refresh, number + 1)


@given(INSTANTS, INSTANTS, st.sampled_from(REFRESHES), st.sampled_from([NEW_YORK, BERLIN]))
@pytest.mark.fault("F9")
def test_a5_the_zone_in_which_an_instant_is_written_changes_nothing(anchor, now, refresh, zone):
    assert newest_slot(anchor.astimezone(zone), refresh, now.astimezone(zone)) == newest_slot(anchor, refresh, now)
