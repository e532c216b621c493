"""Components with value settings: journeys on which they have the values that the settings make of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

from cja_spark.journeys.batch import Items, Journeys
from cja_spark.kernels.values import ListMap, ValueMap
from cja_spark.reports.text_rules import tellers, with_kept_texts
from cja_spark.view.components import Metric
from cja_spark.view.spec import View

Maps = Mapping[str, ValueMap | ListMap]
NO_MAPS: Maps = MappingProxyType({})


def with_values(journeys: Journeys, view: View, maps: Maps) -> Journeys:
    """The same journeys with shown values and counted amounts, before anything else looks at them.

    Args:
        journeys: events as they are stored.
        view: the data view.
        maps: per dimension with settings what its values become, per metric with rules of texts those that it refuses.

    Source: O10 (1), (2); M1: each item of an array by itself; an event without items has none. Decision: settings of what a
        derived field makes that looks at other events come after it.
    """
    metrics = tuple((name, one) for name, one in _metrics(view) if f"m_{name}" in journeys.columns and not view.neighbour_of(one))
    maps = {name: how for name, how in maps.items() if not view.neighbour_of(view.dimensions.get(name) or view.metrics[name])}
    if not maps and not metrics:
        return journeys
    key = ("values", tuple(maps.values()), metrics)
    return journeys.remembered(key, lambda: _mapped(journeys, maps, metrics, tellers(dict(metrics), view)))


def _metrics(view: View) -> list[tuple[str, Metric]]:
    metrics = ((name, one) for name, one in view.metrics.items() if isinstance(one, Metric))
    return [(name, one) for name, one in metrics if one.changes_amounts]


def _mapped(
    journeys: Journeys, maps: Maps, metrics: tuple[tuple[str, Metric], ...], by: Mapping[str, str]
) -> Journeys:
    columns: dict[str, npt.NDArray[Any] | Items] = {}
    for name, how in maps.items():
        if (column := journeys.columns.get(f"d_{name}")) is not None:
            columns[f"d_{name}"] = changed_by(column, how.of) if isinstance(how, ValueMap) else _parts(column, how)
    for name, metric in metrics:
        refused = maps[name] if name in by else None
        raw = with_kept_texts(journeys, name, by[name], refused) if isinstance(refused, ValueMap) else journeys.columns[f"m_{name}"]
        columns[f"m_{name}"] = changed_by(raw, metric.amounts)
    of_people = {name: how for name, how in maps.items() if f"p_{name}" in journeys.people and isinstance(how, ValueMap)}
    people = {f"p_{name}": how.of(journeys.people[f"p_{name}"]) for name, how in of_people.items()}
    return journeys.with_columns(columns, people)


def changed_by(column: npt.NDArray[Any] | Items, of: Any) -> npt.NDArray[Any] | Items:  # noqa: ANN401
    """A column whose values something becomes of; items by themselves."""
    if isinstance(column, Items):
        return Items(column.offsets, of(column.values), column.levels)
    found: npt.NDArray[Any] = of(column)
    return found


def _parts(column: npt.NDArray[Any] | Items, how: ListMap) -> Items:
    assert not isinstance(column, Items), "only one value per event has parts"
    return Items(*how.parts_of(column))
