"""Parquet as a source: all columns that any file has, whatever other files its load takes."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.errors import SourceError
from cja_spark.secret import revealed
from cja_spark.sources.heads import tails
from cja_spark.sources.items import FILE, Item
from cja_spark.sources.spec import Source
from cja_spark.sources.unite import alike, united

ROW = "_row_in_file"
SPARK_SCHEMA = b"org.apache.spark.sql.parquet.row.metadata"
MAGIC, ENCRYPTED = b"PAR1", b"PARE"
END = 8  # bytes: the footer's length and the magic


def read(spark: SparkSession, source: Source, items: Sequence[Item]) -> DataFrame:
    """Rows of Parquet files; files of the same schema are one scan.

    Spark takes the schema of one file for all that it reads together; its `mergeSchema` takes no int beside a bigint.

    Columns: adds `_file`, `_row_in_file`.
    Raises:  SourceError when a file is gone or is no Parquet file; TypeConflictError when files differ in a column's type.
    """
    footers = tails(spark, source, items, _length)
    schemas = [_schema(item, footer) for item, footer in zip(items, footers, strict=True)]
    parts = []
    for group in alike(items, schemas):
        rows = spark.read.format("parquet").options(**revealed(source.options)).load([item.path for item in group])
        place = (F.col("_metadata.file_path").alias(FILE), F.col("_metadata.row_index").alias(ROW))
        parts.append((group[0], rows.select("*", *place)))
    return united(parts)


def _length(tail: bytes) -> int:
    """How many bytes from its end a file's footer takes."""
    return int.from_bytes(tail[-END:-4], "little") + END if tail.endswith(MAGIC) else END


def _schema(item: Item, tail: bytes) -> tuple[str, bytes]:
    """What Spark makes of a file's columns depends on this alone."""
    if tail.endswith(ENCRYPTED):
        return "encrypted", b""
    if not tail.endswith(MAGIC):
        raise SourceError.unreadable(item.dataset, item.path, "it is no Parquet file")
    try:
        footer = pq.read_metadata(pa.BufferReader(MAGIC + tail[-_length(tail) :]))
    except pa.ArrowException as error:
        raise SourceError.unreadable(item.dataset, item.path, "its footer is broken") from error
    columns = str(footer.schema).split("\n", 1)[1]  # the first line names the object and its address in memory
    return columns, (footer.metadata or {}).get(SPARK_SCHEMA, b"")
