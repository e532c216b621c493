"""Staging: what a run froze before it decides, and folders that may be lost; both beside the tables."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import DataFrame

from cja_spark.lake import Lake


def work_folder(lake: Lake, name: str) -> str:
    """A folder of the lake that holds no table: under its path, or under the place of its catalogue schema."""
    root = lake.location
    if root.startswith("catalogue:"):
        root = str(lake.spark.catalog.getDatabase(root.removeprefix("catalogue:")).locationUri)
    return f"{root.rstrip('/')}/{name}"


@dataclass(frozen=True)
class Staging:
    """The staged copies of one invocation of one run; another invocation never reads them."""

    lake: Lake
    folder: str

    @classmethod
    def of(cls, lake: Lake, audience_id: str, run_seq: int, run_id: str) -> Staging:
        """The staging of an invocation."""
        return cls(lake, work_folder(lake, f"_staging/{audience_id}/{run_seq}/{run_id}"))

    def freeze(self, name: str, rows: DataFrame) -> DataFrame:
        """Write rows once and return the written copy.

        Rows:    The same.
        """
        place = f"{self.folder}/{name}"
        rows.write.mode("errorifexists").parquet(place)
        return self.lake.spark.read.schema(rows.schema).parquet(place)

    def drop(self) -> None:
        """Remove the copies of this run, those of invocations that died included."""
        remove_folder(self.lake, self.folder.rsplit("/", 1)[0])


def remove_folder(lake: Lake, folder: str) -> None:
    """Remove a folder that holds no table, wherever the lake lies; a folder that is not there is no matter."""
    jvm = lake.spark.sparkContext._jvm
    assert jvm is not None
    place = jvm.org.apache.hadoop.fs.Path(folder)
    place.getFileSystem(lake.spark._jsc.hadoopConfiguration()).delete(place, True)
