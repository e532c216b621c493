"""Names of value ids: what Arrow finds in the dictionary's files, a Spark query finds too."""

import numpy as np
import pytest

from cja_spark.reports import names
from cja_spark.reports.names import names_from
from cja_spark.stored import Stored

ROWS = [("page", at, f"page {at}") for at in range(50)] + [("channel", at, f"channel {at}") for at in range(5)]


@pytest.fixture(scope="module")
def values(spark, tmp_path_factory):
    place = str(tmp_path_factory.mktemp("values") / "of a view")
    spark.createDataFrame(ROWS, "dimension string, id bigint, value string").repartition(3).write.parquet(place)
    return spark.read.parquet(place)


@pytest.mark.parametrize("reader", ["arrow", "spark", "spark with many"])
def test_texts_of_some_ids_of_one_dimension(values, monkeypatch, reader):
    if reader != "arrow":  # as where the files lie on another machine
        monkeypatch.setattr(names, "local_paths", lambda uris: None)
    if reader == "spark with many":
        monkeypatch.setattr(names, "MANY", 1)
    found = names_from(values, Stored.of(values))
    assert found("page", np.array([3, 4, 99])) == {3: "page 3", 4: "page 4"}
    assert found("channel", np.arange(10)) == {at: f"channel {at}" for at in range(5)}
    assert found("page", np.zeros(0, np.int64)) == {}


def test_a_dictionary_without_rows_names_nothing(values, spark):
    empty = spark.createDataFrame([], values.schema)
    assert names_from(empty, Stored.of(empty))("page", np.array([1])) == {}
