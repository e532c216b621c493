"""Date math with dates of a session or person, or of the clock: a number per event."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cja_spark.journeys.batch import Floats, Ints, Journeys, Window
from cja_spark.kernels.date_math import between
from cja_spark.kernels.persistence import known
from cja_spark.reports.scopes import scope_of
from cja_spark.view.calendar import instant_ms, local_day
from cja_spark.view.derived.date_math import Clock, DateMath, Day, Moment, OfScope
from cja_spark.view.derived.input import Input


def units_between(
    journeys: Journeys, function: DateMath, instants: Callable[[Input], Floats], window: Window, sessions: Ints, zone: str
) -> Floats:
    """Whole units between the two dates of each event.

    Args:
        journeys: the events that a report reads.
        function: the function.
        instants: the dates of an input, microseconds.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        zone: the view's time zone.

    Shapes: -> float64[events], NaN where a date is not set.
    Source: Decision: `now` is the instant up to which the connection is complete, so that a report of the same events is
        the same. What lies after the range is a scope of its own.
    """
    start, end = (_dates(journeys, moment, instants, window, sessions, zone) for moment in function.moments())
    return between(start, end, function.unit, zone)


def _dates(
    journeys: Journeys, moment: Moment, instants: Callable[[Input], Floats], window: Window, sessions: Ints, zone: str
) -> Floats:
    """The date of each event, microseconds: float64[events]."""
    if isinstance(moment, Day):
        return np.full(journeys.events, 1000.0 * instant_ms(moment.day, zone))
    if isinstance(moment, Clock):
        now = window.complete
        return np.full(journeys.events, 1000.0 * (now if moment.clock == "now" else instant_ms(local_day(now, zone), zone)))
    if not isinstance(moment, OfScope):
        return instants(moment)
    own = instants(moment.input)
    scope, exists = scope_of(journeys, window, sessions, moment.scope)
    set_ = exists & ~np.isnan(own)
    at = known(np.where(set_, np.arange(1, len(own) + 1), 0), scope, set_, last=moment.take == "last")
    return np.append(np.nan, own)[at]
