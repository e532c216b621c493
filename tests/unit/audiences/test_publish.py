"""Publishing on real tables: once per instant, held back by the guard, refused when stale, tables as declared."""

import re
import shutil
import threading
from datetime import timedelta

import pytest

from cja_spark.audiences.approvals import approve, approved
from cja_spark.audiences.claims import claimed
from cja_spark.audiences.outbox import changes_of, commit, content
from cja_spark.audiences.publish import publish
from cja_spark.audiences.register import find
from cja_spark.audiences.runs import Counts, Seal, has_event, last_run, seals
from cja_spark.audiences.tables import CHANGES, CLAIMS, DEAD_LETTERS, LEDGER, MEMBERS, RUNS, TABLES
from cja_spark.driver_reads import equal
from cja_spark.errors import ClaimError, ConfigurationError, InputError, VersionError
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.scratch import remove_folder, work_folder
from tests.unit.audiences.world import PEOPLE, World, day


@pytest.fixture(scope="module")
def buyers(place):
    world = World(place, "buyers")
    world.publish(day(0), dict.fromkeys("abc"))
    return world


def test_tables_lie_as_declared(buyers):
    details = {}
    for spec in TABLES:
        row = buyers.lake.table(spec).delta().detail().collect()[0]
        details[spec.name] = row
        assert tuple(row["partitionColumns"]) == spec.partition_by
        assert tuple(row["clusteringColumns"]) == spec.cluster_by
        assert row["properties"]["cja.schema_version"] == "1"
        assert row["properties"]["delta.enableInCommitTimestamps"] == "true"
        listed = row["properties"].get("delta.dataSkippingStatsColumns", "").split(",")
        assert not set(listed) & {"profile_key", "id", "person_ref", "attrs", "payload", "change_id"}
    appends = {name for name, row in details.items() if row["properties"].get("delta.appendOnly") == "true"}
    assert appends == {CHANGES.name, CLAIMS.name, RUNS.name, LEDGER.name}
    vectors = {n for n, row in details.items() if row["properties"].get("delta.enableDeletionVectors") == "true"}
    assert vectors == {MEMBERS.name, DEAD_LETTERS.name}


def test_the_same_instant_again_is_nothing_to_do_and_no_commit(buyers):
    before = {spec.name: buyers.lake.table(spec).version() for spec in TABLES}
    receipt = buyers.publish(day(0), dict.fromkeys("abc"))
    assert (receipt.exit_code, receipt.run_seq, receipt.people) == (0, 1, 3)
    assert "nothing to do" in receipt.text()
    assert {spec.name: buyers.lake.table(spec).version() for spec in TABLES} == before


@pytest.mark.fault("F18")
def test_an_earlier_instant_is_stale_and_changes_no_member(buyers):
    before = buyers.found(store=False)
    with pytest.raises(InputError, match="stale_as_of") as raised:
        buyers.publish(day(-1), dict.fromkeys("xyz"))
    assert raised.value.exit_code == 3
    assert buyers.found(store=False) == before


@pytest.mark.fault("F18")
def test_an_empty_result_is_blocked_until_these_very_changes_are_approved(buyers):
    before = buyers.found(store=False)
    receipt = buyers.publish(day(1), {})
    assert (receipt.state, receipt.exit_code, receipt.guard, receipt.people) == ("blocked", 5, ("empty_result",), 3)
    command = re.search(r"cja approve buyers --changes (\S+)$", receipt.text())
    assert buyers.found(store=False) == before
    with pytest.raises(ConfigurationError, match=r"not 3:1: it was evaluated again"):
        approve(buyers.lake, "buyers", approved_by="me", changes="3:1")
    told = approve(buyers.lake, "buyers", approved_by="me", changes=command[1])
    assert (told.run_seq, told.exit, told.reasons) == (2, 3, ("empty_result",))
    receipt = buyers.publish(day(2), dict.fromkeys("abcd"))  # what was approved, not what would be found now
    assert (receipt.exit_code, receipt.exit, receipt.people, receipt.run_seq, receipt.as_of) == (0, 3, 0, 2, day(1))
    assert (buyers.publish(day(2), dict.fromkeys("abcd")).enter, buyers.publish(day(3), {}).exit_code) == (4, 5)
    with pytest.raises(ConfigurationError, match="no run is blocked"):
        approve(buyers.lake, "nobody", approved_by="me")


