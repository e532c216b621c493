"""Value settings that need something of the whole view: rules of texts on metrics, parts of texts as values."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.view.components import Metric
from cja_spark.view.spec import View
from cja_spark.view.text_rules import has_text_rules, teller


def rule_faults(view: View) -> Iterator[tuple[tuple[str, str], str]]:
    """Metrics whose rules are of texts that no dimension of the view has, and texts of no event that become several: where, sentence."""
    for name, dimension in view.dimensions.items():
        if dimension.gives_list and (dimension.lookup or dimension.profile or view.arrays_of(dimension) or view.neighbour_of(dimension)):
            yield ("dimensions", name), "substring: delimiter: array makes several values of one that an event has, so it is of a field of the event."
    for name, metric in view.metrics.items():
        if isinstance(metric, Metric) and has_text_rules(metric) and teller(name, view) is None:
            source = f"field '{metric.field}'" if metric.field is not None else f"derived field '{metric.derived}'"
            yield ("metrics", name), (
                f"include: metric '{name}' has rules of texts, and the view no dimension of the {source} that knows them; add one."
            )
