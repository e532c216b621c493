"""I6: any number of runs, one after the other, end where one run of the last people ends, in every table."""

import random
from datetime import date

import pytest

from cja_spark.audiences.assert_again import assert_again
from cja_spark.audiences.tables import CHANGES, MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from tests.faults.plan import seeds
from tests.unit.audiences.world import World, day

ATTRS = (None, '{"tier":"gold"}', '{"tier":null}')


def runs_of(seed):
    """People of some days: who enters, leaves, comes back, has other attributes; a heartbeat run in between."""
    drawn, when, found = random.Random(seed), 0, []
    for at in range(4):
        when += 8 if at == 2 else drawn.choice([1, 7, 8])
        inside = [f"p{number}" for number in range(25) if drawn.random() < drawn.choice([0.3, 0.9])] or ["p0"]
        found.append((day(when), {id_: drawn.choice(ATTRS) for id_ in inside}))
    return found


def told(world):
    """Who belongs, with their attributes, as each table says: the members, the newest change of each, the sink."""
    mine = equal(audience_id=world.id)
    members = world.rows(MEMBERS, ("profile_key", "attrs", "status"), where=mine)
    changes = world.rows(CHANGES, ("run_seq", "profile_key", "attrs", "status"), where=mine)
    newest = {row[1]: row[1:] for row in sorted((row for row in changes if row[1]), key=lambda row: row[0])}
    store = world.rows(MEMBERSHIPS, ("profile_key", "attrs", "status"), "profiles", where=mine)
    return [sorted((row for row in rows if row[2] == "realized"), key=str) for rows in (members, newest.values(), store)]


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_i6_n_incremental_runs_are_one_full_run(place, seed):
    runs = runs_of(seed)
    steps, whole = (World(place, f"{name}{seed}", refresh="monthly") for name in ("steps", "whole"))
    for at, (as_of, people) in enumerate(runs):
        assert steps.publish(as_of, people, moves=False).exit_code in (0, 5)
        if at == 1:
            assert_again(place, steps.audience, as_of=as_of + (day(7) - day(0)))
        if at in (0, 2):
            deliver(place, {"profiles": steps.sink}, [steps.audience])
    whole.publish(*runs[-1])
    deliver(place, {"profiles": steps.sink}, [steps.audience, whole.audience])
    expected = sorted(((f"crm:{id_}", attrs, "realized") for id_, attrs in runs[-1][1].items()), key=str)
    assert told(whole) == [expected] * 3
    assert told(steps) == [expected] * 3


def test_a13_who_is_known_by_another_key_leaves_with_the_old_one_and_enters_with_the_new_one(place):
    world = World(place, "stitched")
    world.publish(day(0), {"cookie1": '{"tier":"gold"}'}, namespace="ECIDX")
    receipt = world.publish(day(1), {"ann": '{"tier":"gold"}'}, namespace="CRM")
    assert (receipt.state, receipt.enter, receipt.exit, receipt.people) == ("committed", 1, 1, 1)
    changes = world.found(store=False)["changes"]
    assert [(row[1], row[3], row[4], row[5], row[7]) for row in changes if row[0] == 2] == [
        ("enter", "crm:ann", "CRM", "ann", "realized"), ("exit", "ecidx:cookie1", "ECIDX", "cookie1", "exited"),
    ]  # fmt: skip


def test_a10_a_profile_is_made_by_who_enters_alone_and_a_known_one_keeps_what_it_has(place):
    first, second = World(place, "makes"), World(place, "meets")
    first.publish(day(0), dict.fromkeys(["ann", "bob"]))
    first.publish(day(1), dict.fromkeys(["ann"]))
    [made] = first.deliver()
    assert (made.profiles_created, made.acked) == (2, 3)
    profiles = first.found()["profiles"]
    second.publish(day(2), dict.fromkeys(["ann", "cid"]))
    second.publish(day(3), dict.fromkeys(["cid"]))
    [met] = second.deliver()
    assert (met.profiles_created, met.acked) == (1, 3)  # ann was there already: two of the three are of known profiles
    assert first.found()["profiles"] == profiles
    never = World(place, "leaves")
    never.publish(day(0), dict.fromkeys(["dan", "eve"]))
    never.publish(day(1), dict.fromkeys(["eve"]))
    [gone] = never.deliver()
    assert (gone.profiles_created, gone.acked) == (2, 3)


@pytest.mark.parametrize(("given", "days"), [({}, 16), ({"refresh": None, "lookback": None, "range": {"from": date(2026, 3, 1), "to": date(2026, 3, 31)}}, 420)])
def test_a14_a_membership_lasts_16_days_or_420_and_an_exit_has_no_end(place, given, days):
    world = World(place, f"lasts{days}", **given)
    world.publish(day(0), dict.fromkeys(["ann", "bob"]))
    world.publish(day(1), dict.fromkeys(["ann"]))
    until = {row[0]: (row[2], row[6]) for row in world.found(store=False)["members"]}
    assert until == {"crm:ann": ("realized", day(days)), "crm:bob": ("exited", None)}


def test_a15_a_member_is_asserted_again_after_four_days_and_not_before(place):
    world = World(place, "reasserted")
    people = dict.fromkeys(["ann"])
    world.publish(day(0), people)
    tick = (day(1) - day(0)) / 86_400_000
    assert [world.publish(as_of, people).heartbeat for as_of in (day(4) - tick, day(4), day(8) - tick, day(8))] == [0, 1, 0, 1]


def test_a3_a_one_time_audience_is_published_again_as_a_new_difference(place):
    world = World(place, "again", refresh=None, lookback=None, range={"from": date(2026, 3, 1), "to": date(2026, 3, 31)})
    told = [world.publish(day(number), dict.fromkeys(people)) for number, people in ((0, "ab"), (200, "bc"))]
    assert [(one.run_seq, one.enter, one.exit, one.heartbeat) for one in told] == [(1, 2, 0, 0), (2, 1, 1, 0)]


def test_a9_who_becomes_unknown_leaves(place):
    world = World(place, "known", known_only=True, known_namespaces=("crm",))
    world.publish(day(0), dict.fromkeys(["ann", "bob"]), namespace="CRM")
    receipt = world.publish(day(1), dict.fromkeys(["ann"]), namespace="Crm")
    assert (receipt.enter, receipt.exit, receipt.people) == (0, 1, 1)  # codes compare whatever their case
    assert world.publish(day(2), dict.fromkeys(["ann", "bob"]), namespace="ECIDX").guard == ("empty_result",)


def test_a20_the_counts_of_a_receipt_are_those_of_the_outbox(place):
    world = World(place, "counted")
    world.publish(day(0), dict.fromkeys(["ann", "bob", "cid", ""]))
    receipt = world.publish(day(5), {"ann": None, "bob": '{"tier":"gold"}', "dan": None, "": None, " ": None})
    told = [row[1] for row in world.found(store=False)["changes"] if row[0] == 2]
    assert {op: told.count(op) for op in ("enter", "update", "exit", "heartbeat")} == {
        "enter": receipt.enter, "update": receipt.update, "exit": receipt.exit, "heartbeat": receipt.heartbeat,
    }  # fmt: skip
    assert (receipt.enter, receipt.update, receipt.exit, receipt.heartbeat) == (1, 1, 1, 1)
    assert (receipt.people, receipt.rejected, receipt.letters, receipt.suppressed) == (3, 2, 1, 0)