@pytest.mark.fault("F18")
def test_an_approval_holds_for_a_new_evaluation_with_the_same_changes_when_the_copies_are_gone(buyers):
    told = approve(buyers.lake, "buyers", approved_by="me")
    remove_folder(buyers.lake, work_folder(buyers.lake, "_staging"))
    other = buyers.publish(day(4), dict.fromkeys("a"))
    assert (other.exit_code, other.run_seq, other.exit) == (0, told.run_seq, 3)
    assert buyers.publish(day(5), {}).exit_code == 5


@pytest.mark.fault("F18")
def test_an_approval_ends_after_72_hours_and_a_size_above_the_cap_is_never_approved(buyers):
    told = approve(buyers.lake, "buyers", approved_by="me")
    held = last_run(buyers.lake, buyers.id).blocked
    assert approved(buyers.lake, held.seal, held.why, told.expires_at - timedelta(seconds=1))
    assert not approved(buyers.lake, held.seal, held.why, told.expires_at)
    assert not approved(buyers.lake, held.seal, (*held.why, "mass_exit"), day(0))
    assert not approved(buyers.lake, held.seal, ("size_cap",), day(0))


def test_a11_letters_that_a_run_adds_end_it_with_4_and_known_ones_do_not(place):
    world = World(place, "lettered")
    first, second = world.publish(day(0), ["a", "", " "]), world.publish(day(1), ["a", "b", ""])
    assert [(one.exit_code, one.letters, one.rejected) for one in (first, second)] == [(4, 2, 2), (0, 0, 1)]
    assert "2 of them new letters in dead_letters" in first.text()
    committed = equal(audience_id=world.id, state="committed")
    assert world.rows(RUNS, ("run_seq", "exit_code"), where=committed) == [(1, 4), (2, 0)]


def overtaken(world, epoch):
    """Publish a second run while another owner commits it, with its own people."""
    entry = find(world.lake, world.audience.name)

    def people(start, end):
        told = content(changes_of(world.lake, seals(world.lake, world.id)[0]).limit(0))
        other = Seal(world.id, 2, "another", epoch, "refresh", day(1), 0, 1, told.fingerprint,
                     entry.definition_version, Counts())  # fmt: skip
        commit(world.lake, changes_of(world.lake, other), other)
        return local_rows(world.lake.spark, [("z", "CRM", None)], PEOPLE)

    return publish(world.lake, world.audience, people, as_of=day(1), definition="{}")


@pytest.mark.fault("F8")
def test_a_commit_of_another_owner_is_adopted_under_the_newest_claim_only(place):
    world = World(place, "overtaken")
    world.publish(day(0), dict.fromkeys("z"))
    with pytest.raises(ClaimError, match="Another run committed run 2"):
        overtaken(world, 1 << 40)
    older = World(place, "adopted")
    older.publish(day(0), dict.fromkeys("y"))
    receipt = overtaken(older, 0)
    assert (receipt.run_seq, receipt.enter, receipt.people) == (2, 0, 1)  # z is not in the other's run


