"""Whether the attribution of a report's metrics fits the dimensions of its rows."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.project_summaries import Place
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.measures import measures
from cja_spark.reports.spec import Report
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from cja_spark.view.standard import TIMES
from cja_spark.view.summary_sources import is_of_summary


def credit_faults(report: Report, view: View) -> Iterator[tuple[Place, str]]:
    """Metrics of a rate game in rows that are of times too.

    Source: A6: what a set of values is worth is of the whole range.
    """
    yield from _across_faults(report, view)
    times = [name for name in report.credited_dimensions() if name in TIMES]
    if not times or len(times) == len(report.credited_dimensions()):
        return
    for one in measures(report.metrics_used(), view):
        how = attribution_of(one, report, view)
        if how is not None and how.game == "rate_game":
            yield ("metrics",), f"metric '{one.metric}' is shared by game: rate_game, whose worths are of the whole range; rows of '{times[0]}' have none. Use game: sum_game, or no dimension of time."
            return


def _across_faults(report: Report, view: View) -> Iterator[tuple[Place, str]]:
    """Metrics that a dimension on the columns does not go with.

    Source: Decision: where some values make no row, what touches of a column give to rows, each once, is not known; nor is it where rows
        have no person.
    """
    if not isinstance(report, Table) or not report.across:
        return
    settled = report.settled(view)
    every_row = settled.include_no_value is True or not ({*report.dimensions} - {*(settled.include_no_value or ())})
    for one in measures(report.metrics_used(), view):
        if is_of_summary(view, one.metric):
            yield ("across",), f"metric '{one.metric}' is of summary data; a table with a dimension on the columns is of events alone."
            return
        if (report.filter or not every_row) and attribution_of(one, report, view):
            yield ("across",), f"metric '{one.metric}' has an attribution, so all rows have to be there; leave out 'filter', and write 'include_no_value: true'."
            return
