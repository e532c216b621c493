"""Folders of a lake that hold no table and may be lost: what a run froze, and checkpoints; beside the tables."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame

from cja_spark.hadoop import hadoop_path
from cja_spark.lake import Lake


def work_folder(lake: Lake, name: str) -> str:
    """A folder of the lake that holds no table: under its path, or under the place of its catalogue schema."""
    root = lake.location
    if root.startswith("catalogue:"):
        root = str(lake.spark.catalog.getDatabase(root.removeprefix("catalogue:")).locationUri)
    return f"{root.rstrip('/')}/{name}"


def freeze(lake: Lake, folder: str, rows: DataFrame, *, again: bool = False) -> DataFrame:
    """Write rows as Parquet and return the written copy.

    Rows:    The same.
    Columns: changes nothing.

    Args:
        lake: the lake.
        folder: where they are written.
        rows: what is computed once.
        again: replace what lies there; otherwise that is an error.
    """
    rows.write.mode("overwrite" if again else "errorifexists").parquet(folder)
    return lake.spark.read.schema(rows.schema).parquet(folder)


def folder_exists(lake: Lake, folder: str) -> bool:
    """Whether a folder is there, wherever the lake lies."""
    place, system = _hadoop(lake, folder)
    return bool(system.exists(place))


def remove_folder(lake: Lake, folder: str) -> None:
    """Remove a folder that holds no table, wherever the lake lies; a folder that is not there is no matter."""
    place, system = _hadoop(lake, folder)
    system.delete(place, True)


def _hadoop(lake: Lake, folder: str) -> tuple[Any, Any]:
    """A folder as Hadoop's path, and the file system that it lies on."""
    place = hadoop_path(lake.spark, folder)
    return place, place.getFileSystem(lake.spark._jsc.hadoopConfiguration())
