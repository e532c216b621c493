"""ClickHouse's `windowFunnel` beside a fallout of the preset `clickhouse`; embedded (chdb), in a process of its own beside the JVM."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.clock import timed
from benchmarks.compare import require_equal
from benchmarks.events import STEPS
from benchmarks.questions import RANGE, ask
from cja_spark.lake import Lake
from cja_spark.reports.fallout import Fallout

TARGET = 1 / 4
FUNNEL = Fallout.model_validate(
    {"name": "funnel", "range": RANGE, "preset": "clickhouse", "steps": [{"dimension": "event", "equals": step} for step in STEPS], "window": "7 days"}
)
PROGRAM = """
import json, sys, time, chdb
asked = json.load(sys.stdin)
seconds = []
for _ in range(asked["rounds"]):
    begun = time.perf_counter()
    rows = json.loads(str(chdb.query(asked["sql"], "JSONCompact")))["data"]
    seconds.append(time.perf_counter() - begun)
json.dump({"rows": rows, "seconds": seconds}, sys.stdout)
"""


def funnel_in_sql(parquet: str) -> str:
    """Persons per level."""
    steps = ", ".join(f"event = '{step}'" for step in STEPS)
    levels = ", ".join(f"toUInt32(countIf(level >= {step + 1}))" for step in range(len(STEPS)))
    funnel = f"SELECT person_id, windowFunnel({7 * 86_400_000})(toUInt64(t), {steps}) AS level FROM file('{parquet}/*.parquet', Parquet) GROUP BY person_id"
    return f"SELECT {levels} FROM ({funnel}) SETTINGS max_threads = 2"


def funnel(lake: Lake, parquet: str | Path, rounds: int) -> list[str]:
    """Compare the answers, then time both.

    Raises:  AssertionError where they differ.
    """
    asked = json.dumps({"sql": funnel_in_sql(str(parquet)), "rounds": rounds + 1})  # the first one reads what is not in memory
    said = subprocess.run([sys.executable, "-c", PROGRAM], input=asked, capture_output=True, text=True, check=True)
    found = json.loads(said.stdout)
    [rows] = ask(lake, [FUNNEL])
    require_equal("windowFunnel", [tuple(row["people"] for row in rows)], [tuple(found["rows"][0])])
    ours = sorted(timed(lambda: ask(lake, [FUNNEL]))[1] for _ in range(rounds))[rounds // 2]
    theirs = sorted(found["seconds"][1:])[rounds // 2]
    return [f"ClickHouse's windowFunnel (chdb), 4 steps in 7 days: {ours:.2f} s, ClickHouse {theirs:.2f} s: ratio {ours / theirs:.2f} (target {TARGET})."]
