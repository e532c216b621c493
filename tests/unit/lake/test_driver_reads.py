"""Rows on the driver: delta-rs and Spark say the same, and Spark reads where delta-rs cannot."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.audiences.tables import CHANGES, MEMBERS
from cja_spark.driver_reads import above, at_least, equal, files_of, newest_version, one_of, read_on_driver
from cja_spark.journeys.reader import local_paths
from cja_spark.lake import Lake
from cja_spark.table import Table, TableSpec
from cja_spark.table_schema import schema

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = TableSpec(
    "kinds",
    schema(
        "id bigint not null, name string, at timestamp, good boolean, part int, "
        "told struct<who: string, until: timestamp, counts: struct<a: bigint>>, words array<string>"
    ).add("pairs", T.MapType(T.StringType(), T.LongType())),
    partition_by=("part",),
)
ROWS = [
    (1, "it's", NOON, True, 0, ("ann", NOON, (3,)), ["a", None], [("x", 1), ("y", None)]),
    (2, 'a "b" \\ c', NOON + timedelta(microseconds=1), False, 1, None, [], []),
    (3, "ü\n%", None, None, 1, ("bob", None, (None,)), None, None),
]
WHERE = {
    "all": (),
    "text with a quote": equal(name="it's"),
    "text with a backslash": equal(name='a "b" \\ c'),
    "text that is not there": equal(name="it"),
    "number and partition": (*equal(part=1), *at_least(id=3)),
    "truth": equal(good=False),
    "after an instant": above(at=NOON),
    "at an instant": equal(at=NOON),
    "one of": one_of(id=(1, 3, 9)),
    "one of texts": one_of(name=("ü\n%", "x")),
    "one of none": one_of(id=()),
}


@pytest.fixture(scope="module")
def kinds(spark, tmp_path_factory):
    lake = Lake(spark, str(tmp_path_factory.mktemp("kinds") / "a lake, 100 %"))
    table = lake.table(KINDS).create()
    for row in ROWS:
        table.append(table.frame([row]))
    return table


def by_spark(table):
    """The same table as one that lies elsewhere."""
    return Table(table.spark, table.spec, table.address, by_path=True)


def sorted_rows(rows):
    return sorted(rows, key=lambda row: row["id"])


@pytest.mark.parametrize("name", WHERE)
def test_both_readers_give_the_same_rows_and_counts(kinds, name):
    where = WHERE[name]
    here = sorted_rows(kinds.rows(where=where))
    assert here == sorted_rows(by_spark(kinds).rows(where=where))
    assert here == [row for row in sorted_rows(kinds.rows()) if row["id"] in {one["id"] for one in here}]
    assert len(here) == kinds.count(where) == by_spark(kinds).count(where)
    found = kinds.arrow("name", "id", where=where)
    assert found.schema == by_spark(kinds).arrow("name", "id", where=where).schema
    assert found.column_names == ["name", "id"]


def test_rows_are_plain_values(kinds):
    names = kinds.spec.schema.names
    first, second, third = sorted_rows(kinds.rows())
    assert first == dict(zip(names, (*ROWS[0][:5], {"who": "ann", "until": NOON, "counts": {"a": 3}}, ["a", None], {"x": 1, "y": None}), strict=True))
    assert (second["told"], second["words"], second["pairs"]) == (None, [], {})
    assert (third["words"], third["pairs"], third["at"]) == (None, None, None)
    assert third["told"] == {"who": "bob", "until": None, "counts": {"a": None}}


def test_some_rows_are_at_most_so_many(kinds):
    assert [len(table.rows("id", limit=2)) for table in (kinds, by_spark(kinds))] == [2, 2]


@pytest.mark.parametrize("version", [None, 2])
def test_totals_of_groups_and_of_all_rows(kinds, version):
    measures = {"rows": ("count", "id"), "named": ("count", "words"), "sum": ("sum", "id"), "last": ("max", "at")}
    for where in ((), at_least(id=2), equal(part=7), equal(at=NOON)):
        found = [sorted(map(str, one.totals(("part", "good"), measures, where, version))) for one in (kinds, by_spark(kinds))]
        assert found[0] == found[1]
        assert kinds.totals((), measures, where, version) == by_spark(kinds).totals((), measures, where, version)
    [whole] = kinds.totals((), measures, (), version)
    assert whole == {"rows": version or 3, "named": 2, "sum": 3 if version else 6, "last": NOON + timedelta(microseconds=1)}


def test_versions_files_and_properties_are_told_alike(kinds, lake):
    for told in (Table.version, Table.properties, lambda table: sorted(local_paths(table.files()))):
        assert told(kinds) == told(by_spark(kinds))
    assert kinds.version() == 3
    assert set(kinds.files(1)) < set(kinds.files(2)) < set(kinds.files())
    assert kinds.files(-1) == []
    missing = lake.table(KINDS)
    assert (missing.version(), missing.files(), missing.rows("id"), missing.count()) == (-1, [], [], 0)
    assert missing.totals(("part",), {"rows": ("count", "id")}) == []


def test_files_are_told_as_spark_tells_them_without_asking_it(kinds, monkeypatch):
    told = local_paths(kinds.spark.read.format("delta").load(kinds.address).inputFiles())
    monkeypatch.setattr(Table, "read", lambda _table, _version=None: pytest.fail("Spark was asked"))
    assert sorted(local_paths(kinds.files())) == sorted(told)
    assert all(Path(file).is_file() for file in told)


def test_what_stores_the_same_rows_otherwise_changes_none(kinds):
    kinds.spark.sql(f"OPTIMIZE delta.`{kinds.address}`")
    newest = kinds.version()
    for table in (kinds, by_spark(kinds)):
        assert not table.rows_changed_since(3)
        assert table.rows_changed_since(2)
        assert not table.rows_changed_since(newest)


def test_rows_deleted_by_a_vector_are_not_read(place):
    members = place.table(MEMBERS)
    rows = [
        ("aud_x", f"k{number}", "CRM", "i", "p", "realized", NOON, NOON, None, None, None, 1, 1, number, "c")
        for number in range(9)
    ]
    members.append(members.frame(rows).coalesce(1))
    members.delta().delete(F.col("profile_key") == "k3")
    mine = equal(audience_id="aud_x")
    assert sorted(row["profile_key"] for row in members.rows("profile_key", where=mine)) == [f"k{n}" for n in range(9) if n != 3]
    assert members.count(mine) == 8


def test_spark_reads_what_delta_rs_does_not_know(kinds, monkeypatch):
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaProtocolError

    def refused(*_given, **_named):
        raise DeltaProtocolError("a feature of tomorrow")

    here, files = sorted_rows(kinds.rows()), len(kinds.files())
    monkeypatch.setattr(DeltaTable, "__init__", refused)
    assert (sorted_rows(kinds.rows()), kinds.count(), len(kinds.files())) == (here, 3, files)


def test_spark_says_what_is_wrong_where_a_file_is_gone_or_the_log_cannot_be_read(kinds, tmp_path):
    shutil.copytree(kinds.folder, tmp_path / "gone")
    shutil.copytree(kinds.folder, tmp_path / "cut")
    gone, cut = (Table(kinds.spark, KINDS, str(tmp_path / name), by_path=True, folder=tmp_path / name) for name in ("gone", "cut"))
    for file in (tmp_path / "gone").rglob("*.parquet"):
        file.unlink()
    for file in (tmp_path / "cut" / "_delta_log").glob("*0.json"):
        file.write_text("{", encoding="utf-8")
    assert (read_on_driver(gone.folder, ("id",), ()), newest_version(cut.folder), files_of(cut.folder)) == (None, None, None)
    with pytest.raises(Py4JJavaError, match="FAILED_READ_FILE|does not exist"):
        gone.rows("id")
    with pytest.raises((Py4JJavaError, PySparkException)):
        cut.rows("id")


def test_a_path_without_a_scheme_is_of_this_machine_only_where_its_disks_are_the_default(spark, tmp_path):
    assert Lake(spark, str(tmp_path)).folder == Lake(spark, f"file:{tmp_path}").folder == tmp_path
    assert Lake(spark, "s3a://bucket/lake").folder is None
    assert Lake(spark, "catalogue:shop").table(CHANGES).folder is None
    settings = spark._jsc.hadoopConfiguration()
    before = settings.get("fs.defaultFS")
    settings.set("fs.defaultFS", "hdfs://name-node:8020")
    try:
        assert Lake(spark, "/lake").folder is None
        assert Lake(spark, f"file:{tmp_path}").folder == tmp_path
    finally:
        settings.set("fs.defaultFS", before)
