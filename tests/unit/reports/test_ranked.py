"""Rows are ranked by amounts, and what rounding leaves between them is no difference (rule T4)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from cja_spark.journeys.hashing import value_id
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Sums
from cja_spark.reports.compile import window_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.ranked import near
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import END, JANUARY, VIEW, journeys_of, page

NULL = float("nan")


@pytest.mark.parametrize(
    ("amounts", "ranks"),
    [
        ([3, 1, 2, 1], [0, -2, -1, -2]), ([], []), ([NULL, 0, -1, NULL], [-2, 0, -1, -2]),
        ([0.1 + 0.2, 0.3, 0.6 - 0.3], [0, 0, 0]), ([1e16, 1.0, 1 + 1e-15, 1 + 1e-9], [0, -1, -1, -1]),
        ([5, 5 + 1e-14, 5 + 1e-9], [-1, -1, 0]), ([1e15, 1e15 + 1], [-1, 0]), ([1.0, 1e-17, 0.0, -1e-17], [0, -1, -1, -1]),
        ([np.inf, 1, -np.inf, NULL], [0, -1, -2, -2]),
    ],
)  # fmt: skip
def test_amounts_that_differ_by_rounding_alone_are_the_same(amounts, ranks):
    assert near(np.array(amounts, float)).tolist() == ranks


@pytest.mark.parametrize("model", ["linear", "time_decay", "u_shaped", "algorithmic"])
def test_law_1_rows_with_the_same_credit_keep_their_order_however_tasks_are_summed(model):
    chance = np.random.default_rng(5)
    credit = {"model": model} | ({"half_life": "1 minute"} if model == "time_decay" else {})
    view = View.model_validate({**VIEW, "metrics": {"orders": {"field": "orders", "attribution": credit}}, "session": {}})
    report = REPORTS.named("table").spec(dimensions=("page",), metrics=("orders",), range=JANUARY, rows=4)
    ask = Ask(report, view, window_of(report, view, END, END))
    names = {value_id(text): text for text in "abcdefg"}
    persons = []
    for amount in chance.random(40):  # every value has each place once: all have the same credit
        persons += [[*(page(60_000 * at, "abcdefg"[(at + first) % 7]) for at in range(7)), page(500_000, orders=amount)] for first in range(7)]
    answers, exact = set(), set()
    for _ in range(20):
        parts = np.array_split(chance.permutation(len(persons)), chance.integers(1, 9))
        batches = [batch for part in parts for batch in REPORTS.named("table").kernel(Seen(journeys_of([persons[at] for at in part]), ask)).batches(0)]
        rows = REPORTS.named("table").finish(Sums(pa.Table.from_batches(batches)), ask, lambda name, ids: names)
        answers.add(tuple(rows["page"].to_pylist()))
        exact.add(tuple(rows["orders"].to_pylist()[1:-1]))
    assert answers == {(None, "a", "b", "c", "d", None)}
    assert len(exact) > 1, "sums of tasks differ in their last digits, else this test says nothing"
