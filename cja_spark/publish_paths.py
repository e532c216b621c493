"""Columns of paths on the page: their labels and formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cja_spark.page import ColumnSpec
from cja_spark.page.content import Format
from cja_spark.reports.paths import Paths

_OF_PATHS: Mapping[str, tuple[Format, str]] = {
    "trials": ("count", "Trials"), "converted_trials": ("count", "Converted trials"), "converted_people": ("people", "Converted people"),
    "converted_rate": ("percent", "Conversion rate"), "rate_lower": ("percent", "At least"), "rate_upper": ("percent", "At most"),
    "rate_lift": ("number", "Lift"),
}  # fmt: skip


def column_of_paths(column: ColumnSpec, report: Paths, shown: Callable[[str], ColumnSpec]) -> ColumnSpec:
    """A column of paths: values as the dimension shows them, the amount as its metric does.

    Args:
        column: the column as any report has it.
        report: the report.
        shown: a column of a dimension or a metric.
    """
    if column.name in _OF_PATHS:
        kind, label = _OF_PATHS[column.name]
        return ColumnSpec(name=column.name, label=label, format=kind, decimals=2 if column.name == "rate_lift" else None)
    if column.name == "path_taken":
        return shown(report.dimension).model_copy(update={"name": column.name, "label": "Path"})
    return shown(report.conversion).model_copy(update={"name": column.name}) if column.name == "metric_sum" else column
