"""A flow of a dimension of very many values: what is pooled is told and right, and memory does not grow with the values.

CJA_VALUES says how many; `make test-release` takes ten million.
"""

import os
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from cja_spark import plan
from cja_spark.lake import Lake
from cja_spark.reports.flow import Flow
from tests.unit.reports.world import SCHEMA, START, project_of

VALUES = int(os.environ.get("CJA_VALUES", "300000"))
UNIQUE = 5  # of the eight pages of a visit: home, five that nobody else sees, the search or one more of these, the cart
MOST_MB = 1200  # of one Python task, which holds a slice of a bucket whatever the values are
ASKED = {"dimension": "page", "starts_with": "entry", "columns": 8, "items": 3}


def events(spark, persons):
    """Everybody's visit: every second one searches before the cart."""
    rows = spark.range(persons).crossJoin(spark.range(8).withColumnRenamed("id", "at"))
    own = F.concat(F.lit("page "), (F.col("id") * 8 + F.col("at")).cast("string"))
    page = F.when(F.col("at") == 0, "home").when(F.col("at") == 7, "cart").when((F.col("at") == 6) & (F.col("id") % 2 == 0), "search").otherwise(own)
    return rows.select(
        F.concat(F.lit("p"), F.col("id").cast("string")).alias("person_id"), F.lit("crm").alias("person_namespace"), F.lit(None).cast("string").alias("persistent_id"),
        F.concat_ws("-", "id", "at").alias("event_id"), (F.lit(START) + F.make_interval(mins=F.col("at").cast("int"))).alias("ts"), F.lit(START.date()).alias("event_date"),
        F.lit("web").alias("dataset"), F.lit(0).alias("dataset_position"), F.lit(None).cast("bigint").alias("sequence"),
        F.xxhash64("id", "at").alias("row_hash"), page.alias("page"), F.lit(1).cast("bigint").alias("load"),
    )  # fmt: skip


class Peak:
    """The most memory that a Python task of this process' Spark has at any time, in MB."""

    def __init__(self):
        self.mb, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _watch(self):
        while not self._stop.is_set():
            self.mb = max([self.mb, *map(resident_mb, workers())])
            time.sleep(0.1)


def workers():
    """The Python tasks below this process."""
    below, parents = {os.getpid()}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended meanwhile
            continue
    for _ in range(5):
        below |= {child for child, parent in parents.items() if parent in below}
    return [one for one in below - {os.getpid()} if b"pyspark.daemon" in command(one)]


def command(process):
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def resident_mb(process):
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except OSError:
        return 0


@pytest.fixture(scope="module")
def told(spark, tmp_path_factory):
    lake = Lake(spark, str(tmp_path_factory.mktemp("many") / "lake"))
    persons = -(-VALUES * 2 // (2 * UNIQUE + 1))
    lake.events.append(spark.createDataFrame([], SCHEMA))
    lake.events.append(events(spark, persons))
    report = Flow.model_validate({"name": "onward", "range": {"from": date(2026, 1, 1), "to": date(2026, 1, 31)}, **ASKED})
    project = project_of(tmp_path_factory.mktemp("project"), [report], buckets=8)
    plan.journey(lake, project)
    with Peak() as peak:
        [answer] = plan.report(lake, project, keep_rows=False).answers
    return persons, lake, answer, peak.mb


def test_l2_so_many_values_there_are(told):
    _, lake, _, _ = told
    assert lake.values("small").read().where("dimension = 'page'").count() >= VALUES


def test_l2_what_is_pooled_is_told_and_right(told):
    persons, _, answer, _ = told
    rows = answer.rows.to_pylist()
    assert rows[0]["path_views"] == persons
    nodes = {(row["flow_column"], row["item_kind"], row["flow_item"]): row["path_views"] for row in rows if row["row_kind"] == "node"}
    assert nodes[1, "item", "home"] == nodes[8, "item", "cart"] == persons
    assert nodes[7, "item", "search"] == -(-persons // 2)
    for column in range(2, 7):
        assert nodes[column, "other", None] == persons - ASKED["items"]  # each of those that are shown is of one person
    assert nodes[7, "other", None] == persons // 2 - (ASKED["items"] - 1)
    shares = [row["percent_of_total"] for row in rows if row["row_kind"] == "node" and row["item_kind"] == "other" and row["flow_column"] == 4]
    assert shares == [pytest.approx(1 - ASKED["items"] / persons)]


def test_l2_memory_of_a_task_is_bounded(told):
    *_, mb = told
    assert 0 < mb < MOST_MB, f"{VALUES:,} values: {mb:,} MB in the largest Python task"
