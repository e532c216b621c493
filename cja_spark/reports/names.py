"""Names: the texts of the value ids that a report shows, from the dictionary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pyarrow as pa
import pyarrow.dataset as pads
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.journeys.batch import Ints
from cja_spark.journeys.reader import local_paths
from cja_spark.reports.kind import PEOPLE_BY_KEY, Names
from cja_spark.stored import Stored

MANY = 5000  # ids that a Spark query can take as literals


def names_from(values: DataFrame, stored: Stored | None = None) -> Names:
    """A finish's way to the dictionary: texts of some ids of one dimension.

    Args:
        values: the dictionary.
        stored: the same as it lies in its files: Arrow looks into those of this machine, where a Spark query
            costs more than the report. Without it Spark is asked.
    """

    @cache
    def files_here() -> list[str] | None:
        return local_paths(stored.files) if stored else None

    def names(dimension: str, ids: Ints) -> Mapping[int, str]:
        if len(ids) == 0:
            return {}
        files = files_here()
        found = _by_spark(values, dimension, ids) if files is None else _by_arrow(files, dimension, ids)
        return dict(zip(found["id"].to_pylist(), found["value"].to_pylist(), strict=True))

    return names


def with_people(names: Names, people: Callable[[], DataFrame]) -> Names:
    """A way to texts that also knows the ids of persons.

    Args:
        names: the way to the other texts.
        people: gives rows of persons, `person` the key and `person_id`; it is asked only for ids that a report shows.
    """

    def known(dimension: str, ids: Ints) -> Mapping[int, str]:
        if dimension != PEOPLE_BY_KEY:
            return names(dimension, ids)
        if len(ids) == 0:
            return {}
        found = people().where(F.col("person").isin(ids.tolist())).select("person", "person_id").distinct().toArrow()
        return dict(zip(found["person"].to_pylist(), found["person_id"].to_pylist(), strict=True))

    return known


def _by_arrow(files: Sequence[str], dimension: str, ids: Ints) -> pa.Table:
    if not files:
        return pa.table({"id": pa.array([], pa.int64()), "value": pa.array([], pa.string())})
    wanted = (pads.field("dimension") == dimension) & pads.field("id").isin(pa.array(ids))
    return pads.dataset(files, format="parquet").to_table(columns=["id", "value"], filter=wanted)


def _by_spark(values: DataFrame, dimension: str, ids: Ints) -> pa.Table:
    rows = values.where(F.col("dimension") == dimension)
    if len(ids) <= MANY:
        rows = rows.where(F.col("id").isin(ids.tolist()))
    else:
        wanted = rows.sparkSession.createDataFrame(pa.table({"id": ids}))
        rows = rows.join(wanted, on="id", how="left_semi")
    return rows.select("id", "value").toArrow()
