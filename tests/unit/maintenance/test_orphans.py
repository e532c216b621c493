"""Which files of a table no commit speaks of: a log written by hand, in the words of Delta's protocol."""

import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cja_spark.maintenance.orphans import orphans, referred, stray_folders
from cja_spark.maintenance.vacuumed import Vacuumed
from cja_spark.table import Table, TableSpec

NOW = datetime.now(UTC)
# As Delta 4.4 wrote it, beside the file that it stands for.
VECTOR = {"storageType": "u", "pathOrInlineDv": "OO$+.+pVD)Tqe>jEL{36", "offset": 1, "sizeInBytes": 36, "cardinality": 2}
ITS_FILE = "deletion_vector_9d6fb12a-cb2e-4c06-ac15-c9dc7e35dfc7.bin"
COMMITS = (
    {"metaData": {"id": "t"}, "add": {"path": "a.parquet", "deletionVector": {**VECTOR, "pathOrInlineDv": f"ab{VECTOR['pathOrInlineDv']}"}}},
    {"remove": {"path": "day=2026-01-01%20x/b.parquet", "deletionVector": None}},
    {"add": {"path": "c.parquet", "deletionVector": {"storageType": "i", "pathOrInlineDv": "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L"}}},
)
KNOWN = {"a.parquet", f"ab/{ITS_FILE}", "day=2026-01-01 x/b.parquet", "c.parquet", "d.parquet", ITS_FILE}
LOST = ("day=1/lost.parquet", "deletion_vector_00000000-0000-0000-0000-000000000000.bin", "_delta_log/.0.json.x.tmp", ".gone.parquet.crc", "day=1/.lost.parquet.crc")


@pytest.fixture
def table(tmp_path):
    """Makes a table of a name, with a checkpoint of two files, three commits after it, and files that died."""

    def made(name):
        folder = tmp_path / name
        log = folder / "_delta_log"
        log.mkdir(parents=True)
        for number, commit in enumerate(COMMITS):
            lines = "".join(json.dumps({kind: told}) + "\n" for kind, told in commit.items())
            (log / f"{number:020}.json").write_text(lines, encoding="utf-8")
        vectors = [VECTOR, None]
        kind = pa.struct([("path", pa.string()), ("deletionVector", pa.struct([("storageType", pa.string()), ("pathOrInlineDv", pa.string())]))])
        adds = [{"path": path, "deletionVector": vector} for path, vector in zip(("d.parquet", "c.parquet"), vectors, strict=True)]
        pq.write_table(pa.table({"add": pa.array([*adds, None], kind), "protocol": [None, None, "p"]}), log / f"{0:020}.checkpoint.parquet")
        for file in (*KNOWN, *LOST):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(b"x")
        return Table(None, TableSpec(name), str(folder), by_path=True, folder=folder)

    return made


def test_data_and_deletion_vectors_of_commits_and_checkpoints_are_known(table):
    assert referred(table("t").folder) == KNOWN


def test_all_else_is_lost(table):
    one = table("events")
    assert orphans(one, NOW) == sorted(one.folder / file for file in LOST)


@pytest.mark.parametrize("name", ["reports/daily", "report_runs", "report_exclusions", "of_somebody_else"])
def test_where_no_lock_keeps_a_run_of_reports_out_they_stay_for_a_day(table, name):
    one = table(name)
    assert orphans(one, NOW) == []
    for hours, left in ((23, 0), (25, 1)):
        long_ago = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(one.folder / "day=1/lost.parquet", (long_ago, long_ago))
        assert len(orphans(one, NOW)) == left


def aged(folder, hours):
    long_ago = (NOW - timedelta(hours=hours)).timestamp()
    for one in (folder, *folder.rglob("*")):
        os.utime(one, (long_ago, long_ago))


def test_a_first_write_that_died_is_a_stray_after_a_day_and_what_is_somebodys_own_stays(tmp_path):
    lake = SimpleNamespace(folder=tmp_path)
    ours = ["events/event_date=2026-01-01/part-0.snappy.parquet", "lookups/dead/part-0.parquet", "profile_store/profiles/store/.part-0.parquet.crc",
            "profile_store/profiles/store/part-0.parquet", "reports/new/part-0.parquet"]  # fmt: skip
    others = ["exports/part-0.parquet", "backup/day=1/part-0.parquet", "lookups/own/part-0.parquet", "lookups/own/notes.txt", "events_of_2025/x.parquet",
              "profiles/part-0.parquet", "profiles/_delta_log/0.json", "_staging/x/part-0.parquet"]  # fmt: skip
    for file in (*ours, *others):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(b"x")
    (tmp_path / "summaries/empty/day=1").mkdir(parents=True)
    aged(tmp_path, 23)
    assert stray_folders(lake, NOW) == []
    aged(tmp_path, 25)
    expected = ["events", "lookups/dead", "profile_store/profiles/store", "reports/new", "summaries/empty"]
    assert stray_folders(lake, NOW) == [tmp_path / one for one in expected]


def test_a_folder_without_a_log_and_a_table_elsewhere_have_none(tmp_path):
    assert orphans(Table(None, TableSpec("t"), str(tmp_path), by_path=True, folder=tmp_path), NOW) == []
    assert orphans(Table(None, TableSpec("t"), "s3a://b/t", by_path=True), NOW) == []


def test_d11_vacuum_is_due_weekly_and_full_monthly():
    second = timedelta(seconds=1)
    whole = Vacuumed(whole=NOW)
    assert Vacuumed().due(NOW) == Vacuumed(by_log=NOW).due(NOW) == "vacuum_full"
    assert (whole.due(NOW + timedelta(days=7) - second), whole.due(NOW + timedelta(days=7))) == (None, "vacuum")
    both = Vacuumed(NOW + timedelta(days=28), NOW)
    assert (both.due(NOW + timedelta(days=30) - second), both.due(NOW + timedelta(days=30))) == (None, "vacuum_full")
    assert (whole.last, whole.next) == (NOW, NOW + timedelta(days=7))
    assert (both.last, both.next) == (NOW + timedelta(days=28), NOW + timedelta(days=30))
    assert (Vacuumed().last, Vacuumed().next, Vacuumed(by_log=NOW).next) == (None, None, None)
