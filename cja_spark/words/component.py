"""What a component of a view does, in plain words and in the order in which its rules apply (rule O10)."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.errors import ConfigurationError
from cja_spark.spec import Spec
from cja_spark.view.components import CalculatedMetric
from cja_spark.view.spec import STANDARD_METRICS, View
from cja_spark.view.standard import STANDARD_DIMENSIONS
from cja_spark.view.summary import SummaryMetric
from cja_spark.words.dimension import dimension_in_words
from cja_spark.words.metric import calculated_metric_in_words, metric_in_words, summary_metric_in_words
from cja_spark.words.segment import segment_in_words
from cja_spark.words.source import Steps, derived_in_words
from cja_spark.words.standard import standard_in_words


def explain_component(view: View, name: str) -> str:
    """Say what a dimension, metric, segment or derived field of a view does.

    Args:
        view: the view.
        name: the component.

    Raises:
        ConfigurationError: the view has no component of the name.
    """
    if told := list(_all_named(view, name)):
        return "\n\n".join(told)
    if name in STANDARD_METRICS or name in STANDARD_DIMENSIONS:
        return standard_in_words(view, name)
    known = (*view.dimensions, *view.metrics, *view.segments, *view.derived, *STANDARD_METRICS, *STANDARD_DIMENSIONS)
    raise ConfigurationError.unknown("component", name, known)


def _all_named(view: View, name: str) -> Iterator[str]:
    """What has a name: a derived field may be called like the dimension or the metric that it is of."""
    if name in view.dimensions:
        yield _told(f"Dimension '{name}'", view.dimensions[name], dimension_in_words(view, view.dimensions[name]))
    if name in view.metrics:
        yield _of_metric(view, name)
    if name in view.segments:
        yield _told(f"Segment '{name}'", view.segments[name], segment_in_words(view, view.segments[name]))
    if name in view.derived:
        yield _told(f"Derived field '{name}'", view.derived[name], derived_in_words(view, name))


def _of_metric(view: View, name: str) -> str:
    metric = view.metrics[name]
    if isinstance(metric, CalculatedMetric):
        return _told(f"Calculated metric '{name}'", metric, calculated_metric_in_words(view, name, metric))
    if isinstance(metric, SummaryMetric):
        return _told(f"Metric '{name}' of summary data", metric, summary_metric_in_words(view, metric))
    return _told(f"Metric '{name}'", metric, metric_in_words(view, metric))


def _told(title: str, spec: Spec, steps: Steps) -> str:
    label, description = (getattr(spec, key, None) for key in ("label", "description"))
    head = title + (f", shown as '{label}'" if label else "") + (f": {description}" if description else "")
    lines = [f"{at}. {when}: {what}" for at, (when, what) in enumerate(steps, 1)]
    return "\n".join([head, *lines])
