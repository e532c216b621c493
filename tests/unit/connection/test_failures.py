"""A load that fails says what failed: a source (3), a place that is not there (3), or the machines (6); a bug stays one."""

import threading
import time
from pathlib import Path

import pytest
from py4j.protocol import Py4JJavaError, Py4JNetworkError
from pyspark.errors import PySparkException

from cja_spark.connection.identities import preflight_connection
from cja_spark.errors import InputError, SourceError, UnavailableError, UnwritableError
from cja_spark.hadoop import java_class
from cja_spark.lake import Lake
from cja_spark.sources.failures import SPARK_ERRORS, told, unread
from cja_spark.sources.items import Item
from tests.bad_input.shop import Shop
from tests.unit.connection.shop import event, load, put, shop

REFUSED = {"path": "hdfs://localhost:1/web", "options": {"ipc.client.connect.max.retries": 0}}
UNREACHABLE = {"Connection refused": REFUSED, 'No FileSystem for scheme "gs"': {"path": "gs://shop/web"}}
ITEM = Item("web", "file:/raw/web/a.json", 1, 1)


def web(source, form="json"):
    return shop("web", web={"source": {"format": form, **source}, "persistent_id": {"column": "device", "namespace": "ECID"}})


@pytest.mark.parametrize("form", ["json", "delta"])
@pytest.mark.parametrize("said", UNREACHABLE)
def test_a_source_that_cannot_be_listed_is_named_with_its_place(lake, tmp_path, said, form):
    source = UNREACHABLE[said]
    with pytest.raises(SourceError, match=rf"dataset 'web': {source['path']}\S* cannot be read: .*{said}"):
        load(lake, tmp_path, web(source, form))
    with pytest.raises(SourceError, match=rf"dataset 'web': {source['path']}\S* cannot be read: .*{said}"):
        preflight_connection(lake, web(source, form), files_root=str(tmp_path))
    assert not lake.events.exists()


def test_a_table_of_a_catalogue_that_is_not_there_is_named(lake, tmp_path):
    with pytest.raises(SourceError, match=r"dataset 'web': nope\.shop\.web cannot be read: .*CATALOG_NOT_FOUND"):
        load(lake, tmp_path, web({"table": "nope.shop.web"}))


def test_a_source_of_no_known_format_is_named(lake, tmp_path):
    put(tmp_path, "web/a.json", event(1))
    with pytest.raises(SourceError, match=r"dataset 'web': .*DATA_SOURCE_NOT_FOUND"):
        load(lake, tmp_path, web({"path": "web"}, "jsonn"))


@pytest.mark.parametrize("place", ["catalogue:nowhere", "gs://shop/lake"])
def test_a_lake_that_is_nowhere_ends_in_code_three_and_no_traceback(spark, tmp_path, capsys, place):
    assert Shop(tmp_path).run("connect", "--lake", place) == 3
    assert f"cja connect: {place} cannot be written: " in capsys.readouterr().err


def mounted(spark, name, folder, *tables):
    """A lake on a file system that refuses to make any folder but those of some tables."""
    for table in tables:
        (folder / table).mkdir(parents=True, exist_ok=True)
        address = (folder / table).as_uri()
        spark._jsc.hadoopConfiguration().set(f"fs.viewfs.mounttable.{name}.link./lake/{table}", address)
    return Lake(spark, f"viewfs://{name}/lake")


@pytest.mark.parametrize("tables", [("loads",), ("loads", "_staging")], ids=len)
@pytest.mark.fault("F14")
def test_a_load_that_cannot_write_is_unavailable_and_running_it_again_finishes_it(spark, tmp_path, tables):
    put(tmp_path, "web/a.json", event(1))
    broken = mounted(spark, f"ro{len(tables)}", tmp_path / "lake", *tables)
    with pytest.raises(UnavailableError, match=r"load 1 broke off in viewfs://ro\d/lake: .*FileNotFoundException: .*again is safe") as refused:
        load(broken, tmp_path, shop("web"))
    assert refused.value.exit_code == 6
    assert "a.json" not in str(refused.value)
    receipt = load(Lake(spark, str(tmp_path / "lake")), tmp_path, shop("web"))
    assert (receipt.load, receipt.loaded) == (1, {"web": 1})


