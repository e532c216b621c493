"""Whole units of time between two instants, on the calendar of a time zone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cja_spark.kernels.clock import local_ms

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
DAY_US = 86_400_000_000
MICROSECONDS = {"second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000, "day": DAY_US, "week": 7 * DAY_US}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DECADE_MS = 3653 * 86_400_000  # what is asked of a zone at once: an odd date costs its own decade alone
FIRST_US, LAST_US = -62_135_596_800_000_000, 253_402_300_800_000_000  # the years 1 to 9999


def between(starts: Floats, ends: Floats, unit: str, zone: str) -> Floats:
    """Whole units from start to end, towards zero.

    Args:
        starts: from when, microseconds since 1970 UTC, NaN for none.
        ends: to when, likewise.
        unit: second, minute, hour, day, week, month, quarter or year.
        zone: the IANA time zone of the calendar.

    Shapes: starts, ends float64[events] -> float64[events], NaN where one of them is none, or in no year from 1 to 9999.
    Source: O6. Decision: between two local midnights a day is a calendar day.
    """
    found = np.full(len(starts), np.nan)
    at = np.flatnonzero((starts >= FIRST_US) & (starts < LAST_US) & (ends >= FIRST_US) & (ends < LAST_US))
    start, end = (some[at].astype(np.int64) for some in (starts, ends))
    if unit not in ("day", "week", *MONTHS):
        found[at] = _towards_zero(end - start, MICROSECONDS[unit])
        return found
    local = [_local(some, zone) for some in (start, end)]
    if unit in MONTHS:
        found[at] = _towards_zero(_months(*local), MONTHS[unit])
        return found
    midnights = (local[0] % DAY_US == 0) & (local[1] % DAY_US == 0)
    found[at] = _towards_zero(np.where(midnights, local[1] - local[0], end - start), MICROSECONDS[unit])
    return found


def _local(instants: Ints, zone: str) -> Ints:
    """What the local clock shows, microseconds since its 1 January 1970: int64[events]."""
    ms = instants // 1000
    found = np.empty(len(ms), np.int64)
    decades = ms // DECADE_MS
    for decade in np.unique(decades):
        there = decades == decade
        found[there] = local_ms(ms[there], zone)
    return found * 1000 + instants % 1000


def _months(start: Ints, end: Ints) -> Ints:
    """As many months as can be added to the start, the day clamped to the month's: int64[events] (O6)."""
    first, last = (some.astype("M8[us]").astype("M8[M]") for some in (start, end))
    months = last.astype(np.int64) - first.astype(np.int64)
    length = (last + 1).astype("M8[us]").astype(np.int64) - last.astype("M8[us]").astype(np.int64)
    due = start - first.astype("M8[us]").astype(np.int64)
    due = np.minimum(due // DAY_US, length // DAY_US - 1) * DAY_US + due % DAY_US
    there = end - last.astype("M8[us]").astype(np.int64)
    early = np.where((months > 0) & (due > there), -1, np.where((months < 0) & (due < there), 1, 0))
    return np.asarray(months + early, np.int64)


def _towards_zero(amounts: Ints, unit: int) -> Ints:
    return np.asarray(np.sign(amounts) * (np.abs(amounts) // unit), np.int64)
