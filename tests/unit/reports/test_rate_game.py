"""Conversions that a rate game shares equally are counted for the run (rule A6), over all tasks."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Sums
from cja_spark.reports.compile import window_of
from cja_spark.reports.credited import with_too_many_values
from cja_spark.reports.kinds import REPORTS
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import END, JANUARY, VIEW, journeys_of, page


def counted(persons, how):
    """How many conversions are counted where each person is a task."""
    view = View.model_validate({**VIEW, "metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": how}}})
    report = REPORTS.named("table").spec(dimensions=("page",), metrics=("events", "orders"), range=JANUARY)
    ask = Ask(report, view, window_of(report, view, END, END))
    batches = [batch for person in persons for batch in REPORTS.named("table").kernel(Seen(journeys_of([person]), ask)).batches(0)]
    return with_too_many_values(Sums(pa.Table.from_batches(batches)), ask)


@pytest.mark.parametrize(("values", "expected"), [(12, 0), (13, 3)])
def test_conversions_after_more_than_twelve_values_are_counted(values, expected):
    seen = [page(at, f"page {at}") for at in range(values)]
    persons = [[*seen, page(20, orders=1)], [*seen, page(20, orders=1), page(21, orders=-1)], seen, [page(0, orders=1)]]
    assert counted(persons, {"model": "algorithmic", "game": "rate_game"}) == expected
    assert counted(persons, {"model": "algorithmic"}) == 0
