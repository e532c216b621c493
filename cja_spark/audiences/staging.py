"""Staging: what a run of an audience froze before it decides."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import DataFrame

from cja_spark.lake import Lake
from cja_spark.scratch import folder_exists, freeze, remove_folder, work_folder


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
        return freeze(self.lake, f"{self.folder}/{name}", rows)

    def thaw(self, name: str) -> DataFrame | None:
        """A copy that was written before, None when it is not there any more.

        Rows:    The same.
        """
        return self.lake.spark.read.parquet(f"{self.folder}/{name}") if self.holds(name) else None

    def holds(self, name: str) -> bool:
        """Whether a copy that was written before is still there."""
        return folder_exists(self.lake, f"{self.folder}/{name}")

    def drop(self) -> None:
        """Remove the copies of this run, those of invocations that died included."""
        remove_folder(self.lake, self.folder.rsplit("/", 1)[0])

    def drop_own(self) -> None:
        """Remove the copies of this invocation alone."""
        remove_folder(self.lake, self.folder)
