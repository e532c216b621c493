"""Whether the attribution of a report's metrics fits the dimensions of its rows."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.project_summaries import Place
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.measures import measures
from cja_spark.reports.spec import Report
from cja_spark.view.spec import View
from cja_spark.view.standard import TIMES


def credit_faults(report: Report, view: View) -> Iterator[tuple[Place, str]]:
    """Metrics of a rate game in rows that are of times too.

    Source: A6: what a set of values is worth is of the whole range.
    """
    times = [name for name in report.credited_dimensions() if name in TIMES]
    if not times or len(times) == len(report.credited_dimensions()):
        return
    for one in measures(report.metrics_used(), view):
        how = attribution_of(one, report, view)
        if how is not None and how.game == "rate_game":
            yield ("metrics",), f"metric '{one.metric}' is shared by game: rate_game, whose worths are of the whole range; rows of '{times[0]}' have none. Use game: sum_game, or no dimension of time."
            return