@pytest.mark.fault("F8")
def test_who_holds_the_claim_keeps_everybody_else_out(buyers):
    said = []

    def other():
        try:
            buyers.publish(day(50), dict.fromkeys("q"))
        except ClaimError as error:
            said.append(error.exit_code)

    with claimed(buyers.lake, buyers.id, "somebody", "publish"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert said == [7]
    assert [seal.as_of for seal in seals(buyers.lake, buyers.id)][-1] < day(50)


@pytest.mark.fault("F17")
def test_another_pepper_is_refused_before_anything_is_written(place, tmp_path):
    world = World(place, "peppered")
    world.publish(day(0), dict.fromkeys("a"))
    (tmp_path / "pepper").write_text("another pepper of enough bytes")
    with pytest.raises(VersionError):
        world.publish(day(1), dict.fromkeys("ab"), pepper=f"${{file:{tmp_path / 'pepper'}}}")
    assert len(seals(place, world.id)) == 1


@pytest.mark.parametrize("known_by", ["members", "suppressions"])
def test_s10_another_pepper_is_refused_for_an_audience_that_is_new_too(audience_tables, spark, tmp_path, known_by):
    shutil.copytree(audience_tables, tmp_path / "lake")
    world = World(Lake(spark, str(tmp_path / "lake")), "old")
    if known_by == "members":
        world.publish(day(0), dict.fromkeys("a"))
    else:  # somebody was erased whom the new audience would find
        world.suppress("0" * 64)
    (tmp_path / "pepper").write_text("another pepper of enough bytes")
    other = World(world.lake, "new")
    for dry in (True, False):
        with pytest.raises(VersionError, match="bring the old one back"):
            other.publish(day(1), dict.fromkeys("ab"), pepper=f"${{file:{tmp_path / 'pepper'}}}", dry=dry)
    assert find(world.lake, "new") is None


def test_a6_an_expired_audience_is_skipped_without_exits(buyers):
    before = buyers.found(store=False)
    receipt = buyers.publish(day(400), {})
    assert (receipt.state, receipt.exit_code) == ("skipped_expired", 0)
    assert buyers.found(store=False) == before


def test_a6_an_expired_audience_goes_on_once_its_file_puts_the_end_off(place):
    from datetime import date

    world = World(place, "renewed", expires=date(2026, 8, 10))
    world.publish(day(0), dict.fromkeys("ab"))
    assert world.publish(day(9), {}).state == "skipped_expired"
    later = World(place, "renewed", expires=date(2027, 8, 10))
    receipt = later.publish(day(9), dict.fromkeys("bc"))
    assert (receipt.state, receipt.run_seq, receipt.enter, receipt.exit) == ("committed", 2, 1, 1)
    with pytest.raises(ConfigurationError, match="more than 13 months away"):
        World(place, "renewed", expires=date(2029, 8, 10)).publish(day(400), {})


@pytest.mark.fault("F1")
def test_a_run_that_died_is_finished_also_after_the_audience_expired(place, monkeypatch):
    from datetime import date

    world = World(place, "died_in_time", expires=date(2026, 8, 10))
    monkeypatch.setenv("CJA_FAILPOINTS", "outbox.after_commit=raise@1")
    forget_hits()
    with pytest.raises(InjectedFault):
        world.publish(day(0), dict.fromkeys("ab"))
    monkeypatch.delenv("CJA_FAILPOINTS")
    receipt = world.publish(day(20), dict.fromkeys("c"))
    assert (receipt.state, receipt.run_seq, receipt.people) == ("committed", 1, 2)
    assert world.publish(day(20), dict.fromkeys("c")).state == "skipped_expired"
    assert {row[2] for row in world.found(store=False)["members"]} == {"realized"}


def test_a3_a14_a_one_time_audience_never_beats_and_lives_420_days(place):
    from datetime import date

    world = World(place, "spring", refresh=None, lookback=None, range={"from": date(2026, 3, 1), "to": date(2026, 3, 31)})
    runs = [(day(0), dict.fromkeys("ab")), (day(30), dict.fromkeys("bc"))]
    for run in runs:
        world.publish(*run)
    assert world.found(store=False) == {
        name: rows
        for name, rows in world.expected(runs, ttl=timedelta(days=420), due=timedelta(days=9999)).items()
        if name in ("changes", "members")
    }
    assert has_event(place, world.id, 2, "committed")
