"""A lake that is broken or holds what nobody expects: each verb names it, with its exit code."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from cja_spark.lake import Lake
from tests.bad_input.shop import Shop, event, lines

INPUT = 3


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("broken"))
    assert [shop.run("connect"), shop.run("journey")] == [0, 0]
    return shop


@contextmanager
def cut_files(folder):
    """The files of a table without their last bytes; as they were afterwards."""
    files = {file: file.read_bytes() for file in folder.rglob("*.parquet")}
    assert files
    for file, whole in files.items():
        file.write_bytes(whole[:-9])
    yield
    for file, whole in files.items():
        file.write_bytes(whole)


@pytest.mark.parametrize("reader", ["arrow", "spark"])
@pytest.mark.fault("F11")
def test_files_of_journeys_that_are_cut(shop, capsys, reader):
    with cut_files(shop.lake / "journeys"):
        assert shop.run("report", "--reader", reader) == INPUT
    said = capsys.readouterr().err
    assert "a file of the lake, cannot be read: it is no Parquet file. Restore it, or rebuild with --full." in said
    assert "Traceback" not in said


@pytest.mark.fault("F11")
def test_files_of_events_that_are_cut(shop, capsys):
    with cut_files(shop.lake / "events"):
        assert shop.run("journey", "--full") == INPUT
    assert "a file of the lake, cannot be read: it is no Parquet file" in capsys.readouterr().err


def test_a_lake_where_spark_knows_no_file_system(shop, capsys):
    for verb in ("journey", "report", "explain", "stitching"):
        assert shop.run(verb, "--lake", "s3a://bucket/lake") == INPUT
        assert "s3a://bucket/lake cannot be written" in capsys.readouterr().err


def test_a_metric_of_a_date_says_how_to_count_it(spark, tmp_path, capsys):
    shop = Shop(tmp_path)
    (shop.project / "raw/web/a.json").unlink()
    rows = spark.sql("SELECT 'e1' AS id, '2026-01-01T10:00:00Z' AS time, 'ann' AS login, 'home' AS page, date'2026-01-01' AS price")
    rows.coalesce(1).write.mode("overwrite").parquet(str(shop.project / "raw/web"))
    shop.change("connection.yaml", "format: json", "format: parquet")
    assert shop.run("connect") == 0
    assert shop.run("journey") == INPUT
    assert "metric 'price'" not in (said := capsys.readouterr().err)
    assert "component 'price': 'price' is date, no number. Count it with behavior: instances." in said


def test_an_event_of_the_last_year_there_is_stops_no_report(spark, shop, capsys):
    shop.raw("web/b.json", lines(event(3, "9999-12-31T23:59:59Z")))
    shop.change("view.yaml", "buckets: 2", "buckets: 2\nsession: {timeout: 30 days}")
    shop.write("conf/reports/way.yaml", "report: fallout\nsteps: [events, price]\nwindow: 36000 days\n")
    assert [shop.run("connect"), shop.run("journey"), shop.run("report")] == [0, 0, 0]
    assert Lake(spark, str(shop.lake)).report("pages").read().where("row_kind = 'total' AND events = 0").count() == 1
