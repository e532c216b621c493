"""Sessions by a gap of 30 minutes agree with the boundary flags that came with real events (rule S1)."""

import numpy as np
import pyarrow.parquet as pq

from cja_spark.kernels.sessions import session_numbers

GAP_MS = 30 * 60 * 1000


def test_boundaries_agree_on_all_but_one_of_23055_rows(shared):
    rows = (
        pq.read_table(shared / "data" / "dsw-luma" / "luma_post.snappy.parquet").flatten().flatten().flatten().flatten()
    )
    device = np.array(rows["endUserIDs._experience.aaid.id"].to_pylist())
    t = rows["timestamp"].cast("timestamp[ms]", safe=False).cast("int64").to_numpy()
    depth = np.array(rows["_experience.analytics.session.depth"].to_pylist())
    order = np.lexsort((depth, t, device))
    number = np.array(rows["_experience.analytics.session.num"].to_pylist())[order]
    device, t = device[order], t[order]
    heads = np.flatnonzero(np.append(True, device[1:] != device[:-1]))
    ours = session_numbers(t, np.append(heads, len(t)), GAP_MS, np.zeros(len(t), bool))
    opens = np.append(True, ours[1:] != ours[:-1])
    theirs = np.append(True, (number[1:] != number[:-1]) | (device[1:] != device[:-1]))
    assert len(t) == 23_055
    assert int((opens == theirs).sum()) == 23_054


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
