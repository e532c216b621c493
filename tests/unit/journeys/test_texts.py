"""Texts that Arrow finds in event files against those that Spark finds in the events."""

import pytest

from cja_spark.journeys.fields import event_fields
from cja_spark.journeys.texts import is_plain, texts_of_file
from cja_spark.journeys.values import new_values
from cja_spark.view.spec import View

VIEW = View.model_validate(
    {
        "name": "shop",
        "dimensions": {
            "page": "web.details.name", "channel": "channel", "visit": "visit", "amount": "amount", "sku": "items[].sku",
        },
    }
)  # fmt: skip
FIELDS = event_fields(VIEW, {})
SCHEMA = """channel string, visit string, amount double, web struct<details: struct<name: string>>,
    items array<struct<sku: string>>"""


@pytest.fixture
def events(spark, tmp_path):
    """Two files, the second from before a column was there; visits are as many as rows, pages few, some texts blank."""
    wide = [
        (f"channel {at % 3}", f"visit {at}", at / 4, ((None if at % 7 == 0 else f"page {at % 5}",),), [(f"sku {at % 4}",)])
        for at in range(5000)
    ]
    wide += [(" \t", None, None, None, None), ("\u2003", "ü \U0001f600", 1.5, (None,), [])]
    spark.createDataFrame(wide, SCHEMA).coalesce(1).write.option("parquet.block.size", 20_000).parquet(str(tmp_path / "wide"))
    spark.createDataFrame([("call", "visit 1")], "channel string, visit string").coalesce(1).write.parquet(
        str(tmp_path / "narrow")
    )
    rows = spark.read.schema(SCHEMA).parquet(str(tmp_path / "wide"), str(tmp_path / "narrow"))
    assert len(rows.inputFiles()) == 2
    return rows


def found(texts):
    return sorted((row["dimension"], row["value"]) for row in texts.collect())


def test_arrow_finds_the_texts_that_spark_finds(lake, events):
    by_spark = found(new_values(lake, events, FIELDS, ()))
    assert found(new_values(lake, events, FIELDS, (), events.inputFiles())) == by_spark
    assert len(by_spark) == 5001 + 5 + 4 + 4 + 5000
    assert [field.component for field in FIELDS if is_plain(field, events.schema)] == ["page", "channel", "visit"]


def test_a_text_is_read_once_per_row_group_and_not_once_per_event(events):
    (wide,) = (file for file in events.inputFiles() if "/wide/" in file)
    read = [batch for batch in texts_of_file(wide, {"channel": "channel"})]
    assert 5 <= sum(len(batch) for batch in read) < 100
    assert all(batch.column(0).unique().to_pylist() == ["channel"] for batch in read)
