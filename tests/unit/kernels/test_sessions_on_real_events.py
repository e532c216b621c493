"""Sessions by a gap of 30 minutes agree with the boundary flags that came with real events (rule S1)."""

from collections import Counter
from datetime import date

import numpy as np
import pyarrow.parquet as pq
import pytest

from cja_spark import plan
from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.journeys.hashing import value_id
from cja_spark.journeys.reader import ReadCounts, read_bucket
from cja_spark.kernels.sessions import session_numbers
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.reports.one_pass import bucket_files
from cja_spark.reports.sessions import Sessions

GAP_MS = 30 * 60 * 1000
FILE = "luma_post.snappy.parquet"
DEVICE, VISIT = "endUserIDs._experience.aaid.id", "_experience.analytics.session.num"
WEB = {
    "type": "event", "source": {"format": "parquet", "path": FILE}, "event_id": "_id", "timestamp": "timestamp",
    "person_id": {"column": DEVICE, "namespace": "AAID"},
}  # fmt: skip
VIEW = {"name": "hits", "buckets": 2, "session": {"timeout": "30 minutes"}, "dimensions": {"visit": VISIT, "hit": "_id"}}


@pytest.fixture(scope="module")
def hits(shared):
    """The file's rows as columns of plain values."""
    rows = pq.read_table(shared / "data" / "dsw-luma" / FILE)
    for _ in range(4):
        rows = rows.flatten()
    return {name: rows[name].to_pylist() for name in ("_id", DEVICE, VISIT)}


@pytest.fixture(scope="module")
def built(spark, shared, tmp_path_factory):
    """The file as a dataset of events: connected, and made journeys."""
    folder = tmp_path_factory.mktemp("hits")
    report = {"name": "visits", "report": "sessions", "dimension": "visit", "rows": 1_000}
    report["range"] = {"from": date(2018, 11, 1), "to": date(2018, 12, 31)}
    project = Project.model_validate(
        {
            "folder": str(folder), "connection": Connection.model_validate({"name": "hits", "datasets": {"web": WEB}}),
            "view": VIEW, "lake": {"location": str(folder / "lake")}, "audiences": {}, "sinks": {},
            "reports": {"visits": Sessions.model_validate(report)},
        }
    )  # fmt: skip
    lake = Lake(spark, str(folder / "lake"))
    connect(spark, lake, project.connection, files_root=str(shared / "data" / "dsw-luma"))
    plan.journey(lake, project)
    return lake, project


def test_boundaries_agree_on_all_but_one_of_23055_events(built, hits):
    lake, _ = built
    seen, agree = [], 0
    for files in bucket_files(lake.journeys("hits").read().inputFiles()):
        for journeys in read_bucket(files, ["d_visit", "d_hit"], ReadCounts()):
            person, ours, theirs = journeys.person_of_event(), journeys.sessions(GAP_MS), journeys.ids("visit")
            begins = np.append(True, person[1:] != person[:-1])
            opens = begins | np.append(True, ours[1:] != ours[:-1])
            flagged = begins | np.append(True, theirs[1:] != theirs[:-1])
            agree += int((opens == flagged).sum())
            seen += journeys.ids("hit").tolist()
    assert sorted(seen) == sorted(value_id(hit) for hit in hits["_id"])
    assert (agree, len(seen)) == (23_054, 23_055)


def test_the_sessions_report_counts_the_visits_that_came_with_the_events_but_one(built, hits):
    lake, project = built
    [answer] = plan.report(lake, project).answers
    total, *rows = answer.rows.to_pylist()
    theirs = Counter(str(visit) for _, visit in set(zip(hits[DEVICE], hits[VISIT], strict=True)))
    ours = Counter({row["entry_visit"]: round(row["sessions"]) for row in rows})
    assert (total["sessions"], total["people"], total["events"]) == (2_148, 930, 23_055)
    assert theirs.total() == 2_149
    assert (theirs - ours).total() == 1
    assert (ours - theirs).total() == 0


def test_a_gap_equal_to_the_timeout_keeps_the_session():
    t = np.array([0, GAP_MS, 2 * GAP_MS + 1, 2 * GAP_MS + 1])
    assert session_numbers(t, np.array([0, 4]), GAP_MS, np.zeros(4, bool)).tolist() == [0, 0, 1, 1]


def test_a_start_metric_opens_a_session_at_equal_time():
    opens = np.array([False, True, True, False])
    assert session_numbers(np.zeros(4, np.int64), np.array([0, 4]), GAP_MS, opens).tolist() == [0, 1, 2, 2]


def test_persons_without_events_have_no_session():
    t = np.array([5, 6])
    assert session_numbers(t, np.array([0, 0, 1, 1, 2, 2]), GAP_MS, np.zeros(2, bool)).tolist() == [0, 1]
    assert session_numbers(np.zeros(0, np.int64), np.array([0, 0]), GAP_MS, np.zeros(0, bool)).tolist() == []
