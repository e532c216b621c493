"""The value dictionary: which text each value id stands for, and the refusal of two texts under one id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.errors import CollisionError, InputError
from cja_spark.journeys.fields import Field, id_of, leaf, text_of, values_at
from cja_spark.journeys.texts import is_plain, texts_of_files
from cja_spark.lake import Lake
from cja_spark.view.spec import View

MAX_LOOKUP_KEYS = 20_000_000


def new_values(
    lake: Lake, events: DataFrame, fields: tuple[Field, ...], people: tuple[Field, ...], files: Sequence[str] = (),
    words: Sequence[tuple[str, str]] = (), joined: Collection[str] = (),
) -> DataFrame:  # fmt: skip
    """Texts of all dimensions of some events and of profiles, and those that reports give.

    Args:
        lake: the lake.
        events: the events.
        fields: columns that journeys have of events.
        people: columns that journeys have of profiles.
        files: the files of the lake in which these events lie, and no others, where Arrow shall read their texts.
        words: texts that reports put in the place of numbers, each with its dimension.
        joined: columns that events have and their files do not.

    Rows:    One per (dimension, text).
    Columns: reads {paths} (where the fields lie); returns dimension, value string.
    """
    dimensions = [field for field in fields if field.is_dimension]
    plain = [field for field in dimensions if files and field.path not in joined and is_plain(field, events.schema)]
    derived = [field for field in dimensions if field.formula and not field.arrays]
    frames = [_texts(events, field) for field in dimensions if not field.lookup and field not in (*plain, *derived)]
    if derived:
        frames.append(_derived_texts(events, derived))
    if plain:
        found = texts_of_files(lake.spark, files, plain).distinct()
        frames.append(found.withColumn("value", text_of(F.col("value"))).where(F.col("value").isNotNull()))
    frames += [_lookup_texts(lake, field) for field in dimensions if field.lookup]
    frames += [_texts(lake.profiles.read(), field) for field in people]
    if words:
        frames.append(lake.spark.createDataFrame([*words], "dimension string, value string"))
    if not frames:
        return lake.spark.createDataFrame([], "dimension string, value string")
    return reduce(DataFrame.unionByName, frames)


def _texts(rows: DataFrame, field: Field) -> DataFrame:
    values = rows.select(values_at(field.path, rows.schema, f"dimension '{field.component}'", text_of).alias("value"))
    for _ in field.arrays:
        values = values.select(F.explode("value").alias("value"))
    distinct = values.where(F.col("value").isNotNull()).distinct()
    return distinct.select(F.lit(field.component).alias("dimension"), "value")


def _derived_texts(events: DataFrame, fields: Sequence[Field]) -> DataFrame:
    """Texts of derived fields, all in one pass: each would make again what it is made of, joins of lookups among them."""
    pairs = [
        F.struct(F.lit(field.component).alias("dimension"), values_at(field.path, events.schema, f"dimension '{field.component}'", text_of).alias("value"))
        for field in fields
    ]  # fmt: skip
    every = events.select(F.inline(F.array(*pairs)))
    return every.where(F.col("value").isNotNull()).distinct()


def _lookup_texts(lake: Lake, field: Field) -> DataFrame:
    dataset, column = field.lookup
    rows = lake.lookup(dataset).read()
    _, path = leaf(column, rows.schema, f"dimension '{field.component}'")
    values = rows.select(text_of(F.col(path)).alias("value")).where(F.col("value").isNotNull()).distinct()
    return values.select(F.lit(field.component).alias("dimension"), "value")


def held_pairs(pairs: DataFrame, dataset: str) -> pa.Table:
    """Keys of a lookup dataset and what belongs to them, on the driver.

    Raises:
        InputError: more than 20 million keys; they travel to every task.
    """
    found = pairs.limit(MAX_LOOKUP_KEYS + 1).toArrow()
    if len(found) > MAX_LOOKUP_KEYS:
        raise InputError(f"lookup '{dataset}' has more than {MAX_LOOKUP_KEYS:,} keys; join it into the source instead.")
    return found


def lookup_ids(lake: Lake, field: Field) -> tuple[np.ndarray, np.ndarray]:
    """Keys and values of a lookup as ids: int64[keys] ascending, int64[keys].

    Raises:
        InputError: more than 20 million keys; they travel to every task.
    """
    dataset, column = field.lookup
    rows = lake.lookup(dataset).read()
    _, path = leaf(column, rows.schema, f"dimension '{field.component}'")
    found = held_pairs(rows.select(id_of(text_of(F.col("key"))).alias("key"), id_of(text_of(F.col(path))).alias("value")), dataset)
    keys, values = (found[name].to_numpy().astype(np.int64) for name in ("key", "value"))
    order = np.argsort(keys, kind="stable")
    return keys[order], values[order]


def add_values(lake: Lake, view: View, texts: DataFrame) -> None:
    """Add texts that the dictionary does not have yet.

    Raises:
        CollisionError: two texts of a dimension share an id; nothing is written.
    """
    table = lake.values(view.name).create()
    found = texts.select("dimension", id_of(F.col("value")).alias("id"), "value")
    known = table.read()
    fresh = found.join(known.select("dimension", "id", F.col("value").alias("_known")), ["dimension", "id"], "left")
    texts_of = fresh.groupBy("dimension", "id").agg(
        F.min("value").alias("value"), F.max("value").alias("_last"), F.max("_known").alias("_known")
    )
    added = texts_of.where(
        F.col("_known").isNull() | (F.col("_known") != F.col("value")) | (F.col("_last") != F.col("value"))
    )
    added = added.localCheckpoint()  # read twice: once to look for shared ids, once to write
    shared = added.where(F.col("_known").isNotNull() | (F.col("_last") != F.col("value"))).head()
    if shared is not None:
        raise CollisionError.of(
            f"dimension '{shared['dimension']}'", shared["id"], shared["value"],
            shared["_last"] if shared["_last"] != shared["value"] else shared["_known"],
        )  # fmt: skip
    if not added.isEmpty():
        table.append(added.select("dimension", "id", "value"))
