"""Columns of a report alone: a metric of some segments, credited in its own way, or a formula (rules Q, A8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from cja_spark.reports.spec import Report
from cja_spark.spec import NAME, AsTuple, EachOnce, Label, Name, Spec
from cja_spark.view.attribution import Attribution
from cja_spark.view.components import CalculatedMetric
from cja_spark.view.formats import Currency, Format
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import Measure
from cja_spark.view.formula.written import measure_text
from cja_spark.view.spec import STANDARD_METRICS, View

AS_SHOWN = ("format", "decimals", "currency", "upward_trend")  # what a column takes from its metric


class Column(Spec):
    """A column that only its report has: a metric of the events that segments keep, credited in its own way; or a formula.

    How amounts are shown is as the metric has it, where nothing else is written; of a formula as a calculated metric.

    Attributes:
        metric: the metric.
        segments: segments of the view; the events that all of them keep count.
        attribution: how the metric's amounts are credited; without it as the metric says.
        calculate: a formula, instead of a metric.
        format: how amounts are shown.
        decimals: how many decimals are shown.
        currency: the ISO 4217 code of amounts.
        upward_trend: whether more is good or bad.
    """

    metric: Name | None = None
    segments: Annotated[tuple[Name, ...], AsTuple, EachOnce] = ()
    attribution: Attribution | None = None
    calculate: str | None = None
    format: Format | None = None
    decimals: int | None = Field(default=None, ge=0, le=10)
    currency: Currency | None = None
    upward_trend: Literal["good", "bad"] | None = None
    label: Label | None = None
    description: str | None = None

    @field_validator("calculate")
    @classmethod
    def _parses(cls, text: str | None) -> str | None:
        if text is not None:
            parse(text)
        return text

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.metric is None) == (self.calculate is None):
            raise ValueError("give exactly one of 'metric', 'calculate'.")
        if self.calculate is not None and (self.segments or self.attribution):
            raise ValueError("calculate: a formula names its segments and attributions itself: 'attributed(orders, linear)[web]'.")
        return self

    def formula(self) -> str:
        """What is calculated."""
        return self.calculate or measure_text(Measure(str(self.metric), self.segments, self.attribution))

    def calculated(self, view: View) -> CalculatedMetric:
        """The calculated metric that it is in a view."""
        own = {name: value for name in (*AS_SHOWN, "label", "description") if (value := getattr(self, name)) is not None}
        shown = _shown_as(self.metric, view) if self.metric else {}
        if own.get("format", shown.get("format")) != "currency":
            shown.pop("currency", None)
        return CalculatedMetric(calculate=self.formula(), **{**shown, **own})


def _shown_as(metric: str, view: View) -> dict[str, Any]:
    """How a metric is shown."""
    if metric in STANDARD_METRICS:
        return {"format": "time" if metric == "time_spent_seconds" else "decimal", "decimals": 0}
    found = view.metrics.get(metric)
    return {name: getattr(found, name) for name in AS_SHOWN if hasattr(found, name)}


class WithColumns(Report):
    """A report of metrics that may have columns of its own.

    Attributes:
        columns: columns of the report alone by name; those that `metrics` does not name come after it, and without
            `metrics` they are all.
    """

    columns: dict[Name, Column] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _columns_are_metrics(cls, written: Any) -> Any:  # noqa: ANN401
        columns = written.get("columns") if isinstance(written, Mapping) else None
        if not isinstance(columns, Mapping) or not columns:
            return written
        metrics = written.get("metrics", ())
        if not isinstance(metrics, list | tuple):
            return written
        names = [name for name in columns if name not in metrics and re.match(NAME, str(name))]  # what is no name is a fault of its own
        return {**written, "metrics": [*metrics, *names]} if names else written

    def own_columns(self) -> Mapping[str, Column]:
        """Those that only this report has."""
        return self.columns


def with_columns(view: View, reports: Iterable[Report]) -> View:
    """The view with the columns that some reports have of their own."""
    own = {name: one.calculated(view) for report in reports if isinstance(report, WithColumns) for name, one in report.columns.items()}
    return view.model_copy(update={"metrics": {**view.metrics, **own}}) if own else view
