"""Sessions of a notebook: `sess_timeout` and the SQL that one would write for the same four fields, on the same rows.

`python -m benchmarks.window_functions` compares the answers, then times both in turns and prints the ratio.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window

from benchmarks.clock import timed
from benchmarks.events import rows
from cja_spark.functions import sess_timeout
from cja_spark.session import open_session

SECONDS = 1800
FIELDS = ("timestamp_diff", "num", "is_new", "depth")
BY_HAND = f"""
    WITH gaps AS (
      SELECT person_id, event_id, ts, unix_micros(ts) - unix_micros(lag(ts) OVER (PARTITION BY person_id ORDER BY ts, event_id)) AS gap FROM hits
    ), numbered AS (
      SELECT *, gap IS NULL OR gap > {SECONDS * 1_000_000} AS is_new,
        sum(CASE WHEN gap IS NULL OR gap > {SECONDS * 1_000_000} THEN 1L ELSE 0L END) OVER (PARTITION BY person_id ORDER BY ts, event_id) AS num
      FROM gaps
    )
    SELECT person_id, event_id, coalesce(gap div 1000000, 0L) AS timestamp_diff, num, is_new,
      CAST(row_number() OVER (PARTITION BY person_id, num ORDER BY ts, event_id) AS BIGINT) AS depth
    FROM numbered
"""


def by_function(hits: DataFrame) -> DataFrame:
    """Sessions by the function."""
    by_person = Window.partitionBy("person_id").orderBy("ts", "event_id")
    sessions = hits.select("person_id", "event_id", sess_timeout("ts", SECONDS).over(by_person).alias("session"))
    return sessions.select("person_id", "event_id", *(f"session.{field}" for field in FIELDS))


def made(spark: SparkSession, folder: Path, events: int) -> DataFrame:
    """Generated events, written once."""
    place = folder / f"hits-{events}"
    if not (place / "_SUCCESS").exists():
        rows(spark, events).select("person_id", "event_id", "ts").write.mode("overwrite").parquet(str(place))
    return spark.read.parquet(str(place))


def run(sessions: DataFrame) -> None:
    """Compute all rows and keep none."""
    sessions.write.format("noop").mode("overwrite").save()


def compared(spark: SparkSession, hits: DataFrame, rounds: int) -> str:
    """Require the same rows of both, then time them in turns.

    Raises:  AssertionError
    """
    hits.createOrReplaceTempView("hits")
    ours, theirs = by_function(hits), spark.sql(BY_HAND)
    events = hits.count()
    assert ours.columns == theirs.columns
    assert ours.count() == theirs.count() == events > 0
    assert ours.exceptAll(theirs).isEmpty(), "the sessions differ"
    mine, others = [], []
    for _ in range(rounds + 1):
        mine.append(timed(lambda: run(by_function(hits)))[1:])
        others.append(timed(lambda: run(spark.sql(BY_HAND)))[1:])
    (wall, cpu), (their_wall, their_cpu) = (sorted(some[1:])[rounds // 2] for some in (mine, others))  # the first is warmth
    return (
        f"Sessions of {events:,} events, all four fields, the same rows: sess_timeout {wall:.2f} s wall, {cpu:.1f} CPU s; lag, sum and "
        f"row_number by hand {their_wall:.2f} s wall, {their_cpu:.1f} CPU s: ratio {wall / their_wall:.2f} (CPU {cpu / their_cpu:.2f})."
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=2_000_000)
    asked.add_argument("--folder", default="build/bench")
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    spark = open_session("local", {"spark.master": "local[2]", "spark.driver.memory": "4g"})
    hits = made(spark, Path(options.folder).resolve(), options.events)
    os.write(1, f"{compared(spark, hits, options.rounds)}\n".encode())
    spark.stop()


if __name__ == "__main__":
    main()
