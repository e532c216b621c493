"""What components may be made of derived fields that look at other events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cja_spark.view.derived.chain import Chain
from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.derived.inlined import inlined, looks_at_events
from cja_spark.view.derived.needed import Derived
from cja_spark.view.derived.spec import Where

Components = Mapping[str, Any]  # dimensions or metrics; their classes are above this module


def neighbour_faults(
    derived: Derived, dimensions: Components, metrics: Components, starts_with: Sequence[str]
) -> Iterator[tuple[Where, str]]:
    """What is wrong with components whose derived field looks at other events."""
    of_dimensions, of_metrics = _chains(derived, dimensions), _chains(derived, metrics)
    for name, chain in of_dimensions.items():
        if chain.gives() == "number":
            yield ("dimensions", name), f"{derived[dimensions[name].derived].functions[-1].function} gives a number, so it makes a metric, no dimension."
    for name, chain in of_metrics.items():
        yield from ((("metrics", name), text) for text in _metric_faults(metrics[name], chain, derived))
    for name in starts_with:
        if name in of_metrics:
            yield ("session", "starts_with"), f"metric '{name}' looks at other events of a session, so that none starts with it."
    yield from _id_faults(of_dimensions, metrics, {**of_dimensions, **of_metrics})


def _metric_faults(metric: Any, chain: Chain, derived: Derived) -> Iterator[str]:  # noqa: ANN401 - its class is above
    text = chain.gives() == "text"
    if chain.texts:
        yield (
            f"{derived[metric.derived].functions[-1].function} gives text, so it makes a dimension, no metric: it is made once per distinct text. "
            f"Make the metric of what {chain.looking()[-1].function} gives."
        )
    elif text and chain.made[-1].gives_list:
        yield f"{chain.made[-1].function}: distinct gives several values of an event, so it makes a dimension, no metric; count_distinct counts them."
    elif text and (metric.include is not None or metric.values_to_count is not None):
        yield f"{derived[metric.derived].functions[-1].function} gives text, which counts where it is set; include and values_to_count are of numbers."
    if metric.deduplication:
        yield f"deduplication comes before {chain.looking()[0].function}; use the function deduplicate, or the other alone."


def _chains(derived: Derived, components: Components) -> dict[str, Chain]:
    named = ((name, getattr(one, "derived", None)) for name, one in components.items())
    return {name: inlined(made, derived).chain() for name, made in named if made and made in derived and looks_at_events(made, derived)}


def _id_faults(
    of_dimensions: Mapping[str, Chain], metrics: Components, chains: Mapping[str, Chain]
) -> Iterator[tuple[Where, str]]:
    """Ids are compared as events set them, before any of these functions ran."""
    for name, metric in metrics.items():
        how = getattr(metric, "deduplication", None)
        if how and how.id in of_dimensions:
            yield ("metrics", name), f"deduplication: dimension '{how.id}' looks at other events, which comes later."
    for name, chain in chains.items():
        for function in chain.looking():
            if isinstance(function, Deduplicate) and function.id in of_dimensions:
                section = "dimensions" if name in of_dimensions else "metrics"
                yield (section, name), f"deduplicate: the id '{function.id}' looks at other events itself."
