"""Whether a metric's attribution fits the rows of a report."""

from __future__ import annotations

import pytest

from cja_spark.project_credit import credit_faults
from cja_spark.reports.table import Table
from cja_spark.reports.trend import Trend
from cja_spark.view.spec import View

VIEW = View.model_validate(
    {
        "name": "v", "dimensions": {"page": "page"},
        "metrics": {
            "fair": {"field": "orders", "attribution": {"model": "algorithmic", "game": "rate_game"}},
            "even": {"field": "orders", "attribution": {"model": "algorithmic"}},
            "share": {"calculate": "fair / total(fair)"},
        },
    }
)  # fmt: skip


@pytest.mark.parametrize("metric", ["fair", "share"])
def test_a_rate_game_has_no_rows_of_times_beside_values(metric):
    [(place, message)] = credit_faults(Table(dimensions=("page", "day"), metrics=("even", metric)), VIEW)
    assert place == ("metrics",)
    assert message == (
        "metric 'fair' is shared by game: rate_game, whose worths are of the whole range; rows of 'day' have none. "
        "Use game: sum_game, or no dimension of time."
    )


@pytest.mark.parametrize(
    "report",
    [
        Table(dimensions=("page",), metrics=("fair",)), Table(dimensions=("day",), metrics=("fair",)), Table(metrics=("fair",)),
        Table(dimensions=("page", "day"), metrics=("even",)), Trend(metrics=("fair",)),
    ],
)  # fmt: skip
def test_elsewhere_it_may_be(report):
    assert list(credit_faults(report, VIEW)) == []
