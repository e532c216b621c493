"""Reading the items of a load, whatever their format."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.errors import InputError, SourceError
from cja_spark.secret import revealed
from cja_spark.sources import csv, delta, json, parquet, table
from cja_spark.sources.delta_log import is_in_log
from cja_spark.sources.items import FILE, ITEM, Item, Taken, list_files, place
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.parquet import ROW
from cja_spark.sources.reasons import why
from cja_spark.sources.spec import Source

ADDED = (FILE, ITEM, ROW, CORRUPT)  # a row's place only of formats that can be read twice at little cost
FORMATS = {"json": json.read, "csv": csv.read, "parquet": parquet.read}


def items_of(spark: SparkSession, name: str, source: Source, files_root: str, taken: Taken) -> list[Item]:
    """Everything a source has, taken or not.

    Raises:
        SourceError: there is nothing at its place, or rows that were taken have changed.
    """
    if delta.is_delta(spark, source):
        return delta.items(spark, name, source, files_root, taken)
    if source.table:
        return table.items(spark, name, source)
    return list_files(spark, name, source, place(source, files_root))


def read_items(spark: SparkSession, source: Source, files_root: str, items: Sequence[Item]) -> DataFrame:
    """Rows of some items.

    Columns: adds `_file`, for Delta `_item` where it is several, `_row_in_file` of Parquet, and for JSON with unreadable
        rows `_corrupt_record`.
    """
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


def explained(error: Exception, dataset: str, items: Sequence[Item]) -> InputError:
    """Turn Spark's failure to read into the dataset, the file and the reason."""
    text = str(error)
    named = next((item.path for item in items if item.path.split("/")[-1] in text), None) or _path_in(text)
    return SourceError.unreadable(dataset, named or (items[0].path if items else ""), why(text))


def _path_in(text: str) -> str | None:
    """The first file of which Spark speaks, such as one of a Delta table."""
    found = re.search(r"\b(?!https?:)[a-z][\w+.-]*:/+[^\s'\",;\]]+", text)
    return found[0].rstrip(".:") if found else None
