"""Metrics with deduplication: journeys on which a value that was sent again is not set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints, Items, Journeys, Window
from cja_spark.kernels.deduplication import repeated
from cja_spark.spec import milliseconds
from cja_spark.view.components import Metric
from cja_spark.view.deduplication import Deduplication
from cja_spark.view.spec import View


def with_deduplication(
    journeys: Journeys, view: View, window: Window, sessions: Ints, names: tuple[str, ...]
) -> Journeys:
    """The same journeys, on which repeated values of some metrics are not set.

    Args:
        journeys: the events that a report reads.
        view: the data view.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        names: the metrics, each with deduplication in the view.

    Source: M4, after sessions and before persistence (O10). Decision: what lies after the range is a scope of its own,
        so that nothing there changes what happened before.
    """
    if not names:
        return journeys
    how = tuple((name, _of(view, name)) for name in names)
    key = ("deduplicated", how, window.end, window.person_from, view.session)
    return journeys.remembered(key, lambda: _deduplicated(journeys, window, sessions, how))


def _of(view: View, name: str) -> Deduplication:
    metric = view.metrics[name]
    assert isinstance(metric, Metric)
    assert metric.deduplication is not None
    return metric.deduplication


def _deduplicated(
    journeys: Journeys, window: Window, sessions: Ints, how: tuple[tuple[str, Deduplication], ...]
) -> Journeys:
    changed = {f"m_{name}": _without(journeys, name, _repeated(journeys, window, sessions, name, one)) for name, one in how}
    return journeys.with_columns(changed)


def _repeated(journeys: Journeys, window: Window, sessions: Ints, name: str, how: Deduplication) -> Bools:
    carried = journeys.carries(name)
    scope = sessions
    if how.scope == "person":
        scope = journeys.person_of_event()
        carried = carried & (journeys.t >= window.person_from)
    apart = np.asarray(2 * scope + (journeys.t >= window.end), np.int64)
    ids = None if how.id is None else journeys.own_ids(how.id)
    if how.within is None:
        return repeated(carried, apart, ids, last=how.keep == "last")
    return repeated(carried, apart, ids, last=how.keep == "last", t=journeys.t, within=milliseconds(how.within))


def _without(journeys: Journeys, name: str, events: Bools) -> npt.NDArray[np.float64] | Items:
    """A metric's column, not set on some events; of arrays on all their items."""
    column = journeys.columns[f"m_{name}"]
    if not isinstance(column, Items):
        return np.where(events, np.nan, column)
    return Items(column.offsets, np.where(np.repeat(events, np.diff(column.offsets)), np.nan, column.values), column.levels)
