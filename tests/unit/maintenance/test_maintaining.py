"""Maintenance on a lake, as docs/maintenance.md says: old rows go when nobody needs them, leftovers and orphans go."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.tables import CHANGES, CLAIMS, DEAD_LETTERS, MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.lake import Lake
from cja_spark.maintenance.maintain import Work, maintain
from cja_spark.maintenance.orphans import orphans, stray_folders
from cja_spark.maintenance.tables import set_properties, tables_of
from cja_spark.maintenance.vacuumed import MAINTENANCE
from cja_spark.sinks.audit import Audited, audit
from cja_spark.sinks.deliver import deliver
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.stopping import Stopped
from cja_spark.table import TableSpec
from tests.unit.audiences.world import World, day

NOW = datetime.now(UTC)
GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "maintenance.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") :]
# The rows of the outbox and of members that are left so many days later, by the guide.
LEFT = {int(days): (int(changes), int(members)) for days, changes, members in re.findall(r"\| (\d+) \| (\d+) \| (\d+) \|", WORKED)}
STEPS = (
    "maintain.locked_again", "maintain.rows_removed", "maintain.swept", "maintain.compacted", "maintain.before_vacuum", "maintain.vacuumed", "maintain.noted",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(place):
    """Three runs, two of them delivered; people left; leftovers of runs that died."""
    one = World(place, "kept")
    one.publish(day(0), dict.fromkeys("abcdefgh"))
    one.publish(day(1), dict.fromkeys("abcdefg"))
    one.deliver()
    one.publish(day(2), dict.fromkeys("abcdef"))
    letters = place.table(DEAD_LETTERS)
    old, new = NOW - timedelta(days=91), NOW - timedelta(days=89)
    letters.append(letters.frame([
        (f"l{at}", "profiles", one.id, 3 if state == "open" else 1, "c", "enter", None, None, None, "data", "x", 1, state, 1, 1, old, when, None)
        for at, (state, when) in enumerate([("resolved", old), ("resolved", new), ("open", old), ("discarded", old), ("superseded", old)])
    ]).coalesce(1))  # fmt: skip
    folder = place.folder
    for place_of in ("_staging/aud_abcdefghijkl/3/dead", "_staging/connect/web"):
        (folder / place_of).mkdir(parents=True)
        (folder / place_of / "part-0.parquet").write_bytes(b"x")
    (folder / "_checkpoints" / "old").mkdir(parents=True)
    (folder / "_checkpoints" / "old" / "metadata").write_text("{}", encoding="utf-8")
    long_ago = (NOW - timedelta(days=31)).timestamp()
    os.utime(folder / "_checkpoints" / "old" / "metadata", (long_ago, long_ago))
    (folder / "_checkpoints" / "new").mkdir()
    (folder / "_checkpoints" / "new" / "metadata").write_text("{}", encoding="utf-8")
    (folder / MEMBERS.name / f"audience_id={one.id}" / "part-dead.zstd.parquet").write_bytes(b"x")
    (folder / MEMBERS.name / "_delta_log" / ".00000000000000000099.json.abc.tmp").write_bytes(b"x")
    (folder / "lookups" / "dead").mkdir(parents=True)
    (folder / "lookups" / "dead" / "part-0.parquet").write_bytes(b"x")
    os.utime(folder / "lookups" / "dead" / "part-0.parquet", (long_ago, long_ago))
    return one


def work(world, now=NOW, **more):
    place = world.lake
    return Work(place, {world.id: world.audience.sinks}, [place.table(MEMBERSHIPS, "profiles")], now, **more)


def rows(world, spec, *names):
    return world.lake.table(spec, *names).count()


def deeds(receipt):
    return {(one.target, one.action): one.count for one in receipt.deeds}


def test_a_dry_run_says_what_it_would_do_and_does_nothing(world):
    lake = world.lake
    before = {table.spec.name: table.version() for table in tables_of(lake)}
    files = sorted(lake.folder.rglob("*"))
    told = deeds(maintain(work(world, NOW + timedelta(days=61), dry_run=True)))
    assert told["audience_changes of " + world.id, "rows_removed"] == 9
    assert told["dead_letters", "rows_removed"] == 4
    assert told["audience_members of " + world.id, "rows_removed"] == 1
    assert told["audience_members", "orphans_removed"] >= 2  # Delta's MERGE leaves files of deletion vectors that no commit names
    assert {table.spec.name: table.version() for table in tables_of(lake)} == before
    assert sorted(lake.folder.rglob("*")) == files


@pytest.fixture(scope="module")
def done(world):
    """The receipt of a maintenance that died after every step before."""
    told = []
    for name in STEPS:
        os.environ["CJA_FAILPOINTS"] = f"{name}=raise@1"
        forget_hits()
        with pytest.raises(InjectedFault, match=name):
            maintain(work(world))
    os.environ.pop("CJA_FAILPOINTS")
    told.append(maintain(work(world)))
    return told[0]


def left(world):
    changes = world.lake.table(CHANGES).read().where((F.col("op") != "seal") & (F.col("audience_id") == world.id))
    return changes.count(), rows(world, MEMBERS)


@pytest.mark.fault("F1")
def test_nobody_loses_a_row_that_is_young(world, done):
    assert left(world) == (8 + 1 + 1, 8)
    told = deeds(maintain(work(world, NOW + timedelta(days=29), dry_run=True)))
    assert [target for target, action in told if action == "rows_removed" and target.startswith(("audience_changes", "audience_members"))] == []
    assert left(world) == LEFT[29]


def test_letters_that_ended_long_ago_are_gone(world, done):
    assert sorted(row["letter_id"] for row in world.lake.table(DEAD_LETTERS).rows("letter_id")) == ["l1", "l2"]


def test_leftovers_and_orphans_are_gone_and_what_is_used_is_not(world, done):
    folder = world.lake.folder
    assert [place for place in (folder / "_staging").rglob("*") if place.is_file()] == []
    assert sorted(one.name for one in (folder / "_checkpoints").iterdir()) == ["new"]
    assert {table.spec.name: orphans(table, NOW) for table in tables_of(world.lake) if orphans(table, NOW)} == {}
    assert stray_folders(world.lake, NOW) == []
    assert not (folder / "lookups" / "dead").exists()
    assert world.lake.table(MEMBERS).read().select("id").count() == 8


def test_the_receipt_tells_how_every_table_lies(world, done):
    told = {one.table: one for one in done.tables}
    assert {"audience_changes", "claims", "profile_store/profiles/profiles", "maintenance"} <= set(told)
    assert told["audience_changes"].files == len(world.lake.table(CHANGES).files())
    assert told["audience_changes"].small == told["audience_changes"].files
    assert told["audience_changes"].bytes > 0
    assert told["audience_changes"].newest_version == world.lake.table(CHANGES).version()
    assert told["audience_changes"].oldest.date() == NOW.date()


def test_the_receipt_tells_what_is_hidden_and_when_a_table_is_due(world, done):
    told = {one.table: one for one in done.tables}
    letters, outbox = told["dead_letters"], told["audience_changes"]
    assert (letters.deletion_vectors, letters.hidden_rows, outbox.deletion_vectors) == (1, 3, 0)
    assert (outbox.last_vacuum, outbox.next_vacuum) == (NOW, NOW + timedelta(days=7))
    assert f"vacuumed {NOW:%Y-%m-%d}, due {NOW + timedelta(days=7):%Y-%m-%d}" in outbox.text()
    assert ", 3 hidden rows in 1, " in letters.text()
    assert told["maintenance"].last_vacuum == NOW  # a run before had made it, and died


def test_small_files_are_written_together(world, done):
    claims = {one.table: one for one in done.tables}["claims"]
    assert claims.files < 8 < claims.versions


def test_vacuum_is_due_after_a_week_and_full_after_a_month(world, done):
    def asked(days):
        found = deeds(maintain(work(world, NOW + timedelta(days=days), dry_run=True)))
        return {action for target, action in found if target == "audience_members"} & {"vacuum", "vacuum_full"}

    noted = {row["action"] for row in world.lake.table(MAINTENANCE).rows("action", where=equal(target="audience_members"))}
    assert "vacuum_full" in noted
    assert asked(1) == set()
    assert asked(8) == {"vacuum"}
    assert asked(31) == {"vacuum_full"}


def test_rows_of_the_outbox_go_when_every_sink_has_them_and_guards_stay_as_long(world, done):
    later = NOW + timedelta(days=61)
    receipt = maintain(work(world, later))
    assert deeds(receipt)["audience_changes of " + world.id, "rows_removed"] == 9
    assert [one.run_seq for one in receipt.deeds if one.target.startswith("audience_changes of")] == [2]
    # Whoever left with run 2 is forgotten, whoever left with run 3 still guards against what is on its way.
    assert left(world) == LEFT[61]
    outbox = world.lake.table(CHANGES).read()
    assert {row["run_seq"] for row in outbox.where(F.col("op") != "seal").collect()} == {3}
    assert outbox.where(F.col("op") == "seal").count() == 3
    assert rows(world, MEMBERSHIPS, "profiles") == 7
    assert world.lake.table(CHANGES).properties()["delta.appendOnly"] == "true"
    [told] = world.deliver()
    assert (told.acked, told.exit_code) == (1, 0)
    assert deeds(maintain(work(world, later)))["audience_changes of " + world.id, "rows_removed"] == 1


def test_an_outbox_that_a_killed_run_left_open_only_grows_again_even_where_nothing_else_is_due(world, done):
    outbox = world.lake.table(CHANGES)
    set_properties(outbox, delta__appendOnly="false")
    later = NOW + timedelta(days=61)
    assert deeds(maintain(work(world, later, dry_run=True)))["audience_changes", "append_only_restored"] == 0
    assert outbox.properties()["delta.appendOnly"] == "false"
    told = deeds(maintain(work(world, later)))
    assert told["audience_changes", "append_only_restored"] == 0
    assert [target for target, action in told if action == "rows_removed"] == []
    assert outbox.properties()["delta.appendOnly"] == "true"


def test_what_a_run_of_reports_or_a_dry_run_may_be_writing_stays_for_a_day(world, done):
    lake, folder = world.lake, world.lake.folder
    lake.report("daily").append(lake.spark.range(3))
    young = [folder / "reports/daily/part-young.zstd.parquet", folder / "reports/new/part-0.parquet", folder / "_staging/_dry/r1/x/part-0.parquet",
             folder / "_staging/_together/r2/part-0.parquet"]  # fmt: skip
    for file in young:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    maintain(work(world))
    assert [file for file in young if not file.exists()] == []
    long_ago = (NOW - timedelta(hours=25)).timestamp()
    for file in young:
        os.utime(file, (long_ago, long_ago))
    told = deeds(maintain(work(world)))
    assert (told["reports/daily", "orphans_removed"], told["new", "orphans_removed"]) == (1, 1)
    assert [file for file in young if file.exists()] == []
    assert lake.report("daily").count() == 3


def test_files_of_deletion_vectors_are_known_in_the_log_and_in_a_checkpoint(spark, tmp_path):
    table = Lake(spark, str(tmp_path / "lake")).table(TableSpec("hidden"))
    spark.range(2000).repartition(3).write.format("delta").option("delta.enableDeletionVectors", "true").save(table.address)
    for rest in (0, 1):
        table.delta().delete(f"id % 3 = {rest}")
    vectors = sorted(table.folder.rglob("deletion_vector_*.bin"))
    assert len(vectors) >= 2
    assert orphans(table, NOW) == []
    set_properties(table, delta__checkpointInterval="1")
    for file in sorted((table.folder / "_delta_log").glob("*.json"))[:-1]:
        file.unlink()
    assert len([*(table.folder / "_delta_log").glob("*.checkpoint.parquet")]) == 1
    assert orphans(table, NOW) == []
    lost = table.folder / "deletion_vector_00000000-0000-0000-0000-000000000000.bin"
    lost.write_bytes(b"x")
    assert orphans(table, NOW) == []  # a table of somebody else: who writes it holds no lock of ours
    assert orphans(table, NOW + timedelta(days=2)) == [lost]
    assert table.read().count() == 2000 - 667 - 667


def test_a_run_that_was_asked_to_end_keeps_note_of_what_it_did(place, world, done, monkeypatch):
    later = NOW + timedelta(days=100)
    seen = []

    def stopped(claim):
        seen.append(claim)
        if len(seen) == 3:
            raise Stopped(15)

    monkeypatch.setattr(Claim, "check", stopped)
    with pytest.raises(Stopped):
        maintain(work(world, later))
    monkeypatch.undo()
    noted = place.table(MAINTENANCE).rows("target", "action", where=equal(at=later))
    assert len(noted) == 3
    claims = place.table(CLAIMS).rows("claim", "event")
    assert {row["claim"] for row in claims} == {row["claim"] for row in claims if row["event"] == "released"}


def test_a_new_sink_begins_with_the_members_where_the_outbox_is_emptied(place, world, done):
    late = DeltaProfiles(name="late", sink="delta")
    outbox = place.table(CHANGES).read().where((F.col("audience_id") == world.id) & (F.col("op") != "seal"))
    assert outbox.isEmpty()
    world.audience = world.audience.model_copy(update={"sinks": ("profiles", "late")})
    sinks = {"profiles": world.sink, "late": late}
    told = [(one.sink, one.state, one.acked, one.runs) for one in deliver(place, sinks, [world.audience]).sinks]
    assert told == [("late", "done", 6, (4,))]  # a run for it alone
    assert {one.exit_code for one in deliver(place, sinks, [world.audience]).sinks} <= {0}
    realized = {row["profile_key"] for row in place.table(MEMBERSHIPS, "late").rows("profile_key", where=equal(status="realized"))}
    assert realized == {f"crm:{name}" for name in "abcdef"}
    assert audit(place, [Audited("kept", world.id, (world.sink, late))], now=NOW + timedelta(days=61)).exit_code == 0


def test_d12_a_store_at_another_place_is_gathered_and_vacuumed_too(place, world, done, tmp_path):
    far = DeltaProfiles(name="far", sink="delta", location=str(tmp_path / "far"))
    audience = world.audience.model_copy(update={"sinks": ("profiles", "far")})
    assert {one.exit_code for one in deliver(place, {"profiles": world.sink, "far": far}, [audience]).sinks} <= {0}
    tables = [Lake(place.spark, str(tmp_path / "far")).table(spec, "far") for spec in (PROFILES, MEMBERSHIPS)]
    lost = Path(tables[1].address) / f"audience_id={world.id}" / "part-dead.zstd.parquet"
    lost.write_bytes(b"x")
    os.utime(lost, (0, 0))
    for at in range(8):
        tables[0].append(tables[0].frame([(f"crm:x{at}", "CRM", f"x{at}", "r", world.id, 1, day(0))]))
    names = {table.spec.name for table in tables}
    told = maintain(work(world, elsewhere=tables))
    assert {action for target, action in deeds(told) if target in names} == {"vacuum_full", "files_compacted"}
    assert not lost.exists()
    assert (len(tables[0].files()), tables[0].count()) == (1, 6 + 8)
    assert {one.table for one in told.tables} >= names
    again = deeds(maintain(work(world, elsewhere=tables, dry_run=True)))
    assert [target for target, _ in again if target in names] == []


def test_a_lake_without_anything_is_maintained_too(spark, tmp_path):
    empty = Lake(spark, str(tmp_path / "empty"))
    assert maintain(Work(empty, {}, [], NOW, dry_run=True)).tables == ()
    told = maintain(Work(empty, {}, [], NOW))
    assert {one.action for one in told.deeds} == {"vacuum_full"}
