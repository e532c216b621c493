"""Audit on a lake: a whole history adds up, and each thing that can be lost or doubled is found."""

import shutil
from datetime import timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.runs import seals
from cja_spark.audiences.tables import CHANGES, LEDGER, MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.maintenance.retention import expired, remove_expired, settled
from cja_spark.sinks.audit import Audited, audit
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from cja_spark.sinks.ledger import taken
from cja_spark.sinks.views import dead_letter_summary, sync_log
from cja_spark.watch.metrics import metrics_text
from cja_spark.watch.standing import Standing
from cja_spark.watch.status import Watched, status
from cja_spark.watch.taken import taken_by_sinks
from tests.unit.audiences.world import World, day


@pytest.fixture(scope="module")
def history(spark, audience_tables, tmp_path_factory):
    """Two runs delivered, the third waits; one identity cannot be published."""
    folder = tmp_path_factory.mktemp("audited") / "lake"
    shutil.copytree(audience_tables, folder)
    world = World(Lake(spark, str(folder)), "visitors")
    world.publish(day(1), ["a", "b", "c", " "])
    world.deliver()
    world.publish(day(2), ["a", "b", "d"])
    world.deliver()
    world.publish(day(3), ["a", "d", "e"])
    return world


@pytest.fixture
def world(history, tmp_path):
    """A copy of the history that a test may damage."""
    return history.copied(tmp_path / "world")


def audited(world, **asked):
    return audit(world.lake, [Audited("visitors", world.id, (world.sink,))], **asked)


def gaps(receipt):
    return {(one.run_seq, one.sink): one.gaps for one in receipt.runs if one.gaps} | {
        one.store: tuple(gap.split(" (")[0] for gap in one.gaps) for one in receipt.stores if one.gaps
    }


def damaged(world, spec, change, *names):
    change(world.lake.table(spec, *names).delta())


def test_a_whole_history_adds_up_and_what_waits_is_pending(history):
    receipt = audited(history)
    assert (receipt.exit_code, gaps(receipt)) == (0, {})
    told = [(one.run_seq, one.state, one.emitted, one.acked, one.pending) for one in receipt.runs]
    assert told == [(1, "done", 3, 3, 0), (2, "done", 2, 2, 0), (3, "pending", 2, 0, 2)]
    assert [(one.store, one.compared) for one in receipt.stores] == [("_members", 5), ("profiles", 4)]
    lines = receipt.text().splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["audience", "run", "sink", "emitted", "acked", "dead", "suppressed", "pending", "state"],
        ["visitors", "1", "profiles", "3", "3", "0", "0", "0", "done"],
    ]  # fmt: skip
    assert lines[-1] == "everything adds up"


def test_one_run_can_be_asked_for(history):
    receipt = audited(history, run=2)
    assert [one.run_seq for one in receipt.runs] == [2]
    assert [one.compared for one in receipt.stores] == [2, 2]


def test_the_views_tell_of_runs_at_sinks_and_of_letters(history):
    rows = sync_log(history.lake).orderBy("run_seq").collect()
    assert [(row["run_seq"], row["sink_id"], row["state"], row["emitted"], row["acked"]) for row in rows] == [
        (1, "profiles", "published", 3, 3), (2, "profiles", "published", 2, 2),
    ]  # fmt: skip
    [letter] = dead_letter_summary(history.lake).collect()
    assert (letter["sink_id"], letter["error_code"], letter["state"], letter["letters"]) == ("_source", "identity_blank", "open", 1)


def lose_a_store_row(world):
    damaged(world, MEMBERSHIPS, lambda table: table.delete(F.col("profile_key") == "crm:a"), "profiles")


def set_a_store_row_back(world):
    damaged(world, MEMBERSHIPS, lambda table: table.update(F.col("profile_key") == "crm:d", {"run_seq": F.lit(1)}), "profiles")


def change_a_store_row(world):
    damaged(world, MEMBERSHIPS, lambda table: table.update(F.col("profile_key") == "crm:d", {"status": F.lit("exited")}), "profiles")


def add_a_store_row(world):
    table = world.lake.table(MEMBERSHIPS, "profiles")
    row = table.read().where(F.col("profile_key") == "crm:a")
    table.append(row.withColumn("profile_key", F.lit("crm:ghost")).withColumn("change_id", F.lit("0" * 64)))


