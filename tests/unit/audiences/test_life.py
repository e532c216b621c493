"""The life of an audience on real tables: heartbeats, pause, rename, renew, deletion, dry runs, resuming."""

import re
import time
from datetime import date, timedelta

import pytest

from cja_spark.audiences import claims
from cja_spark.audiences.approvals import approve
from cja_spark.audiences.assert_again import assert_again
from cja_spark.audiences.claims import claimed
from cja_spark.audiences.delete import delete
from cja_spark.audiences.manage import pause, rename, renew, resume
from cja_spark.audiences.register import LONGEST, expired, find, generations
from cja_spark.audiences.runs import last_run, seals
from cja_spark.audiences.tables import AUDIENCES, CLAIMS, MEMBERS, RUNS, TABLES
from cja_spark.driver_reads import equal, one_of
from cja_spark.errors import ClaimError, ConfigurationError
from cja_spark.lake import Lake
from cja_spark.scratch import folder_exists, work_folder
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from cja_spark.sinks.spec import DeltaProfiles
from tests.unit.audiences.world import World, day


def states(world):
    return {row[0]: (row[2], row[4], row[6]) for row in world.found(store=False)["members"]}


def versions(lake):
    return {spec.name: lake.table(spec).version() for spec in TABLES}


def test_a16_a_heartbeat_run_asserts_who_is_due_and_evaluates_nobody(place, crash):
    world = World(place, "monthly", refresh="monthly")
    world.publish(day(0), {"a": '{"tier":"gold"}', "b": None}, inputs={"journeys": 1})
    early = assert_again(place, world.audience, as_of=day(7) - timedelta(milliseconds=1))
    assert (early.state, early.run_seq) == ("nothing", 1)
    crash("outbox.after_commit", lambda: assert_again(place, world.audience, as_of=day(7)))
    finished = assert_again(place, world.audience, as_of=day(7))  # the dead one's run is finished, no other is due
    assert (finished.state, finished.run_seq, finished.kind) == ("nothing", 2, "heartbeat")
    assert [(seal.kind, seal.counts.heartbeat, seal.emitted) for seal in seals(place, world.id)][1] == ("heartbeat", 2, 2)
    assert states(world) == {key: ("realized", day(7), day(7 + 16)) for key in ("crm:a", "crm:b")}
    assert world.found(store=False) == {  # the oracle's heartbeat is that of a refresh that finds the same people
        name: rows for name, rows in world.expected([(day(0), {"a": '{"tier":"gold"}', "b": None}),
                                                     (day(7), {"a": '{"tier":"gold"}', "b": None})]).items()
        if name in ("changes", "members")
    }  # fmt: skip
    told = last_run(place, world.id)
    assert (told.inputs, told.refreshed_at, told.told_at) == ({"journeys": 1}, day(0), day(7))
    held = world.publish(day(8), dict.fromkeys("abc"), definition='{"x":1}')
    assert held.guard == ("definition_changed",)  # a heartbeat in between hides no change of the definition


def test_a19_a_deleted_audience_sends_no_exits_and_its_id_is_not_used_again(place):
    world = World(place, "leaving")
    world.publish(day(0), dict.fromkeys("ab"))
    first, before = world.id, states(world)
    receipt = delete(place, "leaving")
    assert (receipt.state, receipt.exit_code, receipt.people) == ("deleted", 0, 2)
    assert find(place, "leaving") is None
    with pytest.raises(ConfigurationError, match="No published audience named 'leaving'"):
        delete(place, "leaving")
    world.publish(day(1), dict.fromkeys("c"))
    assert world.id != first
    assert len(seals(place, first)) == 1
    old = [row for row in world.rows(MEMBERS, ("profile_key", "status", "asserted_at", "valid_until"), where=equal(audience_id=first))]
    assert {row[0]: row[1:] for row in old} == before
    assert [one.status for one in generations(place, "leaving")].count("deleted") == 1


def test_a19_exits_leave_once_somebody_approved_them_and_reach_the_sinks(place, crash):
    world = World(place, "dismissed")
    world.publish(day(0), dict.fromkeys("ab"))
    gone = world.id
    deliver(place, {"profiles": world.sink}, [world.audience])
    held = delete(place, "dismissed", send_exits=True, as_of=day(1))
    assert (held.state, held.exit_code, held.guard, held.exit) == ("blocked", 5, ("final_exit",), 2)
    assert find(place, "dismissed").status == "paused"
    assert world.publish(day(2), dict.fromkeys("abc")).state == "skipped_paused"  # nothing overtakes it
    told = approve(place, "dismissed", approved_by="me", changes=re.search(r"--changes (\S+),", held.text())[1])
    assert "'cja delete dismissed --send-exits' commits them" in told.text()
    crash("outbox.after_commit", lambda: delete(place, "dismissed", send_exits=True, as_of=day(3)))
    assert delete(place, "dismissed", send_exits=True, as_of=day(3)).exit_code == 0
    assert [(seal.kind, seal.as_of, seal.counts.exit) for seal in seals(place, gone)][1:] == [("final_exit", day(1), 2)]
    assert find(place, "dismissed") is None
    deliver(place, {"profiles": world.sink}, [world.audience])
    rows = world.rows(MEMBERSHIPS, ("profile_key", "status", "run_seq"), "profiles", where=equal(audience_id=gone))
    assert rows == [("crm:a", "exited", 2), ("crm:b", "exited", 2)]


