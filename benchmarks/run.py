"""`make bench`: the same questions to cja_spark and to DuckDB, answers compared, ratios printed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import psutil
from pyspark.sql import SparkSession

from benchmarks import peers
from benchmarks.clickhouse import funnel
from benchmarks.clock import timed
from benchmarks.compare import compare
from benchmarks.connecting import connecting
from benchmarks.costs import costs
from benchmarks.duels import duels
from benchmarks.events import VIEW, make
from benchmarks.questions import FALLOUT, PAGES, REPORT_OF, SESSIONS, ask
from benchmarks.small_tables import small_tables
from benchmarks.twelve import twelve
from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.reports.one_pass import run_asks
from cja_spark.session import open_session

COSTS = (
    "What each kind of work costs, in CPU ns per event: Arrow's reading and Spark's own work are in it, and a part of a second "
    "per run that no event pays for. `+` is what it adds to the same report without it. The yardstick is fixed work in numpy "
    "(`benchmarks/yardstick.py`), taken in turns with the report: 1.2 is a machine that took 1.2 times as long, at that moment, as the "
    "one for which the targets were set. The ratio to the target is that of a machine with a yardstick of 1."
)
DUELS = (
    "Questions about journeys, one report each, against DuckDB's SQL for the same (`benchmarks/sql`). The target is that of questions about "
    "the order of events."
)
TARGETS = {FALLOUT: 0.4, PAGES: 0.5, SESSIONS: 0.5}


def race(lake: Lake, database: duckdb.DuckDBPyConnection, source: str, rounds: int) -> list[str]:
    """Both sides in turns; the median of each."""
    queries = {FALLOUT: peers.fallout, PAGES: peers.pages, SESSIONS: peers.sessions}
    lines = [
        "| question | cja_spark wall s | CPU s | DuckDB wall s | CPU s | ratio | target |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, query in queries.items():
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(timed(lambda name=name: ask(lake, [REPORT_OF[name]]))[1:])
            theirs.append(timed(lambda query=query: database.execute(query(source)).fetchall())[1:])
        (a, a_cpu), (b, b_cpu) = sorted(ours)[rounds // 2], sorted(theirs)[rounds // 2]
        lines.append(f"| {name} | {a:.2f} | {a_cpu:.1f} | {b:.2f} | {b_cpu:.1f} | {a / b:.2f} | {TARGETS[name]} |")
    return lines


def together(lake: Lake, rounds: int) -> list[str]:
    """Five reports in one pass against the sum of single runs."""
    reports = list(REPORT_OF.values())
    single = sum(
        sorted(timed(lambda one=one: ask(lake, [one]))[1] for _ in range(rounds))[rounds // 2] for one in reports
    )
    one_pass = sorted(timed(lambda: ask(lake, reports))[1] for _ in range(rounds))[rounds // 2]
    return [
        f"Five reports: {single:.2f} s one by one, {one_pass:.2f} s in one pass: ratio {one_pass / single:.2f} (target 0.5)."
    ]


def building(lake: Lake, events: int) -> list[str]:
    """CPU of a build, and the largest Python worker."""
    peak = 0

    def watch() -> None:
        nonlocal peak
        while not done:
            for process in psutil.Process().children(recursive=True):
                try:
                    if "python" in process.name():
                        peak = max(peak, process.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.2)

    import threading

    done = False
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, wall, cpu = timed(lambda: build(lake, VIEW, {}, full=True))
    done = True
    watcher.join()
    scaled = cpu * 10_000_000 / events
    return [
        f"Journeys from Delta events, 6 components, 3 periods: {wall:.1f} s wall, {cpu:.1f} CPU s "
        f"({scaled:.0f} CPU s for 10 million; target 60), largest Python worker {peak / 2**30:.2f} GB (target 2)."
    ]


def task_cost(spark: SparkSession) -> list[str]:
    """What a Python task costs beyond its work: many empty tasks."""
    from cja_spark.journeys.worker import prepare_worker
    from cja_spark.reports.cells import schema_of

    def nothing(batches: Any) -> Any:
        prepare_worker()
        for _ in batches:
            yield from run_asks([], [])

    tasks = 64

    def work() -> int:
        return spark.range(0, tasks, 1, tasks).mapInArrow(nothing, schema_of()).count()

    work()
    wall = min(timed(work)[1] for _ in range(3))
    cores = spark.sparkContext.defaultParallelism
    return [
        f"A Python task costs {wall * cores / tasks:.3f} s beyond its work (target 0.12; {tasks} tasks on {cores} cores)."
    ]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=10_000_000)
    asked.add_argument("--folder", default="build/bench")
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    folder = Path(options.folder, str(options.events)).resolve()
    spark = open_session("local", {"spark.master": "local[2]", "spark.driver.memory": "6g"})
    lake = Lake(spark, str(folder / "lake"))
    parquet = str(folder / "events")
    make(lake, parquet, options.events)
    build(lake, VIEW, {}, full=True)  # warm, also where an earlier run left its journeys
    built = building(lake, options.events)
    database = duckdb.connect()
    database.execute("SET threads = 2")
    source = f"'{parquet}/*.parquet'"
    compare(lake, database, source)
    head = [
        "# Benchmarks",
        "",
        f"Printed by `make bench`: {options.events:,} generated events, 2 cores, one resident session, warm, "
        f"answers compared first, median of {options.rounds} rounds in turns. DuckDB {duckdb.__version__}, "
        f"Spark {spark.version}. An absolute time means little on another machine; the ratio does.",
        "",
    ]
    raced = [*race(lake, database, source, options.rounds), "", *together(lake, options.rounds), *twelve(lake, options.rounds)]
    fought = [*duels(lake, database, source, options.rounds), *funnel(lake, parquet, options.rounds)]
    measured, above = costs(lake, options.events, options.rounds)
    lines = [*head, *raced, "", DUELS, "", *fought, "", COSTS, "", *measured, "", *built, "",
             *connecting(spark, folder, options.events), "", *task_cost(spark), "", *small_tables(spark)]  # fmt: skip
    text = "\n".join(lines) + "\n"
    Path(__file__).with_name("README.md").write_text(text, encoding="utf-8")
    os.write(1, text.encode())
    spark.stop()
    sys.exit(f"Above its target: {', '.join(above)}." if above else 0)


if __name__ == "__main__":
    main()
