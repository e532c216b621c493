"""Formats and columns that real files have: ORC, timestamps without a zone, numbers that order events of one instant."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc
from pyspark.sql import types as T

from cja_spark.journeys.build import build
from cja_spark.sources.read import items_of, read_items
from cja_spark.view.spec import View
from tests.unit.sources.shop import connection, load, put


def test_an_orc_file_is_loaded_with_its_types(lake, tmp_path):
    moment = datetime(2026, 1, 1, 10, 0, 0, 123456)
    (tmp_path / "web").mkdir()
    rows = [{"id": "e1", "time": moment, "who": "ann", "amount": 7, "items": [{"sku": "a", "price": 1.5}]}]
    orc.write_table(pa.Table.from_pylist(rows), str(tmp_path / "web" / "a.orc"))
    load(lake, tmp_path, connection("orc"))
    (row,) = lake.events.read().selectExpr("unix_micros(ts) AS ts", "amount", "items").collect()
    assert row["ts"] == moment.replace(tzinfo=UTC).timestamp() * 1_000_000
    assert (row["amount"], [item.asDict() for item in row["items"]]) == (7, [{"sku": "a", "price": 1.5}])


def test_a_parquet_timestamp_without_a_zone_is_utc(lake, spark, tmp_path):
    (tmp_path / "web").mkdir()
    table = pa.table(
        {"id": ["e1"], "time": pa.array([datetime(2026, 7, 1, 23, 30)], pa.timestamp("us")), "who": ["ann"]}
    )
    pq.write_table(table, tmp_path / "web" / "a.parquet")
    spec = connection("parquet")
    source = spec.datasets["web"].source
    rows = read_items(spark, source, str(tmp_path), items_of(spark, "web", source, str(tmp_path), {}))
    assert isinstance(rows.schema["time"].dataType, T.TimestampNTZType)
    load(lake, tmp_path, spec)
    (row,) = lake.events.read().selectExpr("unix_micros(ts) AS ts", "event_date", "time").collect()
    assert row["ts"] == datetime(2026, 7, 1, 23, 30, tzinfo=UTC).timestamp() * 1_000_000
    assert str(row["event_date"]) == "2026-07-01"
    assert lake.events.read().schema["time"].dataType == T.TimestampType()


def test_events_of_one_instant_are_in_the_order_of_their_sequence(lake, tmp_path):
    lines = [f"{id_},2026-01-01T10:00:00Z,ann,{number},{page}" for id_, number, page in
             (("a", 10, "third"), ("b", "", "last"), ("c", 9, "second"), ("d", -1, "first"))]  # fmt: skip
    put(tmp_path, "web/a.csv", "\n".join(["id,time,who,step,page", *lines]))
    load(lake, tmp_path, connection("csv", sequence="step"))
    build(lake, View.model_validate({"name": "shop", "buckets": 1, "dimensions": {"page": "page"}}), {})
    names = {row["id"]: row["value"] for row in lake.values("shop").rows()}
    (journey,) = lake.journeys("shop").read().collect()
    assert [names[page] for page in journey["d_page"]] == ["first", "second", "third", "last"]


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_files_with_the_same_columns_are_one_scan(spark, tmp_path, format):
    for day in range(3):
        rows = spark.createDataFrame([(f"e{day}", "2026-01-01T10:00:00Z", "ann")], "id string, time string, who string")
        options = {"header": "true"} if format == "csv" else {}
        rows.coalesce(1).write.format(format).options(**options).save(str(tmp_path / "web" / f"day={day}"))
    source = connection(format).datasets["web"].source
    read = read_items(spark, source, str(tmp_path), items_of(spark, "web", source, str(tmp_path), {}))
    assert read.count() == 3
    assert read._jdf.queryExecution().executedPlan().toString().count("FileScan") == 1
