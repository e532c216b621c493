"""Reading the items of a load, whatever their format."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.secret import revealed
from cja_spark.sources import csv, delta, json, parquet, table
from cja_spark.sources.delta_log import is_in_log
from cja_spark.sources.failures import SPARK_ERRORS, explained, unlisted, unread
from cja_spark.sources.items import FILE, ITEM, Item, Taken, list_files, place
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.names import with_storable_names
from cja_spark.sources.parquet import ROW
from cja_spark.sources.spec import Source
from cja_spark.sources.texts import with_texts
from cja_spark.sources.xdm import with_plain_keys

__all__ = ("ADDED", "explained", "items_of", "read_items")
ADDED = (FILE, ITEM, ROW, CORRUPT)  # a row's place only of formats that can be read twice at little cost
FORMATS = {"json": json.read, "csv": csv.read, "parquet": parquet.read}


def items_of(spark: SparkSession, name: str, source: Source, files_root: str, taken: Taken) -> list[Item]:
    """Everything a source has, taken or not.

    Raises:
        SourceError: there is nothing at its place, it cannot be listed, or rows that were taken have changed.
        UnavailableError: machines that Spark needs were lost.
    """
    try:
        return _listed(spark, name, source, files_root, taken)
    except (*SPARK_ERRORS, OSError) as error:
        raise unlisted(error, name, source.table or place(source, files_root)) from error


def _listed(spark: SparkSession, name: str, source: Source, files_root: str, taken: Taken) -> list[Item]:
    if delta.is_delta(spark, source):
        return delta.items(spark, name, source, files_root, taken)
    if source.table:
        return table.items(spark, name, source)
    return list_files(spark, name, source, place(source, files_root))


def read_items(spark: SparkSession, source: Source, files_root: str, items: Sequence[Item]) -> DataFrame:
    """Rows of some items.

    Columns: names that tables can have, of XDM its plain ones, and the texts of the source; adds `_file`, for Delta `_item` where it is several, `_row_in_file` of Parquet, and for JSON with unreadable
        rows `_corrupt_record`.

    Raises:
        SourceError: their columns cannot be found out.
        UnavailableError: machines that Spark needs were lost.
    """
    try:
        rows, dataset = _rows(spark, source, items), items[0].dataset
        plain = with_plain_keys(rows, dataset, ADDED) if source.xdm else rows
        return with_texts(with_storable_names(plain, dataset), source.texts, dataset)
    except SPARK_ERRORS as error:
        raise unread(error, items[0].dataset, items) from error


def _rows(spark: SparkSession, source: Source, items: Sequence[Item]) -> DataFrame:
    if any(is_in_log(item.path) for item in items):
        return delta.read(spark, source, items)
    if source.table:
        return table.read(spark, source, items)
    if source.format in FORMATS:
        return FORMATS[source.format](spark, source, items)
    reader = spark.read.format(source.format).options(
        **{"mergeSchema": "true", **revealed(source.options)}
    )  # what ORC calls it
    return reader.load([item.path for item in items]).withColumn(FILE, F.col("_metadata.file_path"))
