"""Readers: Arrow opens the files in the task, or Spark scans them; both give equal cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pyspark.sql import DataFrame

from cja_spark.journeys.reader import cannot_open
from cja_spark.reports.ask import Ask
from cja_spark.reports.one_pass import Pass, read_by_arrow, read_by_spark, summed

Reader = Literal["auto", "arrow", "spark"]


def run_pass(journeys: DataFrame, columns: Sequence[str], asks: Sequence[Ask], reader: Reader = "auto") -> Pass:
    """Run all asks over journeys with one of the two readers; both give equal cells.

    `auto` lets Arrow read, and Spark where executors cannot open the files: credentials or a file system that only the
    JVM has.
    """
    if reader in ("auto", "arrow"):
        try:
            return summed(read_by_arrow(journeys, columns, asks), len(asks))
        except Exception as error:
            if reader == "arrow" or not cannot_open(error):
                raise
    partitions = journeys.sparkSession.sparkContext.defaultParallelism
    return summed(read_by_spark(journeys, columns, asks, partitions), len(asks))
