"""F8: several at once: claims of every command, tickets, and audiences of the same people; one wins, or as one after another."""

import threading
from datetime import UTC, datetime

import pytest

from cja_spark.audiences.claims import Claim, acquire, claimed
from cja_spark.audiences.members import derive
from cja_spark.audiences.runs import seals
from cja_spark.audiences.tables import CLAIMS, MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.errors import ClaimError
from cja_spark.maintenance.maintain import Work, maintain
from cja_spark.sinks.again import Again, send_again
from tests.faults.plan import seeds
from tests.unit.audiences.world import World, day


@pytest.fixture(scope="module")
def world(place):
    world = World(place, "meanwhile")
    world.publish(day(0), dict.fromkeys("abc"))
    return world


def tells(call):
    """The exit code of a command that runs in a thread of its own, as another invocation would."""
    said = []

    def run():
        try:
            call()
            said.append(0)
        except ClaimError as error:
            said.append(error.exit_code)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return said[0]


HELD = {
    "publish": "own", "deliver": "own", "retry": "own", "erase": "*", "maintain": "*", "migrate": "*",
}  # fmt: skip
WANTED = {
    "publish": lambda world: world.publish(day(9), dict.fromkeys("abcd")),
    "deliver": lambda world: world.deliver(),
    "retry": lambda world: send_again(Again(replay="profiles", from_run=1), world.lake, world.audience.name, world.id, [world.sink], "r9"),
    "maintain": lambda world: maintain(Work(world.lake, {world.id: world.audience.sinks}, [], datetime.now(UTC))),
}


@pytest.mark.fault("F8")
@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("held", HELD)
def test_f8_who_comes_second_is_told_and_changes_nothing(world, held, wanted):
    before = world.versions()
    with claimed(world.lake, world.id if HELD[held] == "own" else "*", f"held by {held}", held):
        assert tells(lambda: WANTED[wanted](world)) == 7
    assert world.versions() == before


@pytest.mark.fault("F8")
@pytest.mark.parametrize("seed", seeds(2, 12))
def test_f8_of_many_tickets_at_once_each_has_one_owner_and_one_wins(place, seed):
    """As on a cluster, where no lock of an operating system keeps others out (T9)."""
    scope, found, start = f"aud_crowd{seed}", [], threading.Barrier(4)

    def want(number):
        wish = Claim(place, 0, scope, f"crowd {seed} {number}", "publish", datetime.now(UTC))
        start.wait()
        try:
            found.append(acquire(wish, take_over=False))
        except ClaimError as error:
            found.append(error)

    threads = [threading.Thread(target=want, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    won = [one for one in found if isinstance(one, Claim)]
    assert (len(found), len(won)) == (4, 1)
    won[0].check()
    won[0].release()
    rows = place.table(CLAIMS).rows("ticket", "event", where=equal(scope=scope))
    assert len({row["ticket"] for row in rows}) == len(rows) == 8
    assert sorted(row["event"] for row in rows) == ["acquired"] * 4 + ["released"] * 4


@pytest.mark.fault("F8")
def test_f8_merges_of_several_audiences_at_once_all_commit(place, monkeypatch, fault):
    """M6, D6: members are partitioned by audience, so that no merge is in the way of another."""
    worlds, faults, start = [World(place, f"side_by_side_{number}") for number in range(4)], [], threading.Barrier(4)
    with monkeypatch.context() as held:
        held.setattr("cja_spark.audiences.make_run.derive", lambda lake, seal: None)
        for one in worlds:
            one.publish(day(0), dict.fromkeys("abcdefgh"))
    sealed = [seals(place, one.id)[0] for one in worlds]

    def merge(seal):
        start.wait()
        try:
            derive(place, seal)
        except Exception as error:  # told where the test can see it
            faults.append(type(error).__name__)

    threads = [threading.Thread(target=merge, args=(seal,)) for seal in sealed]
    for one in threads:
        one.start()
    for one in threads:
        one.join(240)
    assert faults == []
    assert [place.table(MEMBERS).count(equal(audience_id=one.id)) for one in worlds] == [8] * 4
    fault.tried(times=4, lost=0, duplicated=0)
