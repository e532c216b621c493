"""Summary data of a run of reports: which rows are read, once for all of them, and what the dictionary gains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame

from cja_spark.connection.spec import SummaryDataset
from cja_spark.errors import InputError
from cja_spark.journeys.built import Built
from cja_spark.journeys.summaries import newest_summary, read_summaries
from cja_spark.journeys.summary_rows import NO_SUMMARIES, Summaries
from cja_spark.lake import Lake
from cja_spark.reports.ask import Ask
from cja_spark.reports.compile import window_of
from cja_spark.reports.spec import Report
from cja_spark.reports.summaries import datasets_read
from cja_spark.view.spec import View


def summaries_for(
    lake: Lake, view: View, datasets: Mapping[str, SummaryDataset], reports: Sequence[Report], *, data_until: int, as_of: int
) -> Summaries:
    """The summary rows that some reports take.

    Args:
        lake: the lake.
        view: the view.
        datasets: the connection's summary datasets.
        reports: the reports.
        data_until: the instant up to which the connection is complete, ms.
        as_of: the instant that `last 90 days` counts back from, ms.
    """
    some = [report for report in reports if datasets_read(report.metrics_used(), view)]
    if not some:
        return NO_SUMMARIES
    used = sorted({name for report in some for name in datasets_read(report.metrics_used(), view)})
    windows = [window_of(report, view, data_until, as_of) for report in some]
    granularity = {name: one.granularity for name, one in datasets.items()}
    return read_summaries(
        lake, view, used, granularity, min(one.start for one in windows), max(one.end for one in windows)
    )


def values_with(values: DataFrame, summaries: Summaries) -> DataFrame:
    """The dictionary with the values of summary rows.

    Rows:    One per (dimension, value), or two where both have it.
    Columns: reads dimension string, id bigint, value string; returns dimension string, id bigint, value string.
    """
    own = values.select("dimension", "id", "value")
    return own.unionByName(values.sparkSession.createDataFrame(summaries.texts())) if summaries.datasets else own


def sources_of(sources: str, ask: Ask, summaries: Summaries) -> str:
    """What a report's rows were made of: the journeys, and the tables of the summary rows that it takes."""
    own = (summaries.sources.get(name, "") for name in datasets_read(ask.report.metrics_used(), ask.view))
    return "\n".join((sources, *own))


def built_of_summaries(lake: Lake, datasets: Mapping[str, SummaryDataset]) -> Built:
    """What there is where a connection has summary data alone: no journeys, and the instant of the newest row.

    Raises:
        InputError: nothing came yet.
    """
    newest = newest_summary(lake, datasets)
    if newest is None:
        raise InputError(f"{lake.location} has no summary data yet: run 'cja connect' first.")
    return Built("", newest, -1)
