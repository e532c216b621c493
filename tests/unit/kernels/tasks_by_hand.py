"""Reports over the persons of several tasks, written by hand: asked as a run asks them, once more where that is needed (rule L2)."""

import pyarrow as pa
import pyarrow.compute as pc

from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.one_pass import Pass, run_asks
from cja_spark.reports.readers import run_surely
from tests.unit.kernels.by_hand import ask_of, journeys_of


def answered(tasks, **asked):
    """The rows of a report over some tasks, how often it was asked, and what the last pass gave."""
    kind, runs = REPORTS.named(asked["report"]), []
    ask, texts = ask_of([person for task in tasks for person in task], **asked)
    batches = [journeys_of(task) for task in tasks]

    def run(asks):
        runs.append(asks)
        nothing = Cells()
        nothing.add(0, [])
        cells = pa.Table.from_batches([*nothing.batches(0), *run_asks(asks, batches)])
        return Pass(tuple(Sums(cells.filter(pc.equal(cells["report"], at))) for at in range(len(asks))), 0, 0, 0, 1.0)

    [surely], found = run_surely(run, [ask], lambda name, ids: texts)
    return kind.finish(found.sums[0], surely, lambda name, ids: texts), len(runs), found
