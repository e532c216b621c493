"""Rules of texts on metrics: what a view lacks for them."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.view.spec import Metric, View
from cja_spark.view.text_rules import has_text_rules, teller


def rule_faults(view: View) -> Iterator[tuple[tuple[str, str], str]]:
    """Metrics whose rules are of texts that no dimension of the view has: where, sentence."""
    for name, metric in view.metrics.items():
        if isinstance(metric, Metric) and has_text_rules(metric) and teller(name, view) is None:
            source = f"field '{metric.field}'" if metric.field is not None else f"derived field '{metric.derived}'"
            yield ("metrics", name), (
                f"include: metric '{name}' has rules of texts, and the view no dimension of the {source} that knows them; add one."
            )
