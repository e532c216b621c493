"""Circles: segments and calculated metrics that refer to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cja_spark.view.components import CalculatedMetric
from cja_spark.view.condition import SegmentReference, leaves
from cja_spark.view.formula.uses import names_in
from cja_spark.view.spec import View


def circles(view: View) -> Iterator[tuple[tuple[str, str], str]]:
    """Segments and calculated metrics that refer to themselves: where, and the sentence."""
    segments = {
        name: {leaf.segment for leaf in leaves(segment) if isinstance(leaf, SegmentReference)}
        for name, segment in view.segments.items()
    }
    metrics = {
        name: set(names_in(metric.calculate))
        for name, metric in view.metrics.items()
        if isinstance(metric, CalculatedMetric)
    }
    for section, kind, graph in (("segments", "segment", segments), ("metrics", "metric", metrics)):
        for name in graph:
            if name in reached(name, graph):
                yield (section, name), f"{kind} '{name}' refers to itself."


def reached(name: str, graph: Mapping[str, set[str]]) -> set[str]:
    """All names that one leads to; itself only in a circle."""
    found: set[str] = set()
    ahead = set(graph.get(name, ()))
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead |= graph.get(here, set())
    return found
