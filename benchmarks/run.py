"""`make bench`: the same questions to cja_spark and to DuckDB, answers compared, ratios printed."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

import duckdb
import psutil
from pyspark.sql import SparkSession

from benchmarks import peers
from benchmarks.clock import timed
from benchmarks.connecting import connecting
from benchmarks.events import DAYS, START_MS, STEPS, VIEW, make
from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.reports.ask import REPORTS
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.names import names_from
from cja_spark.reports.one_pass import Pass, run_asks
from cja_spark.reports.readers import run_pass
from cja_spark.reports.sessions import Sessions
from cja_spark.reports.spec import Report
from cja_spark.reports.table import Table
from cja_spark.reports.trend import Trend
from cja_spark.session import open_session

RANGE = {"from": "2026-01-01", "to": "2026-03-31"}
REPORT_OF: dict[str, Report] = {
    "fallout, 4 steps": Fallout.model_validate(
        {"name": "fallout", "range": RANGE,
         "steps": [{"dimension": "event", "equals": step} for step in STEPS]}
    ),
    "table, 1,000 pages": Table.model_validate(
        {"name": "pages", "range": RANGE, "dimensions": ["page"], "metrics": ["events", "people", "sessions"], "rows": 1000}
    ),
    "sessions": Sessions.model_validate({"name": "sessions", "range": RANGE}),
    "trend by day": Trend.model_validate({"name": "trend", "range": RANGE, "metrics": ["events", "people", "revenue"]}),
    "table, channels": Table.model_validate(
        {"name": "channels", "range": RANGE, "dimensions": ["channel"], "metrics": ["people", "orders", "revenue"]}
    ),
}  # fmt: skip
TARGETS = {"fallout, 4 steps": 0.4, "table, 1,000 pages": 0.5, "sessions": 0.5}


def ask(lake: Lake, reports: list[Report]) -> list[list[dict[str, Any]]]:
    """Rows of some reports in one pass."""
    until = START_MS + DAYS * 86_400_000 - 1
    values = lake.values(VIEW.name).read()
    asks = asks_of(reports, VIEW, values, data_until=until, as_of=until, arrays={})
    passed: Pass = run_pass(lake.journeys(VIEW.name).read(), columns_of(reports, VIEW), asks, "arrow")
    names = names_from(values, stored=True)
    return [
        REPORTS.named(one.report.report).finish(sums, one, names).to_pylist()
        for one, sums in zip(asks, passed.sums, strict=True)
    ]


def compare(lake: Lake, database: duckdb.DuckDBPyConnection, source: str) -> None:
    """Both sides must give equal answers before anything is timed."""
    fallout, pages, sessions = (ask(lake, [REPORT_OF[name]])[0] for name in TARGETS)
    assert [row["people"] for row in fallout] == list(database.execute(peers.fallout(source)).fetchone() or ())
    theirs = {row[0]: row[1:] for row in database.execute(peers.pages(source)).fetchall()}
    ours = {row["page"]: (row["events"], row["people"], row["sessions"]) for row in pages if row["row_kind"] == "item"}
    assert ours == theirs, "pages differ"
    assert sessions[0]["sessions"] == (database.execute(peers.sessions(source)).fetchone() or (None,))[0]


def race(lake: Lake, database: duckdb.DuckDBPyConnection, source: str, rounds: int) -> list[str]:
    """Both sides in turns; the median of each."""
    queries = {"fallout, 4 steps": peers.fallout, "table, 1,000 pages": peers.pages, "sessions": peers.sessions}
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
    from cja_spark.reports.cells import SCHEMA

    def nothing(batches: Any) -> Any:
        prepare_worker()
        for _ in batches:
            yield from run_asks([], [])

    tasks = 64

    def work() -> int:
        return spark.range(0, tasks, 1, tasks).mapInArrow(nothing, SCHEMA).count()

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
    asked.add_argument("--rounds", type=int, default=5)
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
    lines = [*head, *race(lake, database, source, options.rounds), "", *together(lake, options.rounds), "", *built, "",
             *connecting(spark, folder, options.events), "", *task_cost(spark)]  # fmt: skip
    text = "\n".join(lines) + "\n"
    Path(__file__).with_name("README.md").write_text(text, encoding="utf-8")
    os.write(1, text.encode())
    spark.stop()


if __name__ == "__main__":
    main()
