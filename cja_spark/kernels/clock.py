"""The local clock of events: wall time, and where the buckets of a clock begin (rule O4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from cja_spark.kernels.sessions import Ints

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST = int((datetime.min.replace(tzinfo=UTC) - _EPOCH).total_seconds()) + 172_800
_MOST = int((datetime.max.replace(tzinfo=UTC) - _EPOCH).total_seconds()) - 172_800  # what every zone can tell


def _offset(second: int, zone: str) -> int:
    """What the local clock is ahead of UTC, seconds."""
    known = (_EPOCH + timedelta(seconds=max(min(second, _MOST), _LEAST))).astimezone(ZoneInfo(zone)).utcoffset()
    assert known is not None
    return int(known.total_seconds())


@lru_cache(maxsize=64)
def changes_of_clock(first_day: int, last_day: int, zone: str) -> tuple[Ints, Ints]:
    """Instants from which an offset holds, and those offsets, both in ms; looked for once a day, then by halves.

    Shapes: days since 1970 -> int64[changes], int64[changes].
    """
    at, offsets = [first_day * 86_400], [_offset(first_day * 86_400, zone)]
    for day in range(first_day, last_day + 1):
        low, high = day * 86_400, (day + 1) * 86_400
        following = _offset(high, zone)
        if following == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _offset(middle, zone) == following else (middle, high)
        at.append(high)
        offsets.append(following)
    return np.array(at, np.int64) * 1000, np.array(offsets, np.int64) * 1000


def _offsets(t: Ints, zone: str) -> tuple[Ints, Ints]:
    """Of each event what the local clock is ahead of UTC, and since when, both in ms."""
    if len(t) == 0:
        return t, t
    changes, offsets = changes_of_clock(int(t.min()) // DAY_MS - 1, int(t.max()) // DAY_MS + 1, zone)
    slots = np.searchsorted(changes, t, side="right") - 1
    return offsets[slots], changes[slots]


def local_ms(t: Ints, zone: str) -> Ints:
    """What the local clock shows at each event, in ms since its 1 January 1970.

    Shapes: t int64[events] (ms UTC) -> int64[events] (ms).
    Source: O4: of two equal hours both show the same.
    """
    return t + _offsets(t, zone)[0]


def bucket_starts(t: Ints, step_ms: int, zone: str) -> Ints:
    """The instant at which each event's bucket of the local clock begins: where the clock rounds down to, or was set.

    Shapes: t int64[events] (ms UTC) -> int64[events] (ms UTC).
    Source: O4: the repeated hour is two buckets.
    """
    offsets, since = _offsets(t, zone)
    return np.maximum(t - (t + offsets) % step_ms, since)
