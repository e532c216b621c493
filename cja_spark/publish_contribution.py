"""Columns of a contribution on the page: amounts as the metric shows them, sides by their segments, dimensions by their labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cja_spark.page import ColumnSpec
from cja_spark.page.content import Format
from cja_spark.reports.ask import Ask
from cja_spark.reports.compared import before_of
from cja_spark.reports.contribution import Contribution
from cja_spark.reports.row_segments import row_text
from cja_spark.reports.trend import Trend
from cja_spark.view.calendar import local_day
from cja_spark.view.spec import View

_COLUMNS: Mapping[str, tuple[Format, str]] = {
    "contributor_dimension": ("text", "Dimension"), "contributor": ("text", "Value"), "share_of_change": ("percent", "Share of the change"),
    "people_before": ("people", "People before"), "people_after": ("people", "People after"), "rows_add_up": ("text", "Rows add up"),
}  # fmt: skip
_AMOUNTS = {"amount_before": "Before", "amount_after": "After", "amount_change": "Change", "beyond_growth": "Beyond growth"}


def column_of_contribution(column: ColumnSpec, report: Contribution, shown: Callable[[str], ColumnSpec], words: Callable[[str], str]) -> ColumnSpec:
    """A column of a contribution: amounts as the metric shows them; values are masked where one of the dimensions holds an identifier.

    Args:
        column: the column as any report has it.
        report: the report.
        shown: a column of a metric or a dimension.
        words: makes a name a heading.
    """
    if column.name in _AMOUNTS:
        metric = shown(report.metric)
        pair = dict(zip(("amount_before", "amount_after"), map(words, report.pair() or ()), strict=False))
        counts = column.name in ("amount_change", "beyond_growth") and metric.format in ("count", "people")  # of which there may be less than none
        own = {"name": column.name, "label": pair.get(column.name, _AMOUNTS[column.name])}
        return metric.model_copy(update=own | ({"format": "number"} if counts else {}))
    if column.name not in _COLUMNS:
        return column
    kind, label = _COLUMNS[column.name]
    if column.name == "contributor" and any(shown(name).format == "identifier" for name in report.dimensions):
        kind = "identifier"
    return ColumnSpec(name=column.name, label=label, format=kind)


def row_of_contribution(row: dict[str, Any], view: View, shown: Callable[[str], ColumnSpec], words: Callable[[str], str]) -> dict[str, Any]:
    """A row with its dimension and its segment as the view calls them.

    Args:
        row: the row.
        view: the view.
        shown: a column of a dimension.
        words: makes a name a heading.
    """
    name, text = row["contributor_dimension"], row["contributor"]
    if name is not None:
        return {**row, "contributor_dimension": shown(name).label}
    return {**row, "contributor": view.segments[text].label or words(text)} if text in view.segments else row


def compared_in_words(report: Contribution | Trend, ask: Ask, words: Callable[[str], str]) -> dict[str, Any]:
    """What is compared, and the segments that are looked through, as options of the page.

    Args:
        report: the report.
        ask: it and its ranges.
        words: makes a name a heading.
    """
    if isinstance(report, Trend) and report.compare is None:
        return {}
    zone = ask.view.time_zone
    if isinstance(report, Contribution) and (pair := report.pair()):
        said = " and ".join(map(words, pair))
    else:
        before = before_of(ask)
        said = f"{local_day(before.start, zone)} to {local_day(before.end - 1, zone)}" if before.end > before.start else "an empty range"
    through = report.by_segments if isinstance(report, Contribution) else ()
    return {"compare": said, **({"by_segments": ", ".join(map(row_text, through))} if through else {})}
