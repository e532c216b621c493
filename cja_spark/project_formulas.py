"""Formulas as a view writes them: what their metrics must be, and what metrics made of them must not be used for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cja_spark.view.components import CalculatedMetric
from cja_spark.view.formula.nodes import Node
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import Component, components_of, runs_over
from cja_spark.view.spec import STANDARD_METRICS, View


@dataclass(frozen=True)
class Formulas:
    """The formulas of a view that can be read, by metric."""

    nodes: Mapping[str, Node]

    @classmethod
    def written(cls, metrics: Mapping[str, object]) -> Formulas:
        """Take them from metrics as an author writes them."""
        found = {name: _read(one) for name, one in metrics.items()}
        return cls({name: node for name, node in found.items() if node is not None})

    def attributing(self) -> frozenset[str]:
        """Metrics whose formula has an attribution."""
        return frozenset(name for name, node in self.nodes.items() if any(one.role == "attributed" for one in components_of(node)))

    def attributed(self, name: str) -> str | None:
        """Refuse what has no amounts on events where a formula attributes a metric (A8)."""
        if name in STANDARD_METRICS:
            return f"metric '{name}' cannot be attributed; name a metric of a field."
        if name in self.nodes:
            return f"metric '{name}' is calculated from sums; attribute the metrics that it is made of."
        return None

    def totalled(self, name: str) -> str | None:
        """Refuse a metric whose formula runs over rows where the grand total is asked for."""
        if any(runs_over(node, "table", "place", "order") for node in self._made_of(name)):
            return f"metric '{name}' runs over rows, and a total has none."
        return None

    def ranks(self, name: str) -> str | None:
        """Refuse to sort by what depends on the order of rows."""
        if any(runs_over(node, "order") for node in self._made_of(name)):
            return f"metric '{name}' depends on the order of rows, so rows cannot be sorted by it; give another one as 'sort'."
        return None

    def _made_of(self, name: str) -> Iterator[Node]:
        seen: set[str] = set()
        ahead = [name]
        while ahead:
            here = ahead.pop()
            if here in seen or here not in self.nodes:
                continue
            seen.add(here)
            yield self.nodes[here]
            ahead += [one.name for one in components_of(self.nodes[here]) if one.kind == "metric"]


NO_FORMULAS = Formulas({})


def formula_components(view: View) -> Iterator[tuple[str, str, Component]]:
    """All names in the formulas of a view: the metric, its formula, and what is named there."""
    for name, metric in view.metrics.items():
        if isinstance(metric, CalculatedMetric):
            yield from ((name, metric.calculate, one) for one in components_of(parse(metric.calculate)))


def _read(metric: object) -> Node | None:
    text = metric.get("calculate") if isinstance(metric, Mapping) else None
    try:
        return parse(text) if isinstance(text, str) else None
    except ValueError:  # a fault of its own
        return None
