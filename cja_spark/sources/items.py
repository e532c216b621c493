"""Items: the files of a source, or the versions of a Delta table, each taken once."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.errors import SourceError
from cja_spark.sources.spec import Source


class Item(NamedTuple):
    """One thing a load takes: a file with its size and time, or a Delta table's version."""

    dataset: str
    path: str
    size: int
    modified_ms: int


def place(source: Source, files_root: str) -> str:
    """Absolute place of a path source: absolute paths and URIs stay, others begin at the files root."""
    path = source.path or ""
    return path if path.startswith("/") or ":/" in path else f"{files_root.rstrip('/')}/{path}"


def list_files(spark: SparkSession, dataset: str, path: str) -> list[Item]:
    """All files below a path, on any file system that Spark knows; names that begin with `_` or `.` are not data.

    Raises:
        SourceError: there is no such path, no file in it, or a file without a byte.
    """
    try:
        files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(path)
        rows = files.select("path", "length", F.unix_millis("modificationTime").alias("modified_ms")).collect()
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            raise SourceError.nothing_at(dataset, path) from error
        raise
    if empty := _empty_files(files, [row["path"] for row in rows]):
        raise SourceError.unreadable(dataset, empty[0], "it is empty; remove it or write it again")
    if not rows:
        raise SourceError.nothing_at(dataset, path)
    return sorted((Item(dataset, *row) for row in rows), key=lambda item: item.path)


def _empty_files(files: DataFrame, read: list[str]) -> list[str]:
    """Files that Spark lists and, because they have no byte, never opens."""
    return sorted({_plain(unquote(file)) for file in files.inputFiles()} - {_plain(file) for file in read})


def _plain(path: str) -> str:
    return path.replace("file:///", "file:/")


def new_items(listed: list[Item], taken: dict[str, Item]) -> list[Item]:
    """Items not yet taken.

    Raises:
        SourceError: a file was written again after it was taken.
    """
    fresh = []
    for item in listed:
        before = taken.get(item.path)
        if before is None:
            fresh.append(item)
        elif (before.size, before.modified_ms) != (item.size, item.modified_ms):
            raise SourceError.changed(item.dataset, item.path)
    return fresh
