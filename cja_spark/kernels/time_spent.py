"""Time spent on events, in sessions and by persons, as a value of each event (rule S5)."""

from __future__ import annotations

import numpy as np

from cja_spark.kernels.sessions import Bools, Floats, Ints, run_starts, session_amounts


def spent_in(units: Ints | None, t: Ints, sessions: Ints, seen: Bools) -> Floats:
    """How long it took from events to the next ones of their sessions: of each event, or summed over its unit.

    Args:
        units: the session or person of each event; none for the events themselves.
        t: ms.
        sessions: the session of each event.
        seen: the events of the report's time; others have no time, and end none.

    Shapes: units, t, sessions int64[events] (units and sessions ascending), seen bool[events] -> float64[events] (ms), NaN
        where not seen and where no event follows.
    Source: S5. Decision: of a session of one event no time is known, so it has none, as its event has none.
    """
    amounts = session_amounts("time_spent_seconds", t, sessions, seen)
    if units is None or len(t) == 0:
        return amounts
    known = ~np.isnan(amounts)
    heads = run_starts(units)
    sums = np.add.reduceat(np.where(known, amounts, 0.0), heads)
    some = np.logical_or.reduceat(known, heads)
    each = np.repeat(np.where(some, sums, np.nan), np.diff(np.append(heads, len(t))))
    return np.where(seen, each, np.nan)