def raised(work):
    with pytest.raises(SPARK_ERRORS) as error:
        work()
    return error.value


@pytest.mark.fault("F8")
def test_two_writers_that_conflict_are_told_as_such(lake, spark, tmp_path):
    table = lake.profiles
    table.append(spark.range(1))
    started, go = tmp_path / "started", tmp_path / "go"

    def slow(batches):
        started.touch()
        until = time.monotonic() + 60
        while not go.exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield from batches

    def meanwhile():
        while not started.exists():
            time.sleep(0.05)
        table.append(spark.range(1))
        go.touch()

    other = threading.Thread(target=meanwhile)
    other.start()
    error = raised(lambda: table.overwrite(table.read().mapInArrow(slow, "id bigint")))
    other.join()
    own = told(error, "load 7", lake.location, [ITEM])
    assert isinstance(own, UnavailableError)
    assert str(own).startswith(f"load 7 broke off in {lake.location}: another run changed a table at the same time.")


def java(spark, name, *arguments):
    return java_class(spark, name)(*arguments)


def aborted(spark, text, cause=None):
    """What Spark raises in the JVM when a stage fails, as Python gets it."""
    return Py4JJavaError("An error occurred while calling o1.save.\n", java(spark, "org.apache.spark.SparkException", text, cause))


LOST = "Job aborted due to stage failure: ExecutorLostFailure (executor 1 exited caused by one of the running tasks)"


@pytest.mark.fault("F14")
def test_lost_executors_and_a_full_disk_are_no_fault_of_a_file_also_while_it_is_read(spark):
    full = java(spark, "java.io.IOException", "No space left on device")
    for error, said in (
        (aborted(spark, f"{LOST} file:/raw/web/a.json"), "executors were lost"),
        (aborted(spark, "[FAILED_READ_FILE.NO_HINT] while reading file file:/raw/web/a.json. ", full), "no space left"),
        (aborted(spark, "[TASK_WRITE_FAILED] to file:/lake.", full), "no space left"),
        (Py4JNetworkError("Answer from Java side is empty"), "Java process ended"),
    ):
        for own in (told(error, "load 1", "/lake", [ITEM]), unread(error, "web", [ITEM])):
            assert isinstance(own, UnavailableError)
            assert said in str(own)
            assert "Running the same command again is safe" in str(own)


def test_a_bug_is_neither_a_source_nor_an_outage(spark):
    wrong = java(spark, "java.lang.NullPointerException", "x")
    assert told(aborted(spark, "[TASK_WRITE_FAILED] Task failed while writing to file:/lake.", wrong), "load 1", "/lake", [ITEM]) is None


def broken_scan(spark, folder: Path, how):
    """The error of reading a Parquet file that broke after it was planned."""
    spark.range(10).write.parquet(str(folder))
    rows = spark.read.parquet(str(folder))
    file = next(folder.glob("*.parquet"))
    how(file)
    return raised(rows.collect), file


@pytest.mark.parametrize(("how", "said"), [(Path.unlink, "it is gone"), (lambda file: file.write_bytes(b"x" * 5000), "no Parquet file")])
@pytest.mark.fault("F11")
def test_a_broken_file_is_the_dataset_s_or_the_lake_s(spark, tmp_path, how, said):
    error, file = broken_scan(spark, tmp_path / "rows", how)
    assert isinstance(error, (PySparkException, Py4JJavaError))
    source = told(error, "load 1", str(tmp_path), [ITEM, Item("calls", file.as_uri(), 1, 1)])
    assert isinstance(source, SourceError)
    assert str(source).startswith(f"dataset 'calls': {file.as_uri()} cannot be read: ")
    assert said in str(source)
    table = told(error, "load 1", str(tmp_path), [ITEM])
    assert type(table) is InputError
    assert str(table).startswith(f"{file}, a file of the lake, cannot be read: ")


def test_a_schema_that_is_not_there_is_the_lake_s(spark):
    error = raised(lambda: spark.catalog.listTables("nowhere"))
    assert isinstance(told(error, "connect", "catalogue:nowhere"), UnwritableError)
