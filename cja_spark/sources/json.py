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
    Rows:    One per object. Text without a character (`""`), an object without any value (`{}`) and an array without any
        (`[]`, `[{}]`) are null: whether the type of what is in them is known depends on the other rows of a load, and
        a load must not (O8).
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
    """A value as `read` gives it: what has none in it is null, items of arrays keep their places."""
    if isinstance(kind, T.ArrayType):
        inner = kind.elementType
        kept = F.transform(column, lambda item: _item(item, inner)) if _can_be_blank(inner) else column
        return F.when(F.exists(column, lambda item: _has_value(item, inner)), kept)
    if isinstance(kind, T.StructType) and kind.fields:
        return F.when(_has_value(column, kind), _parts(column, kind))
    return F.when(_has_value(column, kind), column) if isinstance(kind, T.StringType) else column


def _item(item: Column, kind: T.DataType) -> Column:
    """An item of an array: an object stays one, also without any value."""
    if isinstance(kind, T.StructType) and kind.fields:
        return F.when(item.isNotNull(), _parts(item, kind))
    return _some_value(item, kind)


def _parts(column: Column, kind: T.StructType) -> Column:
    return F.struct(*(_some_value(column.getField(field.name), field.dataType).alias(field.name) for field in kind.fields))


def _has_value(column: Column, kind: T.DataType) -> Column:
    """Whether there is something in a column, at any depth; text without a character is nothing."""
    if isinstance(kind, T.ArrayType):
        return F.exists(column, lambda item: _has_value(item, kind.elementType))
    if isinstance(kind, T.StructType) and kind.fields:
        return reduce(lambda one, other: one | other, (_has_value(column.getField(field.name), field.dataType) for field in kind.fields))
    return column != "" if isinstance(kind, T.StringType) else column.isNotNull()


def _can_be_blank(kind: T.DataType) -> bool:
    """Whether something in items of a type may have to become null."""
    return isinstance(kind, T.ArrayType | T.StructType | T.StringType)
