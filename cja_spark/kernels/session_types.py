"""First-time and return sessions, and the depth of events in their sessions (rules S2, S6)."""

from __future__ import annotations

import numpy as np

from cja_spark.kernels.sessions import Bools, Ints, run_starts


def first_time(t: Ints, offsets: Ints, sessions: Ints, since: int, start: int, end: int) -> Bools:
    """Events of first-time sessions: those that begin in the range with the person's first event of 13 months and it.

    Shapes: t int64[events] (ms), offsets int64[persons + 1], sessions int64[events] ascending -> bool[events].
    Source: S6; what is before is so by position (O3).
    """
    found = np.zeros(len(t), bool)
    if len(t) == 0:
        return found
    late = t >= since
    heads = np.zeros(len(t), bool)
    heads[offsets[:-1][np.diff(offsets) > 0]] = True
    first = late & (heads | ~np.append(False, late[:-1]))
    opens = np.append(True, sessions[1:] != sessions[:-1])
    numbers = sessions[first & opens & (t >= start) & (t < end)]
    found[np.isin(sessions, numbers)] = True
    return found


def depth(sessions: Ints) -> Ints:
    """Which event of its session each one is: 1, 2, 3 and so on.

    Shapes: sessions int64[events] ascending -> int64[events].
    Source: S2.
    """
    starts = run_starts(sessions)
    lengths = np.diff(np.append(starts, len(sessions)))
    return np.arange(len(sessions)) - np.repeat(starts, lengths) + 1
