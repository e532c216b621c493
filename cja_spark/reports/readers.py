"""Readers: Arrow opens the files in the task, or Spark scans them; both give equal cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from pyspark.sql import DataFrame

from cja_spark.journeys.reader import cannot_open
from cja_spark.reports.ask import Ask
from cja_spark.reports.one_pass import Pass, read_by_arrow, read_by_spark, summed

Reader = Literal["auto", "arrow", "spark"]
T = TypeVar("T")


def run_pass(journeys: DataFrame, columns: Sequence[str], asks: Sequence[Ask], reader: Reader = "auto") -> Pass:
    """Run all asks over journeys with one of the two readers; both give equal cells."""
    return read_with(reader, journeys, columns, asks, lambda cells: summed(cells, len(asks)))


def read_with(
    reader: Reader, journeys: DataFrame, columns: Sequence[str], asks: Sequence[Ask], take: Callable[[DataFrame], T], *, first: bool = False
) -> T:
    """What is made of the cells of asks.

    `auto` lets Arrow read, and Spark where executors cannot open the files: credentials or a file system that only the
    JVM has.

    Args:
        reader: who reads.
        journeys: the journeys.
        columns: what is read of them.
        asks: the reports.
        take: makes something of the cells; it may be asked twice.
        first: whether it is the pass before (L2).
    """
    if reader in ("auto", "arrow"):
        try:
            return take(read_by_arrow(journeys, columns, asks, first=first))
        except Exception as error:
            if reader == "arrow" or not cannot_open(error):
                raise
    partitions = journeys.sparkSession.sparkContext.defaultParallelism
    return take(read_by_spark(journeys, columns, asks, partitions, first=first))
