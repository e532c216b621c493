"""Rows as a table has them: for Spark to read, and the files that they lie in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class Stored:
    """Rows of a table, of one version and of some partitions.

    Attributes:
        rows: the rows, as Spark reads them.
        listed: lists the files, as URIs. Spark's own list of a DataFrame takes a tenth of a second, as long as a report of a hundred
            thousand events; the driver knows a lake on its own disk in some milliseconds (`docs/decisions/small-tables.md`).
    """

    rows: DataFrame
    listed: Callable[[], Sequence[str]]

    @classmethod
    def of(cls, rows: DataFrame) -> Stored:
        """Rows whose files Spark lists."""
        return cls(rows, rows.inputFiles)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files, as URIs."""
        return tuple(self.listed())

    @property
    def spark(self) -> SparkSession:
        """Their session."""
        return self.rows.sparkSession
