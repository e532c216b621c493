"""Delta as a source: every row is loaded once, whatever the table does to its files in between."""

import shutil
from pathlib import Path

import pytest
from delta.tables import DeltaTable

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.errors import SourceError
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.lake import Lake
from tests.unit.sources.shop import connection, ids, load

SPEC = connection("delta", {"path": "web"})


class Web:
    """The source table of the shop's web events."""

    def __init__(self, spark, tmp_path, **options):
        self.spark, self.folder, self.options = spark, str(tmp_path / "web"), options

    def append(self, *numbers, partition=None, **more):
        rows = [
            {
                "id": f"e{number}",
                "time": f"2026-01-0{number} 10:00:00",
                "day": f"d {number}: 100%",
                "who": "ann",
                **more,
            }
            for number in numbers
        ]
        writer = self.spark.createDataFrame(rows).coalesce(1).write.format("delta").mode("append")
        writer = writer.option("mergeSchema", "true").options(**self.options)
        (writer.partitionBy(partition) if partition else writer).save(self.folder)

    def table(self):
        return DeltaTable.forPath(self.spark, self.folder)

    def compact(self):
        files = set(self.table().toDF().inputFiles())
        self.table().optimize().executeCompaction()
        assert set(self.table().toDF().inputFiles()) != files

    def vacuum(self):
        """Remove the files that the newest version does not have, as a VACUUM after its retention would."""
        kept = {path.split("/")[-1] for path in self.table().toDF().inputFiles()}
        for file in Path(self.folder).rglob("*.parquet"):
            if file.name not in kept and "_delta_log" not in file.parts:
                file.unlink()


@pytest.fixture
def web(spark, tmp_path):
    return Web(spark, tmp_path)


@pytest.mark.parametrize(("mapping", "partition"), [("none", None), ("name", "day")])
def test_each_load_takes_the_rows_that_came_since_the_last_one(lake, spark, tmp_path, partition, mapping):
    web = Web(spark, tmp_path, **{"delta.columnMapping.mode": mapping})
    web.append(1, 2, partition=partition)
    assert load(lake, tmp_path, SPEC).loaded == {"web": 2}
    web.append(3, partition=partition)
    web.append(4, partition=partition, page="home")
    assert load(lake, tmp_path, SPEC).loaded == {"web": 2}
    assert load(lake, tmp_path, SPEC).load is None
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path, SPEC)
    columns = ["event_id", "ts", "day", "page", "row_hash"]
    assert sorted(lake.events.read().select(*columns).collect(), key=str) == sorted(
        once.events.read().select(*columns).collect(), key=str
    )
    assert [row["page"] for row in lake.events.read().orderBy("event_id").collect()] == [None, None, None, "home"]


@pytest.mark.parametrize(("mapping", "loaded"), [("name", 0), ("none", 1)], ids=["first load", "later load"])
def test_rows_of_several_commits_came_in_the_order_of_their_commits(lake, spark, tmp_path, mapping, loaded):
    web = Web(spark, tmp_path, **{"delta.columnMapping.mode": mapping})
    for _ in range(loaded):
        web.append(9)
        load(lake, tmp_path, SPEC)
    for number in range(6):  # data files have random names
        web.append(1, page=f"page {number}")
    load(lake, tmp_path, SPEC)
    for _ in range(2):
        assert [row["page"] for row in lake.events.read().where("event_id = 'e1'").collect()] == ["page 0"]
        load(lake, tmp_path, SPEC, full=True)


def test_of_several_commits_the_last_gives_a_person_its_attributes(lake, spark, tmp_path, web):
    people = {"type": "profile", "source": {"format": "delta", "path": "people"}, "person_id": "id"}
    spec = Connection.model_validate({"name": "shop", "datasets": {"web": SPEC.datasets["web"], "people": people}})
    web.append(9)
    crm = Web(spark, tmp_path / "crm")
    crm.folder = str(tmp_path / "people")
    for number in range(6):
        crm.append(1, page=f"page {number}")
    load(lake, tmp_path, spec)
    (person,) = lake.profiles.read().collect()
    assert person["people"]["page"] == "page 5"


def test_rows_that_only_moved_to_other_files_are_not_new(lake, tmp_path, web):
    web.append(1)
    web.append(2)
    load(lake, tmp_path, SPEC)
    web.compact()
    assert load(lake, tmp_path, SPEC).load is None
    web.append(3)
    assert load(lake, tmp_path, SPEC).loaded == {"web": 1}
    assert ids(lake) == ["e1", "e2", "e3"]


def test_rows_that_were_compacted_before_they_were_loaded_are_loaded_once(lake, spark, tmp_path):
    web = Web(spark, tmp_path, **{"delta.columnMapping.mode": "name"})
    web.append(1)
    load(lake, tmp_path, SPEC)
    web.append(2)
    web.compact()
    web.append(3)
    assert load(lake, tmp_path, SPEC).loaded == {"web": 2}
    assert ids(lake) == ["e1", "e2", "e3"]


