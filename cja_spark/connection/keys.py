"""Keys of JSON that no row has a value for: the reader leaves them out, but a dataset may name them."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from cja_spark.connection.conform import RESERVED, Conformed, conform_events
from cja_spark.connection.spec import EventDataset
from cja_spark.errors import MissingColumnError
from cja_spark.sources.items import Item
from cja_spark.sources.json import keys_of
from cja_spark.sources.names import storable_name

_NOTHING = T.StructType()


def conform_items(
    spark: SparkSession, rows: DataFrame, items: Sequence[Item], name: str, position: int, dataset: EventDataset,
    before: T.StructType = _NOTHING,
) -> Conformed:  # fmt: skip
    """Conform the rows of one event dataset, whatever its format.

    A column that its JSON has no value for is null if an earlier load had it, or if rows have its key. That takes a
    second look at the files, and only then.

    Args:
        spark: the session.
        rows: the rows, as they were read.
        items: what they were read from.
        name: the dataset's name.
        position: its place among the datasets.
        dataset: what the connection says of it.
        before: the type of what earlier loads brought.

    Rows:    As `conform_events` gives them.
    Raises:  MissingColumnError when the dataset names a column that its rows do not have.
    """
    if dataset.source.format != "json":
        return conform_events(rows, name, position, dataset)
    try:
        return conform_events(rows, name, position, dataset, before)
    except MissingColumnError:
        keys = _stored(keys_of(spark, dataset.source, items))
        return conform_events(rows, name, position, dataset, _either(before, keys))


def _stored(keys: T.StructType) -> T.StructType:
    """Keys under the names that events have them by."""
    found = {storable_name(field.name): field.dataType for field in keys.fields}
    return T.StructType(
        [T.StructField(f"source_{key}" if key.lower() in RESERVED else key, kind) for key, kind in found.items()]
    )


def _either(one: T.StructType, other: T.StructType) -> T.StructType:
    """The fields of both, of structs too; where both have one, the first says its type."""
    fields = {field.name: field.dataType for field in other.fields}
    for field in one.fields:
        mine, both = field.dataType, fields.get(field.name)
        if isinstance(mine, T.StructType) and isinstance(both, T.StructType):
            mine = _either(mine, both)
        fields[field.name] = mine
    return T.StructType([T.StructField(name, kind) for name, kind in fields.items()])
