"""One report ready to run by itself, in a window of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from pyspark.sql import DataFrame

from cja_spark.journeys.batch import Window
from cja_spark.reports.ask import Ask
from cja_spark.reports.compile import (
    deduplicated_in,
    neighbours_in,
    persistent_in,
    standard_ids,
    standard_in,
    values_of,
)
from cja_spark.reports.ranges import Ranges
from cja_spark.reports.spec import Report
from cja_spark.view.spec import View

R = TypeVar("R", bound=Report)


def single_ask(
    report: R, view: View, window: Window, ranges: Ranges, values: DataFrame, arrays: Mapping[str, tuple[str, ...]]
) -> Ask[R]:
    """Make a report ready to run in a window that is not that of a run of several.

    Args:
        report: the report.
        view: the data view.
        window: its time.
        ranges: the date ranges of its segments.
        values: the dictionary of the view's values.
        arrays: per lookup dimension the arrays its keys lie in, outermost first.

    Raises:
        ConfigurationError: an unknown name.
    """
    ids, maps = values_of([report], view, values)
    ask = Ask(
        report, view, window, {}, arrays, persistent_in(report, view), deduplicated_in(report, view), standard_in(report, view),
        maps, neighbours_in(report, view), ranges,
    )  # fmt: skip
    return replace(ask, text_ids={**ids, **standard_ids([ask])})