def add_a_row_of_a_run_to_come(world):
    table = world.lake.table(MEMBERSHIPS, "profiles")
    row = table.read().where(F.col("profile_key") == "crm:a").withColumn("run_seq", F.lit(9).cast("bigint"))
    table.append(row.withColumn("profile_key", F.lit("crm:ghost")).withColumn("change_id", F.lit("0" * 64)))


def set_a_store_row_forward(world):
    change = {"run_seq": F.lit(3), "change_id": F.lit("0" * 64)}
    damaged(world, MEMBERSHIPS, lambda table: table.update(F.col("profile_key") == "crm:d", change), "profiles")


def lose_a_member(world):
    damaged(world, MEMBERS, lambda table: table.delete(F.col("profile_key") == "crm:a"))


def bring_an_erased_person_back(world):
    [[ref]] = world.rows(MEMBERS, ("person_ref",), where=equal(audience_id=world.id, status="realized"))[:1]
    world.suppress(ref)


@pytest.mark.parametrize(
    ("damage", "store", "said"),
    [
        (lose_a_store_row, "profiles", ("1 missing",)),
        (set_a_store_row_back, "profiles", ("1 stale",)),
        (change_a_store_row, "profiles", ("1 differing",)),
        (add_a_store_row, "profiles", ("1 extra",)),
        (add_a_row_of_a_run_to_come, "profiles", ("1 too_new",)),
        (set_a_store_row_forward, "profiles", ("1 too_new",)),
        (lose_a_member, "_members", ("1 missing",)),
    ],
)
def test_a_store_that_holds_other_than_it_was_told_is_found(world, damage, store, said):
    damage(world)
    receipt = audited(world)
    assert (receipt.exit_code, gaps(receipt)) == (1, {store: said})
    assert receipt.text().endswith("between what was emitted and what arrived")
    told = next(one for one in receipt.stores if one.store == store)
    [(kind, refs)] = told.person_refs.items()
    known = {ref for table in (MEMBERS, CHANGES) for (ref,) in world.rows(table, ("person_ref",))}
    assert kind == said[0].split()[1]
    assert all(len(ref) == 12 and any(one and one.startswith(ref) for one in known) for ref in refs)
    assert len(refs) == 1
    assert "crm:" not in receipt.model_dump_json()


def test_a_member_who_was_erased_is_found(world):
    bring_an_erased_person_back(world)
    assert any("1 erased_there" in some for some in gaps(audited(world)).values())


def lose_a_change(world):
    address = world.lake.table(CHANGES).address
    world.lake.spark.sql(f"ALTER TABLE delta.`{address}` SET TBLPROPERTIES ('delta.appendOnly' = 'false')")
    world.lake.table(CHANGES).delta().delete((F.col("run_seq") == 2) & (F.col("op") == "enter"))


def tell_of_more(world):
    table = world.lake.table(LEDGER)
    table.append(table.read().where(F.col("run_seq") == 2).withColumn("acked", F.lit(3).cast("bigint")).withColumn("epoch", F.lit(99).cast("bigint")))


def take_the_third_first(world):
    table = world.lake.table(LEDGER)
    fourth = table.read().where(F.col("run_seq") == 2).withColumn("run_seq", F.lit(3).cast("bigint"))
    table.append(fourth)


@pytest.mark.parametrize(
    ("damage", "run", "said"),
    [
        (lose_a_change, 2, "the seal tells of 2 changes, 1 are there"),
        (tell_of_more, 2, "chunk 0: 2 rows in the outbox, 3 in the ledger"),
    ],
)
def test_a_run_that_does_not_add_up_is_found(world, damage, run, said):
    damage(world)
    receipt = audited(world)
    assert receipt.exit_code == 1
    assert said in "; ".join(gaps(receipt)[(run, "profiles")])


def test_a_ledger_that_tells_of_a_run_that_never_arrived_is_found_at_the_store(world):
    take_the_third_first(world)
    assert gaps(audited(world)) == {"profiles": ("1 missing", "1 stale")}


def test_the_status_tells_how_it_stands(history):
    found = status(history.lake, [Watched(history.audience, (history.sink,))], "conf/shop", now=day(3) + timedelta(hours=1))
    [one] = found.audiences
    assert (one.name, one.audience_id, one.refresh, one.status, one.people) == ("visitors", history.id, "daily", "active", 3)
    assert (one.last.run_seq, one.last.state, one.last.as_of, one.last.enter, one.last.exit) == (3, "committed", day(3), 1, 1)
    [sink] = one.sinks
    assert (sink.state, sink.last_run, sink.lag_runs, sink.acked, sink.pending, sink.gaps) == ("pending", 2, 1, 5, 2, ())
    assert [(letter.error_code, letter.letters) for letter in one.letters] == [("identity_blank", 1)]
    assert [trouble.urgency for trouble in one.all_troubles] == ["retry", "fix"]


