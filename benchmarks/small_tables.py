"""Rows of a small table on the driver: delta-rs against a Spark query, answers compared."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from pyspark.sql import SparkSession

from benchmarks.clock import timed
from cja_spark.driver_reads import at_least
from cja_spark.table import Table, TableSpec
from cja_spark.table_schema import schema

RUNS = TableSpec("runs", schema("run bigint not null, state string, recorded_at timestamp"))
COMMITS, READS = 16, 10


def newest_runs(table: Table) -> list[int]:
    """The runs but the first three."""
    return sorted(row["run"] for row in table.rows(where=at_least(run=3)))


def small_tables(spark: SparkSession) -> list[str]:
    """What it costs to read a table of a few commits again after each: claims, runs, loads, builds are such."""
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder, "runs"))
        ours = Table(spark, RUNS, address, by_path=True, folder=Path(address)).create()
        by_spark = Table(spark, RUNS, address, by_path=True)
        for run in range(COMMITS):
            ours.append(ours.frame([(run, "done", None)]).coalesce(1))
        figures = []
        for table in (ours, by_spark):
            assert newest_runs(table) == list(range(3, COMMITS))
            walls, cpus = zip(*(timed(partial(newest_runs, table))[1:] for _ in range(READS)), strict=True)
            figures.append((sorted(walls)[READS // 2], sum(cpus) / READS))
    (wall, cpu), (spark_wall, spark_cpu) = figures
    return [
        f"Rows of a table of {COMMITS} commits on the driver: {wall * 1e3:.0f} ms wall, {cpu * 1e3:.0f} ms CPU; by a Spark query "
        f"{spark_wall * 1e3:.0f} ms, {spark_cpu * 1e3:.0f} ms CPU: ratio {wall / spark_wall:.2f}."
    ]


def main() -> None:
    from cja_spark.session import open_session

    spark = open_session("local", {"spark.master": "local[2]"})
    print(*small_tables(spark), sep="\n")
    spark.stop()


if __name__ == "__main__":
    main()
