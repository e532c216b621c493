"""Files of one load whose columns differ: loading them at once equals loading them one by one."""

import shutil
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cja_spark.errors import InputError, SourceError, TypeConflictError
from cja_spark.lake import Lake
from cja_spark.sources.read import items_of, read_items
from cja_spark.sources.spec import Source
from tests.unit.sources.shop import connection, load, put

NARROW = {"id": "e1", "time": "2026-01-01T10:00:00Z", "who": "ann", "amount": 1}
WIDE = {"amount": 2, "who": "bob", "page": "home", "time": "2026-01-02T10:00:00Z", "id": "e2"}


def rows(lake):
    """All columns of the events but the load's number."""
    found = lake.events.read().drop("load").collect()
    return sorted((sorted(row.asDict(True).items(), key=str) for row in found), key=str)


def write(spark, path, row, format_, **types):
    path.parent.mkdir(exist_ok=True)
    if format_ == "csv":
        path.write_text("\n".join((",".join(row), ",".join(str(value) for value in row.values()))), encoding="utf-8")
    elif format_ == "parquet":
        schema = pa.schema([(name, types.get(name, pa.array([value]).type)) for name, value in row.items()])
        pq.write_table(pa.Table.from_pylist([row], schema), path)
    else:
        spark.createDataFrame([row]).select(*row).coalesce(1).write.format(format_).save(str(path.parent / "_written"))
        (written,) = (path.parent / "_written").glob(f"*.{format_}")
        written.rename(path)
        shutil.rmtree(path.parent / "_written")


@pytest.mark.parametrize("format_", ["csv", "parquet", "orc"])
@pytest.mark.fault("F10")
def test_a_second_file_with_more_columns_in_another_order_loses_none(lake, spark, tmp_path, format_):
    numbers = {"numbers": ["amount"]} if format_ == "csv" else {}
    spec = connection(format_, {"path": f"web/*.{format_}"}, **numbers)
    write(spark, tmp_path / "web" / f"a.{format_}", NARROW, format_, amount=pa.int32())
    load(lake, tmp_path, spec)
    write(spark, tmp_path / "web" / f"b.{format_}", WIDE, format_)
    load(lake, tmp_path, spec)
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path, spec)
    assert rows(once) == rows(lake)
    found = {row["event_id"]: (row["person_id"], row["amount"], row["page"]) for row in once.events.read().collect()}
    assert found == {"e1": ("ann", 1, None), "e2": ("bob", 2, "home")}


@pytest.mark.fault("F10")
def test_parquet_files_whose_numbers_differ_in_width_share_a_column(lake, spark, tmp_path):
    for name, kind in (("a", pa.int32()), ("b", pa.int64()), ("c", pa.float32())):
        write(spark, tmp_path / "web" / f"{name}.parquet", {**NARROW, "id": name, "amount": 2}, "parquet", amount=kind)
    load(lake, tmp_path, connection("parquet"))
    assert {row["event_id"]: row["amount"] for row in lake.events.rows()} == {"a": 2.0, "b": 2.0, "c": 2.0}


@pytest.mark.fault("F10")
def test_parquet_files_whose_types_exclude_each_other_are_named(lake, spark, tmp_path):
    write(spark, tmp_path / "web" / "a.parquet", NARROW, "parquet")
    write(spark, tmp_path / "web" / "b.parquet", {**WIDE, "amount": "a lot"}, "parquet")
    with pytest.raises(TypeConflictError, match=r"'amount' is bigint in \S+/a\.parquet and string in \S+/b\.parquet"):
        load(lake, tmp_path, connection("parquet"))
    assert not lake.events.exists()


@pytest.mark.fault("F10")
def test_orc_files_whose_types_exclude_each_other_end_the_load(lake, spark, tmp_path):
    write(spark, tmp_path / "web" / "a.orc", NARROW, "orc")
    write(spark, tmp_path / "web" / "b.orc", {**WIDE, "amount": "a lot"}, "orc")
    with pytest.raises(InputError, match=r"dataset 'web': .*columns of one name and different types"):
        load(lake, tmp_path, connection("orc", {"path": "web/*.orc"}))
    assert not lake.events.exists()


@pytest.mark.parametrize("content", [b"", b"no Parquet at all", b"PAR1 broken \xff\xff\x00\x00PAR1"])
@pytest.mark.fault("F11")
def test_a_file_that_is_no_parquet_is_named(lake, spark, tmp_path, content):
    write(spark, tmp_path / "web" / "a.parquet", NARROW, "parquet")
    put(tmp_path, "web/b.parquet", content)
    with pytest.raises(SourceError, match=r"dataset 'web': \S+/b\.parquet cannot be read: it"):
        load(lake, tmp_path, connection("parquet"))


def test_csv_files_of_one_header_are_one_scan_whatever_stands_before_it(lake, spark, tmp_path):
    line = "{},2026-01-01T10:00:00Z,ann\n"
    for number, before in enumerate(("", "\ufeff", "\n\n", "# exported today\n")):
        put(tmp_path, f"web/{number}.csv", before + "id,time,who\r\n" + line.format(number))
    put(tmp_path, "web/blank.csv", "\n\n")
    load(lake, tmp_path, connection("csv", {"path": "web", "options": {"comment": "#"}}))
    assert sorted(row["event_id"] for row in lake.events.rows()) == ["0", "1", "2", "3"]


def test_a_header_with_a_line_break_in_quotes_is_one_header(spark, tmp_path):
    for number, last in enumerate(("page", "campaign")):
        put(tmp_path, f"web/{number}.csv", f'id,"the\n{last}"\ne{number},{last}\n')
    source = Source(format="csv", path="web", options={"multiLine": True})
    found = read_items(spark, source, str(tmp_path), items_of(spark, "web", source, str(tmp_path), {})).orderBy("id")
    assert [(row["the_page"], row["the_campaign"]) for row in found.collect()] == [("page", None), (None, "campaign")]


def test_csv_files_without_a_header_may_differ_in_how_many_columns_they_have(lake, tmp_path):
    put(tmp_path, "web/a.csv", "e1;2026-01-01T10:00:00Z;ann\n")
    put(tmp_path, "web/b.csv", "e2;2026-01-02T10:00:00Z;bob;home\n")
    source = {"path": "web", "options": {"header": False, "sep": ";"}}
    load(lake, tmp_path, connection("csv", source, event_id="_c0", timestamp="_c1", person_id="_c2"))
    found = lake.events.read().orderBy("event_id").collect()
    assert [(row["ts"], row["_c3"]) for row in found] == [
        (datetime(2026, 1, 1, 10), None), (datetime(2026, 1, 2, 10), "home")
    ]  # fmt: skip


@pytest.mark.fault("F10")
def test_json_lines_and_arrays_of_one_load_may_differ_in_nested_columns(lake, tmp_path):
    base = '{"id": "%s", "time": "2026-01-01T10:00:00Z", "who": "ann", "items": [%s]}'
    put(tmp_path, "web/a.json", base % ("e1", '{"sku": "a", "price": 1}') + "\n")
    put(tmp_path, "web/b.json", "[" + base % ("e2", '{"sku": "b", "price": 1.5, "size": "xl"}') + "]")
    load(lake, tmp_path, connection("json"))
    found = {row["event_id"]: [item.asDict() for item in row["items"]] for row in lake.events.read().collect()}
    assert found["e1"] == [{"price": 1.0, "size": None, "sku": "a"}]
    assert found["e2"] == [{"price": 1.5, "size": "xl", "sku": "b"}]
