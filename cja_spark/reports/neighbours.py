"""Derived fields that look at other events: journeys on which components have their values."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Floats, Ints, Items, Journeys, Window
from cja_spark.kernels.values import ValueMap
from cja_spark.reports.late import Late
from cja_spark.reports.mapped import NO_MAPS, Maps, changed_by
from cja_spark.view.components import CalculatedMetric, Dimension, Metric
from cja_spark.view.metrics_of_text import counts_where_set
from cja_spark.view.spec import View
from cja_spark.view.summary import SummaryMetric


def with_neighbours(
    journeys: Journeys, view: View, window: Window, sessions: Ints, names: tuple[str, ...], maps: Maps = NO_MAPS
) -> Journeys:
    """The same journeys, on which some dimensions and metrics have what other events say.

    Args:
        journeys: the events that a report reads.
        view: the data view.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        names: components whose derived field looks at other events; their columns hold what it looks at.
        maps: per dimension with functions of its texts or with value settings what its values become.

    Source: O10 (5): after deduplication, before persistence. Decision: what lies after the range is a scope of its own, so
        that nothing there changes what happened before.
    """
    if not names:
        return journeys
    how = [(name, view.chain_of(_component(view, name)), _component(view, name)) for name in names]
    settings = tuple(maps.get(name) for name in names)
    written = repr(how)  # formulas and entries are mappings, which have no hash
    key = ("neighbours", written, settings, window.end, window.complete, window.person_from, view.session, view.time_zone)
    return journeys.remembered(key, lambda: _made(journeys, view, window, sessions, names, maps))


def _component(view: View, name: str) -> Dimension | Metric:
    found = view.dimensions.get(name) or view.metrics[name]
    assert not isinstance(found, CalculatedMetric | SummaryMetric)
    return found


def _made(journeys: Journeys, view: View, window: Window, sessions: Ints, names: tuple[str, ...], maps: Maps) -> Journeys:
    changed: dict[str, Ints | Floats | Items] = {}
    for name in names:
        component = _component(view, name)
        chain = view.chain_of(component)
        late = Late(journeys, chain, view.held_of(name), window, sessions, view.time_zone)
        if isinstance(component, Metric) and counts_where_set(component, chain):
            changed[f"m_{name}"] = np.where(late.values() != 0, 1.0, np.nan)
        elif isinstance(component, Metric):
            changed[f"m_{name}"] = component.amounts(late.amounts())
        else:
            made, shown = late.values(), maps.get(name)
            changed[f"d_{name}"] = changed_by(made, shown.of) if isinstance(shown, ValueMap) else made
    return journeys.with_columns(changed)
