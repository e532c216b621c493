"""Where components of a view find their values in rows of summary datasets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cja_spark.view.spec import View
from cja_spark.view.summary import SummaryMetric


def split(path: str) -> tuple[str, str]:
    """The dataset and the column of a path.

    >>> split("costs.paid.amount")
    ('costs', 'paid.amount')
    """
    dataset, _, column = path.partition(".")
    return dataset, column


def columns_of_dimension(view: View, dimension: str) -> Mapping[str, str]:
    """Per summary dataset the column that has values of a dimension: its own, or that of one in its summary data group."""
    found = view.dimensions.get(dimension)
    if found is None:
        return {}
    grouped = found.summary_data_group.dimensions if found.summary_data_group else ()
    some = [found, *(view.dimensions[name] for name in grouped if name in view.dimensions)]
    return dict(split(one.summary) for one in some if one.summary)


def source_of_metric(view: View, metric: str) -> tuple[str, str] | None:
    """The summary dataset and the column that a metric sums; None for one of events."""
    found = view.metrics.get(metric)
    return split(found.summary) if isinstance(found, SummaryMetric) else None


def datasets_of(view: View, metrics: Iterable[str]) -> tuple[str, ...]:
    """The summary datasets that some metrics sum, each once, sorted."""
    found = (source_of_metric(view, name) for name in metrics)
    return tuple(sorted({source[0] for source in found if source}))


def is_of_summary(view: View, metric: str) -> bool:
    """Whether a metric is of a summary dataset."""
    return isinstance(view.metrics.get(metric), SummaryMetric)


def summary_dimensions(view: View) -> tuple[str, ...]:
    """The dimensions that only rows of summary datasets have."""
    return tuple(name for name, one in view.dimensions.items() if one.summary)
