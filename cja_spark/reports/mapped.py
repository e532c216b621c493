"""Components with value settings: journeys on which they have the values that the settings make of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from cja_spark.journeys.batch import Items, Journeys
from cja_spark.kernels.values import ValueMap
from cja_spark.reports.text_rules import tellers, with_kept_texts
from cja_spark.view.spec import Metric, View

Maps = Mapping[str, ValueMap]


def with_values(journeys: Journeys, view: View, maps: Maps) -> Journeys:
    """The same journeys with shown values and counted amounts, before anything else looks at them.

    Args:
        journeys: events as they are stored.
        view: the data view.
        maps: per dimension with settings what its values become, per metric with rules of texts those that it refuses.

    Source: O10 (1), (2); M1: each item of an array by itself; an event without items has none.
    """
    metrics = tuple((name, one) for name, one in _metrics(view) if f"m_{name}" in journeys.columns)
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
            columns[f"d_{name}"] = _changed(column, how.of)
    for name, metric in metrics:
        raw = with_kept_texts(journeys, name, by[name], maps[name]) if name in by else journeys.columns[f"m_{name}"]
        columns[f"m_{name}"] = _changed(raw, metric.amounts)
    people = {f"p_{name}": how.of(journeys.people[f"p_{name}"]) for name, how in maps.items() if f"p_{name}" in journeys.people}
    return journeys.with_columns(columns, people)


def _changed(column: npt.NDArray[Any] | Items, of: Any) -> npt.NDArray[Any] | Items:  # noqa: ANN401
    if isinstance(column, Items):
        return Items(column.offsets, of(column.values), column.levels)
    found: npt.NDArray[Any] = of(column)
    return found
