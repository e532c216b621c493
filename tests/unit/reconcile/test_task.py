"""A task of the pass: rows of one event each become cells, whatever the batches, without Spark."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Window
from cja_spark.journeys.hashing import value_id
from cja_spark.kernels.reconcile import CAUSES, DROPPED, DUPLICATE, LOADED, Clock
from cja_spark.reconciliation.cells import CELLS, OURS
from cja_spark.reconciliation.measure import Setting, Task
from cja_spark.reconciliation.spec import Reconciliation
from cja_spark.reports.ask import Ask
from cja_spark.view.spec import View

VIEW = View.model_validate(
    {
        "name": "v", "time_zone": "UTC", "dimensions": {"channel": "channel", "campaign": "campaign", "flag": "flag"},
        "metrics": {"sends": "sends", "late": "late", "delays": "delays", "messages": {"calculate": "sends - late"}, "shown": "items[].shown"},
        "segments": {"tests": {"where": {"dimension": "flag", "equals": "yes"}}, "real": {"where": {"dimension": "flag", "does_not_equal": "yes"}}},
    }
)  # fmt: skip
SPEC = Reconciliation.model_validate(
    {
        "source": {"format": "csv", "path": "r.csv"}, "test_profiles": "tests", "source_counts": {"test_profiles": True, "repeats": True},
        "metrics": {"sent": {"ours": "messages", "retries": "delays"}, "displays": "shown"}, "segments": ["real"],
    }
)  # fmt: skip
HOUR, DAY = 3_600_000, 86_400_000
CLOCK = Clock(10, 10, "UTC", "Europe/Berlin", 100 * DAY, 100 * DAY, 7 * DAY)
# hour of day 10, load, dataset, state, reason, channel, campaign, flag, sends, late, delays, shown
ROWS = [
    (5, 1, "a", LOADED, "", "email", "Summer", None, 1, None, None, None),
    (5, 2, "b", LOADED, "", "email", None, None, 1, None, None, None),
    (5, 1, "a", DUPLICATE, "duplicate_event_id", "email", "Summer", None, 1, None, None, None),
    (5, 1, "a", DROPPED, "empty_person_id", "email", "Summer", None, 1, None, None, None),
    (5, 1, "a", LOADED, "", "email", "Summer", "yes", 1, None, None, None),
    (5, 1, "a", LOADED, "", "email", "Summer", None, None, 1, None, None),
    (6, 1, "a", LOADED, "", "push", None, None, None, None, 1, None),
    (23, 1, "a", LOADED, "", "push", None, None, 1, None, None, None),
    (5, 9, "b", LOADED, "", "web", None, None, None, None, None, [1.0, None, 2.0]),
]
DATASETS, REASONS = ("a", "b"), ("duplicate_event_id", "empty_person_id")


def batch(rows):
    text = [[0 if value is None else value_id(value) for value in column] for column in [*zip(*rows, strict=True)][5:8]]
    number = [[None if value is None else float(value) for value in column] for column in [*zip(*rows, strict=True)][8:11]]
    columns = {
        "person": pa.array(range(len(rows)), pa.int64()), "t": [[10 * DAY + row[0] * HOUR] for row in rows],
        **{f"d_{name}": pa.array([[one] for one in ids], pa.list_(pa.int64())) for name, ids in zip(("channel", "campaign", "flag"), text, strict=True)},
        **{f"m_{name}": pa.array([[one] for one in some], pa.list_(pa.float64())) for name, some in zip(("sends", "late", "delays"), number, strict=True)},
        "m_shown": pa.array([[row[11] or []] for row in rows], pa.list_(pa.list_(pa.float64()))),
        "_state": pa.array([row[3] for row in rows], pa.int64()), "_reason": [row[4] for row in rows],
        "_dataset": [row[2] for row in rows], "_load": pa.array([row[1] for row in rows], pa.int64()),
    }  # fmt: skip
    return pa.RecordBatch.from_pydict(columns)


def task():
    setting = Setting(VIEW, SPEC, {}, {}, DATASETS)
    end = 20 * DAY
    text_ids = {VIEW.segments["tests"].where: np.array([value_id("yes")])}
    ask = Ask(setting.carrier(), setting.plain, Window(0, 0, end, end, end, 0), text_ids)
    columns = ("d_channel", "d_campaign", "d_flag", "m_sends", "m_late", "m_delays", "m_shown")
    arrived = {(1, "a"): 11 * DAY, (2, "b"): 101 * DAY, (9, "b"): 100 * DAY}
    return Task(ask, setting, columns, {}, CLOCK, REASONS, arrived)


def cells(*batches):
    texts = {value_id(text): text for text in ("email", "push", "web", "Summer")} | {0: ""}
    found = pa.Table.from_batches(task().cells(batches), schema=CELLS).to_pylist()
    return {
        (cell["metric"], texts[cell["channel"]], texts[cell["campaign"]], "ours" if cell["cause"] == OURS else CAUSES[cell["cause"]], cell["detail"]): (
            cell["amount"], cell["rows"], cell["lag_ms"],
        )
        for cell in found
    }  # fmt: skip


def test_each_row_adds_to_ours_and_to_the_first_cause_that_it_has():
    day = DAY - 5 * HOUR
    assert cells(batch(ROWS)) == {
        (0, "email", "Summer", "ours", 0): (0, 2, day),  # one sent, one that came back later
        (0, "push", "", "ours", 0): (1, 1, HOUR),
        (0, "email", "", "not_yet_arrived", 1): (1, 1, 91 * DAY - 5 * HOUR),
        (0, "email", "Summer", "deduplicated", 0): (1, 1, day),
        (0, "email", "Summer", "dropped", 1): (1, 1, day),
        (0, "email", "Summer", "test_profiles", 0): (1, 1, day),
        (0, "push", "", "retries", 0): (1, 1, DAY - 6 * HOUR),
        (0, "push", "", "time_zone", 0): (-1, 1, HOUR),  # already the next day in Berlin
        (1, "web", "", "ours", 0): (3, 1, 90 * DAY - 5 * HOUR),
    }


def test_batches_are_summed_and_empty_ones_are_nothing():
    whole = cells(batch(ROWS))
    assert cells(*(batch(ROWS[at : at + 2]) for at in range(0, len(ROWS), 2))) == whole
    assert cells(batch(ROWS).slice(0, 0), batch(ROWS)) == whole
    assert cells() == {}
