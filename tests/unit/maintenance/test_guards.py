"""A row of somebody who left stays as long as a letter waits that would bring the person back."""

from datetime import UTC, datetime, timedelta

import pytest

from cja_spark.audiences.tables import DEAD_LETTERS, MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.maintenance.retention import count_expired, expired, oldest_letters
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from tests.unit.audiences.world import World, day

NOW = datetime.now(UTC) + timedelta(days=61)


@pytest.fixture(scope="module")
def world(place):
    """Of three who entered with run 1 one left with run 2."""
    one = World(place, "guarded")
    one.publish(day(0), dict.fromkeys("abc"))
    one.publish(day(1), dict.fromkeys("ab"))
    one.deliver()
    return one


def write(world, letter, run_seq, state, sink="feed"):
    letters, at = world.lake.table(DEAD_LETTERS), day(1)
    row = (letter, sink, world.id, run_seq, "c", "enter", "crm:c", None, "{}", "data", "x", 1, state, 1, 1, at, at, None)
    letters.append(letters.frame([row]))


def guards_that_go(world):
    store = world.lake.table(MEMBERSHIPS, "profiles")
    found = {one.table.spec.name: count_expired(one) for one in expired(world.lake, [store], {world.id: 2}, NOW)}
    return found[MEMBERS.name], found[MEMBERSHIPS.name]


def test_they_go_when_no_letter_waits_or_only_younger_ones_and_those_that_are_never_sent(world):
    assert oldest_letters(world.lake) == {}
    assert guards_that_go(world) == (1, 1)
    write(world, "l1", 1, "resolved")
    write(world, "l2", 1, "open", sink="_source")
    write(world, "l3", 3, "open")
    assert oldest_letters(world.lake) == {world.id: 3}
    assert guards_that_go(world) == (1, 1)


@pytest.mark.parametrize(("run_seq", "state"), [(2, "open"), (1, "retrying")])
def test_they_stay_while_an_older_letter_waits(world, run_seq, state):
    write(world, f"w{run_seq}", run_seq, state)
    assert oldest_letters(world.lake) == {world.id: run_seq}
    assert guards_that_go(world) == (0, 0)
    world.lake.table(DEAD_LETTERS).delta().delete("letter_id LIKE 'w%'")
    assert world.lake.table(DEAD_LETTERS).count(equal(audience_id=world.id)) == 3
