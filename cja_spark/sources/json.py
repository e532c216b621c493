"""JSON as a source: lines or arrays of objects, read so that a row does not depend on the other rows of its load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.secret import revealed
from cja_spark.sources.heads import heads
from cja_spark.sources.items import FILE, Item
from cja_spark.sources.spec import Source
from cja_spark.sources.unite import united

CORRUPT = "_corrupt_record"
BLANK = b" \t\r\n\x00\xef\xbb\xbf\xfe\xff"  # white space and byte order marks, in UTF-16 too


def read(spark: SparkSession, source: Source, items: Sequence[Item]) -> DataFrame:
    """JSON lines, and files that hold one array: those whose first character is `[`; the driver reads their heads.

    Columns: adds `_file`, and where a row is no JSON `_corrupt_record`.
    Rows:    One per object. An object without any value (`{}`) and an array without any (`[]`) are null: whether what
        is in them is known depends on the other rows of a load, and a load must not.
    Raises:  SourceError when a file is gone; TypeConflictError when lines and arrays differ in a column's type.
    """
    parts = []
    for first, rows in _read(spark, source, items, {"dropFieldIfAllNull": "true"}):  # else Spark would call it text
        columns = [_some_value(F.col(f"`{field.name}`"), field.dataType).alias(field.name) for field in rows.schema]
        parts.append((first, rows.select(*columns, F.col("_metadata.file_path").alias(FILE))))
    return united(parts)


def keys_of(spark: SparkSession, source: Source, items: Sequence[Item]) -> T.StructType:
    """All keys that rows have, also those that have no value in any; their types are then text."""
    fields = [field for _, rows in _read(spark, source, items, {}) for field in rows.schema.fields]
    return T.StructType(list({field.name: field for field in fields}.values()))


def _read(
    spark: SparkSession, source: Source, items: Sequence[Item], options: Mapping[str, str]
) -> Iterator[tuple[Item, DataFrame]]:
    """Files of lines and files of one array, each as one scan with its first file."""
    begun = [head.lstrip(BLANK) for head in heads(spark, source, items, lambda head: bool(head.lstrip(BLANK)))]
    for lines in (True, False):
        chosen = [item for item, head in zip(items, begun, strict=True) if head.startswith(b"[") != lines]
        if chosen:
            asked = {
                "columnNameOfCorruptRecord": CORRUPT,
                "multiLine": str(not lines).lower(),
                **options,
                **revealed(source.options),
            }
            yield chosen[0], spark.read.format("json").options(**asked).load(sorted(item.path for item in chosen))


def _some_value(column: Column, kind: T.DataType) -> Column:
    """A struct with a value in it at any depth, or an array with one, else null; items of arrays stay as they are."""
    if isinstance(kind, T.ArrayType):
        return F.when(F.exists(column, lambda item: item.isNotNull()), column)
    if not isinstance(kind, T.StructType) or not kind.fields:
        return column
    leaves = reduce(lambda one, other: one | other, (leaf.isNotNull() for leaf in _leaves(column, kind)))
    parts = [_some_value(column.getField(field.name), field.dataType).alias(field.name) for field in kind.fields]
    return F.when(leaves, F.struct(*parts))


def _leaves(column: Column, kind: T.DataType) -> list[Column]:
    if not isinstance(kind, T.StructType):
        return [_some_value(column, kind)]
    return [leaf for field in kind.fields for leaf in _leaves(column.getField(field.name), field.dataType)]