def test_a19_a_sink_that_is_new_hears_nothing_of_a_deleted_audience_and_an_old_one_hears_the_end(place):
    old, new = DeltaProfiles(name="profiles", sink="delta"), DeltaProfiles(name="newcomer", sink="delta")
    sinks = {"profiles": old, "newcomer": new}
    world = World(place, "succeeded")
    world.publish(day(0), dict.fromkeys("ab"))
    first = world.id
    deliver(place, {"profiles": old}, [world.audience])
    delete(place, "succeeded", send_exits=True, as_of=day(1))
    approve(place, "succeeded", approved_by="me")
    delete(place, "succeeded", send_exits=True, as_of=day(1))
    world.publish(day(2), dict.fromkeys("c"))
    both = world.audience.model_copy(update={"sinks": ("profiles", "newcomer")})
    receipt = deliver(place, sinks, [both])
    assert {(one.sink, one.audience_id, one.runs) for one in receipt.sinks} == {
        ("profiles", first, (2,)), ("profiles", world.id, (1,)), ("newcomer", world.id, (1,)),
    }  # fmt: skip
    stored = {
        name: world.rows(MEMBERSHIPS, ("audience_id", "profile_key", "status"), name, where=one_of(audience_id=(first, world.id)))
        for name in sinks
    }
    assert stored["newcomer"] == [(world.id, "crm:c", "realized")]
    assert sorted(stored["profiles"]) == sorted(
        [(first, "crm:a", "exited"), (first, "crm:b", "exited"), (world.id, "crm:c", "realized")]
    )
    assert deliver(place, sinks, [both]).sinks == ()


def test_a19_an_audience_that_nobody_was_told_of_ends_without_a_word(place):
    world = World(place, "unheard")
    world.publish(day(0), dict.fromkeys("ab"))
    delete(place, "unheard")
    assert deliver(place, {"profiles": world.sink}, [world.audience]).sinks == ()


def test_a19_who_keeps_the_audience_after_all_resumes_it(place):
    world = World(place, "kept")
    world.publish(day(0), dict.fromkeys("ab"))
    delete(place, "kept", send_exits=True, as_of=day(1))
    assert resume(place, "kept").status == "active"
    receipt = world.publish(day(2), dict.fromkeys("abc"))
    assert (receipt.state, receipt.run_seq, receipt.enter, receipt.exit) == ("committed", 2, 1, 0)


def test_a18_a_rename_keeps_the_id_and_makes_no_run(place):
    world = World(place, "before")
    world.publish(day(0), dict.fromkeys("ab"))
    id_, runs = world.id, place.table(RUNS).version()
    with pytest.raises(ConfigurationError, match=r"Rename audiences/before.yaml to audiences/after.yaml first"):
        rename(place, "before", "after", {"before"})
    entry = rename(place, "before", "after", {"after"})
    assert (entry.audience_id, entry.external_name) == (id_, f"after ({id_})")
    again, moved = rename(place, "before", "after", {"after"}), place.table(AUDIENCES).version()
    assert (again, place.table(AUDIENCES).version(), place.table(RUNS).version()) == (entry, moved, runs)
    later = World(place, "after").publish(day(1), dict.fromkeys("abc"))
    assert (later.audience_id, later.run_seq, later.enter) == (id_, 2, 1)
    other = world.publish(day(1), dict.fromkeys("z"))  # the old name is free, its first id is not
    assert (other.audience_id == id_, other.run_seq, other.enter) == (False, 1, 1)
    with pytest.raises(ConfigurationError, match="Another audience is called 'after' already"):
        rename(place, "before", "after", {"after"})


def test_a6_an_expired_audience_is_renewed_for_thirteen_months(place):
    world = World(place, "old")
    world.publish(day(0), dict.fromkeys("ab"))
    assert world.publish(day(365), {}).state == "skipped_expired"
    assert find(place, "old").status == "expired"
    entry = renew(place, world.audience, day(366))
    assert (entry.expires_at, entry.status) == (day(366) + LONGEST, "active")
    assert world.publish(day(366), dict.fromkeys("abc")).enter == 1
    with pytest.raises(ConfigurationError, match="its file says 'expires: 2026-09-01'"):
        renew(place, World(place, "old", expires=date(2026, 9, 1)).audience, day(366))


