"""Columns of attribution on the page: their labels and formats, and models in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cja_spark.page import ColumnSpec
from cja_spark.page.content import Format
from cja_spark.reports.attribution import AttributionPanel
from cja_spark.reports.attribution_rows import share_of
from cja_spark.view.formula.written import attribution_text

_COLUMNS: Mapping[str, tuple[Format, str]] = {
    "conversion_events": ("count", "Conversions"), "last_touch_events": ("count", "As the last touch"), "amount_range": ("text", "Before"),
}  # fmt: skip


def column_of_attribution(
    column: ColumnSpec, report: AttributionPanel, shown: Callable[[str], ColumnSpec], words: Callable[[str], str]
) -> ColumnSpec:
    """A column of attribution: values as the dimension shows them, credits as the metric does, under the name of their model.

    Args:
        column: the column as any report has it.
        report: the report.
        shown: a column of a dimension or a metric.
        words: makes a name a heading.
    """
    if column.name in ("credited_item", "in_sets"):
        own = {} if column.name == "credited_item" else {"label": column.label}
        return shown(report.dimension).model_copy(update={"name": column.name, **own})
    called = {name: one.label or words(name) for name, one in report.models.items()}
    if column.name in called:
        return shown(report.metric).model_copy(update={"name": column.name, "label": called[column.name]})
    shares = {share_of(name): f"{label}, share" for name, label in called.items()}
    if column.name in shares:
        return ColumnSpec(name=column.name, label=shares[column.name], format="percent")
    kind, label = _COLUMNS.get(column.name, (column.format, column.label))
    return ColumnSpec(name=column.name, label=label, format=kind)


def models_in_words(report: AttributionPanel, words: Callable[[str], str]) -> dict[str, list[str]]:
    """The models with what each is."""
    return {"models": [f"{one.label or words(name)}: {attribution_text(how)}" for (name, one), how in zip(report.models.items(), report.hows().values(), strict=True)]}
