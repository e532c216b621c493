"""Columns of a fallout on the page."""

from __future__ import annotations

from collections.abc import Callable

from cja_spark.page import ColumnSpec
from cja_spark.reports.fallout import Fallout


def column_of_fallout(column: ColumnSpec, report: Fallout, shown_as: Callable[[str], ColumnSpec]) -> ColumnSpec:
    """A column that counts, or of the values between steps and after them.

    Also where sessions or attempts are counted few of them are of few people. Values of two dimensions are in one column: where one of them
    holds an identifier all are masked.

    Args:
        column: the column as any report has it.
        report: the fallout.
        shown_as: what a dimension is shown as.
    """
    counted = report.counted()
    if column.name == "step_item":
        told = [shown_as(name) for name in dict.fromkeys(what.dimension for what in (report.between, report.after) if what)]
        held = any(one.format == "identifier" for one in told)
        return column.model_copy(update={"label": told[0].label if len(told) == 1 else "Value", "format": "identifier" if held else "text"})
    if counted not in column.name.split("_"):
        return column
    labels = {counted: counted.capitalize(), f"fallout_{counted}": "Went no further", f"open_{counted}": "May still go on"}
    return column.model_copy(update={"format": "people", "label": labels.get(column.name, column.label)})
