"""Publishing on real tables: once per instant, held back by the guard, refused when stale, tables as declared."""

import threading
from datetime import timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.claims import claimed
from cja_spark.audiences.runs import has_event, seals
from cja_spark.audiences.tables import APPROVALS, CHANGES, CLAIMS, DEAD_LETTERS, LEDGER, MEMBERS, RUNS, TABLES
from cja_spark.errors import BlockedError, ClaimError, InputError, VersionError
from tests.unit.audiences.world import World, day


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


def test_an_earlier_instant_is_stale_and_changes_no_member(buyers):
    before = buyers.found(store=False)
    with pytest.raises(InputError, match="stale_as_of") as raised:
        buyers.publish(day(-1), dict.fromkeys("xyz"))
    assert raised.value.exit_code == 3
    assert buyers.found(store=False) == before


def test_an_empty_result_is_blocked_until_these_very_changes_are_approved(buyers):
    before = buyers.found(store=False)
    with pytest.raises(BlockedError, match="empty_result") as raised:
        buyers.publish(day(1), {})
    assert raised.value.exit_code == 5
    assert buyers.found(store=False) == before
    blocked = buyers.lake.table(RUNS).read().where((F.col("state") == "blocked") & (F.col("audience_id") == buyers.id))
    print_ = blocked.select("diff_fingerprint", "run_seq", "guard").collect()[0]
    assert (print_["run_seq"], print_["guard"]) == (2, "empty_result")
    approvals = buyers.lake.table(APPROVALS)
    approvals.append(
        approvals.frame([("1", buyers.id, 2, print_["diff_fingerprint"], ["empty_result"], "me", None, day(0), day(9999))])
    )
    receipt = buyers.publish(day(2), {})
    assert (receipt.exit, receipt.people, receipt.run_seq) == (3, 0, 2)


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


def test_another_pepper_is_refused_before_anything_is_written(place, tmp_path):
    world = World(place, "peppered")
    world.publish(day(0), dict.fromkeys("a"))
    (tmp_path / "pepper").write_text("another pepper of enough bytes")
    with pytest.raises(VersionError):
        world.publish(day(1), dict.fromkeys("ab"), pepper=f"${{file:{tmp_path / 'pepper'}}}")
    assert len(seals(place, world.id)) == 1


def test_an_expired_audience_is_skipped_without_exits(buyers):
    before = buyers.found(store=False)
    receipt = buyers.publish(day(400), {})
    assert (receipt.state, receipt.exit_code) == ("skipped_expired", 0)
    assert buyers.found(store=False) == before


def test_a_one_time_audience_never_beats_and_lives_420_days(place):
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
