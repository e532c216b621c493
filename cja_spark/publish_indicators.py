"""Columns of indicators on the page: their labels and formats, and segments as the view calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cja_spark.page import ColumnSpec
from cja_spark.page.content import Format
from cja_spark.reports.indicators import Indicators
from cja_spark.view.spec import View

_UNITS = {"session": "Sessions", "person": "Persons"}
_COLUMNS: Mapping[str, tuple[Format, str]] = {
    "indicator_count": ("count", "Behaviours"), "outcome_units": ("count", "With outcome"), "outcome_rate": ("percent", "Outcome rate"),
    "unexposed_outcomes": ("count", "Others with outcome"), "unexposed_rate": ("percent", "Rate of others"),
    "crude_ratio": ("number", "Crude ratio"), "adjusted_ratio": ("number", "Adjusted ratio"),
    "ratio_lower": ("number", "At least"), "ratio_upper": ("number", "At most"),
}  # fmt: skip


def column_of_indicators(column: ColumnSpec, report: Indicators, shown: Callable[[str], ColumnSpec]) -> ColumnSpec:
    """A column of indicators: values as the dimension shows them.

    Args:
        column: the column as any report has it.
        report: the report.
        shown: a column of a dimension.
    """
    units = _UNITS[report.container]
    if column.name == "indicator":
        return shown(report.dimension).model_copy(update={"name": column.name}) if report.dimension else column.model_copy(update={"label": "Segment"})
    if column.name in ("counted_units", "unexposed_units"):
        label = units if column.name == "counted_units" else f"Other {units.lower()}"
        return ColumnSpec(name=column.name, label=label, format="count")
    if column.name not in _COLUMNS:
        return column
    kind, label = _COLUMNS[column.name]
    return ColumnSpec(name=column.name, label=label, format=kind, decimals=2 if kind == "number" else None)


def row_of_indicators(row: dict[str, Any], report: Indicators, view: View, words: Callable[[str], str]) -> dict[str, Any]:
    """A row as it is, but for a segment of the view: it has the segment's label or its name in words."""
    name = row["indicator"]
    if not report.by_segments or name not in view.segments:
        return row
    return {**row, "indicator": view.segments[name].label or words(name)}