@pytest.mark.fault("F8")
def test_an_audience_that_is_deleted_while_a_publish_finds_it_expired_stays_deleted(place, monkeypatch):
    world = World(place, "over")
    world.publish(day(0), dict.fromkeys("ab"))

    def meanwhile(*asked):
        monkeypatch.undo()
        delete(place, "over")
        return expired(*asked)

    monkeypatch.setattr("cja_spark.audiences.publish.expired", meanwhile)
    assert world.publish(day(365), {}).state == "skipped_expired"
    assert (find(place, "over"), generations(place, "over")[0].status) == (None, "deleted")


@pytest.mark.fault("F1")
def test_a_paused_audience_begins_no_run_and_what_died_before_is_finished(place, crash):
    world = World(place, "resting", refresh="monthly")
    crash("outbox.after_commit", lambda: world.publish(day(0), dict.fromkeys("ab")))
    pause(place, "resting")
    assert world.publish(day(1), dict.fromkeys("c")).reason == "resumed and finished"
    assert world.publish(day(1), dict.fromkeys("c")).state == "skipped_paused"
    assert assert_again(place, world.audience, as_of=day(8)).reason == "paused; 'cja resume' goes on"
    assert resume(place, "resting").status == "active"
    assert world.publish(day(2), dict.fromkeys("bc")).exit == 1


@pytest.mark.fault("F8")
def test_who_manages_an_audience_waits_for_its_run(place):
    world = World(place, "busy")
    world.publish(day(0), dict.fromkeys("a"))
    elsewhere = Lake(place.spark, place.location)
    elsewhere.__dict__["folder"] = None  # a lake on no disk of this machine: claims alone keep others out
    with claimed(elsewhere, world.id, "somebody", "publish"):
        for call in (pause, resume, delete):
            with pytest.raises(ClaimError, match="its lease ends in"):
                call(elsewhere, "busy")
    assert find(place, "busy").status == "active"


def test_r2_t8_a_dry_run_moves_no_table_version_and_leaves_no_copies(place, spark, tmp_path):
    world = World(place, "rehearsed")
    world.publish(day(0), dict.fromkeys("abc"))
    blocked = world.publish(day(1), {})
    before, staged = versions(place), work_folder(place, f"_staging/{world.id}/2")
    receipt = world.publish(day(2), dict.fromkeys("bcd"), dry=True)
    assert (receipt.state, receipt.exit_code, receipt.run_seq, receipt.people) == ("dry_run", 0, 2, 3)
    assert (receipt.enter, receipt.exit, receipt.guard) == (1, 1, ())
    assert "1 enter, 0 update, 1 exit, 0 heartbeat; nothing was written" in receipt.text()
    assert world.publish(day(2), {}, dry=True).guard == ("empty_result",)
    assert versions(place) == before
    assert folder_exists(place, staged)  # what is held back can still be approved
    assert approve(place, "rehearsed", approved_by="me").exit == blocked.exit == 3
    assert not any((tmp_path / "new").glob("*"))
    other = World(Lake(spark, str(tmp_path / "new" / "lake")), "first")
    assert other.publish(day(0), dict.fromkeys("ab"), dry=True).enter == 2
    assert versions(other.lake) == dict.fromkeys(versions(other.lake), -1)


@pytest.mark.fault("F1")
def test_resume_only_finishes_what_died_and_begins_nothing(place, crash):
    world = World(place, "finished")
    assert world.publish(day(0), dict.fromkeys("a"), resume_only=True).state == "nothing"
    assert find(place, "finished") is None
    crash("outbox.after_commit", lambda: world.publish(day(0), dict.fromkeys("ab")))
    told = world.publish(day(1), dict.fromkeys("c"), resume_only=True)
    assert (told.state, told.reason, told.run_seq, told.people) == ("committed", "resumed and finished", 1, 2)
    before = versions(place)
    told = world.publish(day(1), dict.fromkeys("c"), resume_only=True)
    assert (told.run_seq, told.reason) == (1, "nothing to do: the last run is finished")
    moved = versions(place)
    assert {name for name in moved if moved[name] != before[name]} == {CLAIMS.name}  # I5


def test_a_lease_is_renewed_while_its_owner_is_busy_with_one_long_step(place, monkeypatch):
    world = World(place, "slow")
    world.publish(day(0), dict.fromkeys("a"))
    monkeypatch.setattr(claims, "RENEW_AFTER", timedelta(seconds=0.2))
    with claimed(place, world.id, "a busy one", "publish") as claim:
        renewed = equal(run_id="a busy one", event="renewed")
        until = time.monotonic() + 60
        while place.table(CLAIMS).count(renewed) < 3 and time.monotonic() < until:
            time.sleep(0.1)
    rows = sorted(place.table(CLAIMS).rows("claim", "ticket", "event", "lease_until", where=equal(run_id="a busy one")),
                  key=lambda row: row["ticket"])  # fmt: skip
    assert [row["event"] for row in rows][:4] == ["acquired", "renewed", "renewed", "renewed"]
    assert {row["claim"] for row in rows} == {claim.epoch}
    assert rows[-1]["event"] == "released"
    assert rows[1]["lease_until"] > rows[0]["lease_until"]
