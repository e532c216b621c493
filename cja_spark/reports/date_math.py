"""Date math with dates of a session or person, or of the clock: a number per event."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Floats, Ints, Items, Journeys, Window
from cja_spark.kernels.date_math import between
from cja_spark.kernels.persistence import known
from cja_spark.reports.scopes import scope_of
from cja_spark.view.calendar import instant_ms, local_day
from cja_spark.view.derived.date_math import Clock, DateMath, Day, Moment, OfScope
from cja_spark.view.derived.held import END


def units_between(journeys: Journeys, name: str, function: DateMath, window: Window, sessions: Ints, zone: str) -> Floats:
    """Whole units between the two dates of each event.

    Args:
        journeys: the events that a report reads; their columns hold the dates that fields set.
        name: the component.
        function: its function.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        zone: the view's time zone.

    Shapes: -> float64[events], NaN where a date is not set.
    Source: Decision: `now` is the instant up to which the connection is complete, so that a report of the same events is
        the same. What lies after the range is a scope of its own.
    """
    columns = iter((f"m_{name}", f"{END}_{name}"))
    dates = []
    for moment in function.moments():
        own = None if isinstance(moment, Day | Clock) else journeys.columns[next(columns)]
        assert not isinstance(own, Items)
        dates.append(_dates(journeys, moment, own, window, sessions, zone))
    return between(dates[0], dates[1], function.unit, zone)


def _dates(journeys: Journeys, moment: Moment, own: Floats | None, window: Window, sessions: Ints, zone: str) -> Floats:
    """The date of each event, microseconds: float64[events]."""
    if isinstance(moment, Day):
        return np.full(journeys.events, 1000.0 * instant_ms(moment.day, zone))
    if isinstance(moment, Clock):
        now = window.complete
        return np.full(journeys.events, 1000.0 * (now if moment.clock == "now" else instant_ms(local_day(now, zone), zone)))
    assert own is not None
    if not isinstance(moment, OfScope):
        return own
    scope, exists = scope_of(journeys, window, sessions, moment.scope)
    set_ = exists & ~np.isnan(own)
    at = known(np.where(set_, np.arange(1, len(own) + 1), 0), scope, set_, last=moment.take == "last")
    return np.append(np.nan, own)[at]
