"""Metrics as sums over events: what one event adds to a metric that others are added and subtracted for."""

from __future__ import annotations

from collections.abc import Mapping

from cja_spark.view.components import CalculatedMetric, Metric
from cja_spark.view.formula.nodes import Call, Name, Node, Number
from cja_spark.view.formula.parse import parse
from cja_spark.view.spec import View

Weights = Mapping[str, float]
_SIGNS = {"add": (1.0, 1.0), "subtract": (1.0, -1.0), "negate": (-1.0,)}


def weights_of(name: str, view: View) -> Weights | None:
    """Per metric of a field how often it is added to a metric; None where that is no sum over single events.

    ``messages_sent = sends + bounces - bounces_after_delivery`` adds 1, 1 and -1. A metric with deduplication or
    attribution, and one whose field looks at other events, depends on more than its event.
    """
    metric = view.metrics.get(name)
    if isinstance(metric, CalculatedMetric):
        return _of(parse(metric.calculate), view)
    if not isinstance(metric, Metric) or metric.deduplication or metric.attribution or view.neighbour_of(metric):
        return None
    return {name: 1.0}


def _of(node: Node, view: View) -> Weights | None:
    if isinstance(node, Name):
        return weights_of(node.name, view)
    if not isinstance(node, Call):
        return None
    if node.function == "multiply":
        left, right = node.given
        return _times(left, right, view)
    signs = _SIGNS.get(node.function)
    return None if signs is None else _sum([_scaled(_of(part, view), sign) for part, sign in zip(node.given, signs, strict=True)])


def _times(left: Node, right: Node, view: View) -> Weights | None:
    if isinstance(left, Number):
        return _scaled(_of(right, view), left.value)
    return _scaled(_of(left, view), right.value) if isinstance(right, Number) else None


def _scaled(weights: Weights | None, by: float) -> Weights | None:
    return None if weights is None else {name: weight * by for name, weight in weights.items()}


def _sum(parts: list[Weights | None]) -> Weights | None:
    found: dict[str, float] = {}
    for part in parts:
        if part is None:
            return None
        for name, weight in part.items():
            found[name] = found.get(name, 0.0) + weight
    return found
