"""Columns of a call deflection on the page: their labels and formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cja_spark.page import ColumnSpec
from cja_spark.page.content import Format
from cja_spark.reports.deflection import Deflection
from cja_spark.view.spec import View

_OF_CALLS: Mapping[str, tuple[Format, str]] = {
    "self_service_events": ("count", "Self-service events"), "trials": ("count", "Trials"), "after_call_trials": ("count", "After a call"),
    "open_trials": ("count", "Open"), "called_trials": ("count", "Called"), "deflected_trials": ("count", "Deflected"),
    "closed_trials": ("count", "Closed"), "call_rate": ("percent", "Call rate"), "rate_lower": ("percent", "At least"),
    "rate_upper": ("percent", "At most"), "baseline_rate": ("percent", "Baseline"), "avoided_calls": ("number", "Avoided calls"),
}  # fmt: skip
_COSTS = {"cost_of_a_call": "Cost per call", "avoided_cost": "Avoided cost", "upper_bound": "Upper bound of avoided cost"}


def column_of_calls(column: ColumnSpec, report: Deflection, view: View, shown: Callable[[str], ColumnSpec]) -> ColumnSpec:
    """A column of a call deflection: topics as the dimension shows them, costs as their metric does.

    Args:
        column: the column as any report has it.
        report: the report.
        view: its view, for the currency of a cost that is a number.
        shown: a column of a dimension or a metric.
    """
    if column.name == "self_service_topic":
        return shown(report.topic).model_copy(update={"name": column.name})
    if column.name in _COSTS:
        metric = report.cost_metric()
        like = shown(metric) if metric else ColumnSpec(name=column.name, label="", format="money", unit=view.currency or "", decimals=2)
        kind: Format = like.format if like.format in ("money", "seconds") else "number"
        return like.model_copy(update={"name": column.name, "label": _COSTS[column.name], "format": kind})
    if column.name not in _OF_CALLS:
        return column
    kind, label = _OF_CALLS[column.name]
    return ColumnSpec(name=column.name, label=label, format=kind, decimals=1 if column.name == "avoided_calls" else None)


def steps_of_calls(report: Deflection, words: Callable[[str], str]) -> dict[str, Any]:
    """Its steps as the page says them among the options."""
    control = report.control()
    said = {"self_service": words(report.self_service.name()), "call": words(report.call.name())}
    return {**said, **({"baseline": f"calls after {words(control.name())} without self-service"} if control else {})}
