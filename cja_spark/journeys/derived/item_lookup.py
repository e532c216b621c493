"""Lookups of items: what a dataset has for the keys in an event's arrays, in lists like theirs."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.functions import ArrowUDFType, arrow_udf

from cja_spark.journeys.fields import text_of
from cja_spark.journeys.values import held_pairs


def found_for_items(keys: Column, arrays: int, rows: DataFrame, column: str, kind: T.DataType, dataset: str) -> Column:
    """The values of some keys, in lists like the keys'; null where no row has a key.

    The dataset travels to the workers: items have no column that could be joined.

    Args:
        keys: lists of texts, lists in lists where arrays lie in one another.
        arrays: how many lists are around a key.
        rows: the dataset, one row per `key`.
        column: where its values are.
        kind: their type.
        dataset: its name, for messages.

    Raises:
        InputError: more than 20 million keys.
    """
    pairs = rows.select(text_of(F.col("key")).alias("key"), F.col(column).alias("value")).where(F.col("key").isNotNull())
    held = held_pairs(pairs, dataset)
    known, values = (_one(held[name]) for name in ("key", "value"))
    told = reduce(lambda inner, _: T.ArrayType(inner), range(arrays), kind)

    def found(lists: pa.Array) -> pa.Array:
        return looked_up(lists, known, values)

    made: Column = arrow_udf(found, told, ArrowUDFType.SCALAR).asNondeterministic()(keys)  # apart from what takes its values
    return made


def apart(column: Column) -> Column:
    """A column that Spark does not write into the expressions that take it, as it does with all that rows alone decide.

    Spark 4.1 overlooks a function of Python that is given functions of items in one another.
    """
    return F.when(F.spark_partition_id() >= 0, column)


def looked_up(lists: pa.Array, known: pa.Array, values: pa.Array) -> pa.Array:
    """The values of keys in lists.

    Args:
        lists: keys, in any number of lists.
        known: the keys that there are, each once.
        values: their values.
    """
    if not pa.types.is_list(lists.type):
        return values.take(pc.index_in(lists, known))
    inner = looked_up(lists.flatten(), known, values)  # of null lists nothing
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
    return pa.ListArray.from_arrays(offsets, inner, mask=pc.is_null(lists))


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
