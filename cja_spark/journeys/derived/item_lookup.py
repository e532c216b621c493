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

from cja_spark.errors import CollisionError
from cja_spark.journeys.batch import Ints
from cja_spark.journeys.fields import id_of, text_of
from cja_spark.journeys.values import held_pairs


def found_for_items(ids: Column, arrays: int, rows: DataFrame, column: str, kind: T.DataType, dataset: str) -> Column:
    """The values of some keys, in lists like the keys'; null where no row has a key.

    The dataset travels to the workers: items have no column that could be joined. Keys are compared by their ids, whose
    table is sorted once, where a table of texts would be made again for each batch.

    Args:
        ids: lists of the ids of keys, lists in lists where arrays lie in one another; 0 where there is none.
        arrays: how many lists are around an id.
        rows: the dataset, one row per `key`.
        column: where its values are.
        kind: their type.
        dataset: its name, for messages.

    Raises:
        InputError: more than 20 million keys.
        CollisionError: two keys have one id.
    """
    text = text_of(F.col("key"))
    pairs = rows.select(id_of(text).alias("id"), text.alias("key"), F.col(column).alias("value")).where(text.isNotNull())
    known, values = _by_id(held_pairs(pairs, dataset), dataset)
    told = reduce(lambda inner, _: T.ArrayType(inner), range(arrays), kind)

    def found(lists: pa.Array) -> pa.Array:
        return looked_up(lists, known, values)

    made: Column = arrow_udf(found, told, ArrowUDFType.SCALAR).asNondeterministic()(ids)  # apart from what takes its values
    return made


def apart(column: Column) -> Column:
    """A column that Spark does not write into the expressions that take it, as it does with all that rows alone decide.

    Spark 4.1 overlooks a function of Python that is given functions of items in one another.
    """
    return F.when(F.spark_partition_id() >= 0, column)


def looked_up(lists: pa.Array, known: Ints, values: pa.Array) -> pa.Array:
    """The values of keys in lists.

    Args:
        lists: ids of keys, in any number of lists.
        known: the ids that there are, ascending.
        values: their values.

    Shapes: known int64[keys], values of that length.
    """
    if not pa.types.is_list(lists.type):
        ids = pc.fill_null(lists, 0).to_numpy(zero_copy_only=False)
        at = np.searchsorted(known, ids)
        there = known[np.minimum(at, len(known) - 1)] == ids if len(known) else np.zeros(len(ids), bool)
        return values.take(pa.array(at, mask=~there))
    inner = looked_up(lists.flatten(), known, values)  # of null lists nothing
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
    return pa.ListArray.from_arrays(offsets, inner, mask=pc.is_null(lists))


def _by_id(pairs: pa.Table, dataset: str) -> tuple[Ints, pa.Array]:
    pairs = pairs.combine_chunks().sort_by("id")
    known, values = pairs["id"].to_numpy(), pairs["value"].combine_chunks()
    same = np.flatnonzero(known[1:] == known[:-1])
    if len(same):
        first, second = (pairs["key"][int(at)].as_py() for at in (same[0], same[0] + 1))
        raise CollisionError.of(f"lookup '{dataset}'", int(known[same[0]]), first, second)
    return known, pa.concat_arrays(values.chunks) if isinstance(values, pa.ChunkedArray) else values