@pytest.mark.parametrize("loads", [0, 1], ids=["first load", "later load"])
def test_a_table_compacted_between_a_plan_and_its_end_loses_no_row(lake, tmp_path, web, monkeypatch, loads):
    web.append(1)
    for _ in range(loads):
        load(lake, tmp_path, SPEC)
    web.append(2)
    die_after_the_plan(lake, tmp_path, monkeypatch)
    web.compact()
    web.append(3)
    load(lake, tmp_path, SPEC)
    assert ids(lake) == ["e1", "e2"]
    load(lake, tmp_path, SPEC)
    assert ids(lake) == ["e1", "e2", "e3"]


def die_after_the_plan(lake, tmp_path, monkeypatch):
    forget_hits()
    monkeypatch.setenv("CJA_FAILPOINTS", "connect.planned=raise@1")
    with pytest.raises(InjectedFault):
        load(lake, tmp_path, SPEC)
    monkeypatch.delenv("CJA_FAILPOINTS")


@pytest.mark.fault("F11")
def test_planned_files_that_were_vacuumed_are_named_and_no_table_changes(lake, spark, tmp_path, monkeypatch):
    web = Web(spark, tmp_path, **{"delta.columnMapping.mode": "name"})
    web.append(1)
    load(lake, tmp_path, SPEC)
    before = lake.events.version()
    web.append(2)
    die_after_the_plan(lake, tmp_path, monkeypatch)
    web.compact()
    web.vacuum()
    with pytest.raises(SourceError, match=r"dataset 'web': \S+/web/\S*part-\S+\.parquet cannot be read: it"):
        load(lake, tmp_path, SPEC)
    assert lake.events.version() == before
    load(lake, tmp_path, SPEC, full=True)
    assert ids(lake) == ["e1", "e2"]


@pytest.mark.parametrize("change", ["delete", "overwrite", "again"])
@pytest.mark.fault("F18")
def test_a_table_whose_loaded_rows_changed_is_named_and_rebuilt_with_full(lake, tmp_path, web, change):
    web.append(1, 2)
    load(lake, tmp_path, SPEC)
    if change == "delete":
        web.table().delete("id = 'e1'")
    elif change == "overwrite":
        web.table().toDF().where("id = 'e2'").write.format("delta").mode("overwrite").save(web.folder)
    else:
        shutil.rmtree(web.folder)
        web.append(2)
    with pytest.raises(SourceError, match=r"dataset 'web': .*/web.* --full"):
        load(lake, tmp_path, SPEC)
    assert ids(lake) == ["e1", "e2"]
    load(lake, tmp_path, SPEC, full=True)
    assert ids(lake) == ["e2"]


def test_a_table_whose_first_commits_were_cleaned_up_is_loaded_whole(lake, spark, tmp_path, web):
    for number in range(1, 7):
        web.append(number)
        if number == 4:
            spark._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(spark._jsparkSession, web.folder).checkpoint()
    log = tmp_path / "web" / "_delta_log"
    for version in range(3):
        (log / f"{version:020d}.json").unlink()
    load(lake, tmp_path, SPEC)
    assert ids(lake) == [f"e{number}" for number in range(1, 7)]
    assert load(lake, tmp_path, SPEC).load is None
    web.append(7)
    web.append(8)
    (log / f"{6:020d}.json").unlink()
    with pytest.raises(SourceError, match="version 6 is no longer in it; rebuild with --full"):
        load(lake, tmp_path, SPEC)


def test_no_table_is_named(lake, tmp_path):
    with pytest.raises(SourceError, match=r"dataset 'web': there is no file at \S+/web/_delta_log"):
        load(lake, tmp_path, SPEC)


@pytest.mark.parametrize("format_", ["delta", "parquet"])
def test_a_table_of_the_catalogue_is_taken_by_its_name(lake, spark, tmp_path, web, format_):
    spec = connection(format_, {"table": "shop_web"})
    with pytest.raises(SourceError, match="dataset 'web': shop_web cannot be read: there is no such table"):
        connect(spark, lake, spec, files_root="")
    web.append(1)
    rows = web.table().toDF()
    try:
        rows.write.format(format_).option("path", str(tmp_path / "table")).saveAsTable("shop_web")
        assert load(lake, tmp_path, spec).loaded == {"web": 1}
        web.append(2)
        web.table().toDF().where("id = 'e2'").write.format(format_).mode("append").saveAsTable("shop_web")
        assert load(lake, tmp_path, spec).loaded == {"web": 1}
        assert load(lake, tmp_path, spec).load is None
        assert ids(lake) == ["e1", "e2"]
    finally:
        spark.sql("DROP TABLE IF EXISTS shop_web")
