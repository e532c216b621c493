"""JSON as a source: lines or arrays of objects, read so that a row does not depend on the other rows of its load."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.sources.heads import heads
from cja_spark.sources.items import Item
from cja_spark.sources.spec import Source

CORRUPT = "_corrupt_record"
FILE = "_file"
BLANK = b" \t\r\n\x00\xef\xbb\xbf\xfe\xff"  # white space and byte order marks, in UTF-16 too


def read(spark: SparkSession, source: Source, items: Sequence[Item]) -> DataFrame:
    """JSON lines, and files that hold one array: those whose first character is `[`; the driver reads their heads.

    Columns: adds `_file`, and where a row is no JSON `_corrupt_record`.
    Rows:    One per object. An object without any value (`{}`) is null: whether its fields are known depends on the
        other rows of a load, and a load must not.
    Raises:  SourceError when a file is gone.
    """
    begun = [head.lstrip(BLANK) for head in heads(spark, items, lambda head: bool(head.lstrip(BLANK)))]
    frames = []
    for lines in (True, False):
        chosen = sorted({item.path for item, head in zip(items, begun, strict=True) if head.startswith(b"[") != lines})
        if chosen:
            options = {"columnNameOfCorruptRecord": CORRUPT, "multiLine": str(not lines).lower(), **source.options}
            rows = spark.read.format("json").options(**options).load(chosen)
            parts = [_some_value(F.col(f"`{field.name}`"), field.dataType).alias(field.name) for field in rows.schema]
            frames.append(rows.select(*parts, F.col("_metadata.file_path").alias(FILE)))
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def _some_value(column: Column, kind: T.DataType) -> Column:
    """A struct with a value in it at any depth, else null; items of arrays stay as they are."""
    if not isinstance(kind, T.StructType) or not kind.fields:
        return column
    leaves = reduce(lambda one, other: one | other, (leaf.isNotNull() for leaf in _leaves(column, kind)))
    parts = [_some_value(column.getField(field.name), field.dataType).alias(field.name) for field in kind.fields]
    return F.when(leaves, F.struct(*parts))


def _leaves(column: Column, kind: T.DataType) -> list[Column]:
    if not isinstance(kind, T.StructType):
        return [column]
    return [leaf for field in kind.fields for leaf in _leaves(column.getField(field.name), field.dataType)]
