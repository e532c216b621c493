"""Columns of times to an event on the page: their labels and formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cja_spark.page import ColumnSpec
from cja_spark.page.content import Format
from cja_spark.reports.time_to_event import TimeToEvent

_OF_TIMES: Mapping[str, tuple[Format, str]] = {
    "time_taken": ("text", "Time"), "more_than_seconds": ("bound", "More than"), "at_most_seconds": ("bound", "At most"),
    "people": ("people", "Started"), "sessions": ("count", "Started"), "reached_people": ("people", "Reached it"), "reached_sessions": ("count", "Reached it"),
    "reached_share": ("percent", "Share"), "share_by_then": ("percent", "Share by then"), "censored_people": ("people", "Not reached"),
    "censored_sessions": ("count", "Not reached"), "censored_share": ("percent", "Share not reached"), "open_people": ("people", "Still open"),
    "open_sessions": ("count", "Still open"), "mean_seconds": ("seconds", "Mean"), "p50_seconds": ("seconds", "Median"),
}  # fmt: skip
_PERCENTILE = re.compile(r"p([0-9_]+)_seconds")


def column_of_times(column: ColumnSpec) -> ColumnSpec:
    """A column of times to an event.

    Args:
        column: the column as any report has it.
    """
    if column.name in _OF_TIMES:
        kind, label = _OF_TIMES[column.name]
        return ColumnSpec(name=column.name, label=label, format=kind)
    percent = _PERCENTILE.fullmatch(column.name)
    return ColumnSpec(name=column.name, label=f"{percent[1].replace('_', '.')} % within", format="seconds") if percent else column


def steps_of_times(report: TimeToEvent, words: Callable[[str], str]) -> dict[str, Any]:
    """Its steps as the page says them among the options, and the tail that it has by itself."""
    said: dict[str, Any] = {"start": words(report.start.name()), "event": words(report.event.name())}
    said |= {} if report.breakdown else {"rows": None}
    return {**said, **({} if report.buckets else {"buckets": "those that have some"}), **({} if report.tail is not None else {"tail": "to the end of the range"})}
