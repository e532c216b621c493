"""Scopes of derived fields that look at other events."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Bools, Ints, Journeys, Window
from cja_spark.view.derived.neighbours import Scope


def scope_of(journeys: Journeys, window: Window, sessions: Ints, scope: Scope) -> tuple[Ints, Bools]:
    """The scope of each event, ascending, and the events whose values exist for it.

    Args:
        journeys: the events that a report reads.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        scope: the session or the person.

    Shapes: -> int64[events], bool[events].
    Source: O7. Decision: what lies after the range is a scope of its own, so that nothing there changes what happened before.
    """
    t = journeys.t
    unit = sessions if scope == "session" else journeys.person_of_event()
    exists = t >= (window.read_from if scope == "session" else window.person_from)
    return np.asarray(2 * unit + (t >= window.end), np.int64), exists