def test_a_gap_is_a_trouble_that_calls_somebody(world):
    tell_of_more(world)
    found = status(world.lake, [Watched(world.audience, (world.sink,))], "conf/shop", now=day(3) + timedelta(hours=1))
    assert found.troubles[0][1].what == "sink 'profiles' does not add up in run 2"


def test_the_metrics_count_what_ended(history):
    taken = {"visitors": taken_by_sinks(history.lake, history.id)}
    text = metrics_text(Standing(project="shop", at=day(3)), taken)
    of = 'cja_changes_total{audience="visitors",op="%s",outcome="acked",sink="profiles"} %d'
    assert of % ("enter", 4) in text
    assert of % ("exit", 1) in text
    assert 'cja_chunk_seconds_count{audience="visitors",sink="profiles"} 2' in text


def test_an_audience_that_nobody_published_is_new(place):
    world = World(place, "nobody_yet")
    [one] = status(place, [Watched(world.audience, (world.sink,))], "conf/shop").audiences
    assert (one.status, one.people, one.last, one.sinks) == ("new", None, None, ())


def test_one_run_is_compared_by_itself(world):
    set_a_store_row_back(world)
    assert gaps(audited(world, run=1)) == {}
    assert gaps(audited(world, run=2)) == {"profiles": ("1 stale",)}
    add_a_store_row(world)
    assert gaps(audited(world, run=1)) == {"profiles": ("1 extra",)}


@pytest.fixture(scope="module")
def _removed(history, tmp_path_factory):
    world = history.copied(tmp_path_factory.mktemp("removed") / "world")
    world.deliver()
    sealed = seals(world.lake, world.id)
    old = settled(sealed, taken(world.lake, world.id), ["profiles"], {seal.run_seq: day(seal.run_seq) for seal in sealed}, day(3))
    assert old == 2
    for one in expired(world.lake, [world.lake.table(MEMBERSHIPS, "profiles")], {world.id: old}, day(3) + timedelta(days=30)):
        remove_expired(one)
    return world


@pytest.fixture
def removed(_removed, tmp_path):
    """All runs delivered, and the first two so old that retention took their rows."""
    return _removed.copied(tmp_path / "world")


def test_of_a_run_whose_rows_retention_took_the_seal_alone_is_checked(removed):
    receipt = audited(removed, now=day(3) + timedelta(days=31))
    assert (receipt.exit_code, gaps(receipt)) == (0, {})
    assert [(one.run_seq, one.state, one.emitted, one.acked) for one in receipt.runs] == [(1, "removed", 3, 3), (2, "removed", 2, 2), (3, "done", 2, 2)]
    assert "rows removed after retention" in receipt.text()
    # Of the members that the removed runs told of, the table of members is what is known.
    assert {one.store: one.compared for one in receipt.stores} == {"_members": 2, "profiles": 5}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lose_a_store_row, ("1 missing",)),
        (set_a_store_row_back, ("1 stale",)),
        (change_a_store_row, ("1 differing",)),
        (add_a_store_row, ("1 extra",)),
        (add_a_row_of_a_run_to_come, ("1 too_new",)),
    ],
)
def test_also_after_retention_a_store_that_holds_other_than_it_was_told_is_found(removed, damage, said):
    damage(removed)
    assert gaps(audited(removed, now=day(3) + timedelta(days=31))) == {"profiles": said}


def test_rows_that_nobody_removed_are_lost(removed):
    receipt = audited(removed, now=day(2) + timedelta(days=29))
    assert receipt.exit_code == 1
    assert gaps(receipt)[(2, "profiles")][0] == "outbox: the seal tells of 2 changes, 0 are there"


def test_a_store_that_is_away_is_told_and_its_ledger_is_audited(world):
    away = world.sink.model_copy(update={"location": "hdfs://localhost:1/store"})
    receipt = audit(world.lake, [Audited("visitors", world.id, (away,))])
    assert (receipt.exit_code, gaps(receipt)) == (6, {})
    assert [one.state for one in receipt.runs] == ["done", "done", "pending"]
    assert "store of profiles: away, ask again" in receipt.text()
