"""Columns of a canvas on the page: their labels and formats; journeys and nodes as their dimensions show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cja_spark.page import ColumnSpec
from cja_spark.page.content import Format
from cja_spark.publish_times import column_of_times
from cja_spark.reports.canvas import Canvas

_OF_CANVAS: Mapping[str, tuple[Format, str]] = {
    "journey_runs": ("count", "Runs"), "people": ("people", "People"), "node_visits": ("count", "Visits"), "share_of_all": ("percent", "Share"),
    "run_starts": ("count", "Runs that start here"), "entered_events": ("count", "Entered"), "exit_events": ("count", "Exits"), "error_events": ("count", "Errors"),
    "ended_runs": ("count", "Runs that end here"), "waiting_runs": ("count", "Runs that wait here"), "mean_seconds": ("seconds", "Mean time"), "p50_seconds": ("seconds", "Median time"),
}  # fmt: skip


def column_of_canvas(column: ColumnSpec, report: Canvas, shown_as: Callable[[str], ColumnSpec]) -> ColumnSpec:
    """A column of a canvas.

    Args:
        column: the column as any report has it.
        report: the report.
        shown_as: how a dimension is shown.
    """
    of_texts = {"journey_name": (report.journey, None), "node_name": (report.node, None), "next_node": (report.node, "Next node")}
    if column.name in of_texts:
        dimension, label = of_texts[column.name]
        own = shown_as(dimension)
        return own.model_copy(update={"name": column.name, "label": label or own.label})
    if column.name in _OF_CANVAS:
        kind, label = _OF_CANVAS[column.name]
        return ColumnSpec(name=column.name, label=label, format=kind)
    return column_of_times(column)
