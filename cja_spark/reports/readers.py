"""Readers: Arrow opens the files in the task, or Spark scans them; both give equal cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from pyspark.sql import DataFrame

from cja_spark.journeys.reader import cannot_open
from cja_spark.reports.ask import Ask
from cja_spark.reports.kind import REPORTS, Names
from cja_spark.reports.one_pass import Pass, read_by_arrow, read_by_spark, summed
from cja_spark.stored import Stored

Reader = Literal["auto", "arrow", "spark"]
T = TypeVar("T")


def run_pass(journeys: Stored, columns: Sequence[str], asks: Sequence[Ask], reader: Reader = "auto") -> Pass:
    """Run all asks over journeys with one of the two readers; both give equal cells."""
    return read_with(reader, journeys, columns, asks, lambda cells: summed(cells, len(asks)))


def run_surely(run: Callable[[Sequence[Ask]], Pass], asks: Sequence[Ask], names: Names) -> tuple[tuple[Ask, ...], Pass]:
    """Run all asks, and once more those of them whose cells do not say for sure what is shown; the asks that were answered, and the pass.

    Args:
        run: runs some asks over the journeys.
        asks: the reports.
        names: the way to the texts of value ids.
    """
    passed, done = run(asks), [*asks]
    doubtful: dict[int, Ask] = {}
    for number, (ask, sums) in enumerate(zip(asks, passed.sums, strict=True)):
        if surer := REPORTS.named(ask.report.report).surer(sums, ask, names):
            doubtful[number] = done[number] = surer
    if not doubtful:
        return tuple(done), passed
    second, sums_of = run([*doubtful.values()]), [*passed.sums]
    for number, sums in zip(doubtful, second.sums, strict=True):
        sums_of[number] = sums
    return tuple(done), replace(passed, sums=tuple(sums_of), seconds=passed.seconds + second.seconds)


def read_with(
    reader: Reader, journeys: Stored, columns: Sequence[str], asks: Sequence[Ask], take: Callable[[DataFrame], T], *, first: bool = False
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
    partitions = journeys.spark.sparkContext.defaultParallelism
    return take(read_by_spark(journeys, columns, asks, partitions, first=first))
