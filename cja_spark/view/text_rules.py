"""Rules of texts on a metric: which of a field's texts it counts, told by a dimension of the same field (M1)."""

from __future__ import annotations

from cja_spark.view.components import Metric
from cja_spark.view.include import Include
from cja_spark.view.spec import View


def has_text_rules(metric: object) -> bool:
    """Whether a metric counts the events, or items, whose text meets rules."""
    return isinstance(metric, Metric) and isinstance(metric.include, Include)


def teller(name: str, view: View) -> str | None:
    """The first dimension of the field, or the derived field, of a metric: its stored values are the metric's texts."""
    metric = view.metrics[name]
    assert isinstance(metric, Metric)
    for other, dimension in view.dimensions.items():
        same = dimension.derived == metric.derived if metric.field is None else dimension.field == metric.field
        if same and not view.neighbour_of(dimension):
            return other
    return None
