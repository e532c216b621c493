"""Standard dimensions in reports: their columns on journeys, the ids of what conditions compare, the texts of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Ints, Journeys, Window
from cja_spark.kernels.clock import DAY_MS, bucket_starts, local_ms
from cja_spark.kernels.segments import positive
from cja_spark.kernels.session_types import depth, first_time
from cja_spark.kernels.time_spent import spent_in
from cja_spark.spec import milliseconds
from cja_spark.view.calendar import instant_months_before
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.condition import DimensionCondition
from cja_spark.view.spec import View
from cja_spark.view.standard import (
    CLOCK_MS,
    CLOCK_PARTS,
    FIRST_ID,
    FIRST_TIME,
    NOT_COMPARED,
    OF_SESSIONS,
    RETURN,
    SPENT_TEXTS,
    STANDARD_DIMENSIONS,
    TIME_SPENT,
    codes_within,
    day_code,
    day_of,
    id_of,
    text_of,
)
from cja_spark.view.text import texts_meeting

BACK_MONTHS = 13  # S6
Texts = Callable[[str, Ints], Mapping[int, str]]


def first_seen_from(start: int, zone: str) -> int:
    """Since when a person must have been away so that a session of a range is a first-time one, ms UTC (S6)."""
    return instant_months_before(start, BACK_MONTHS, zone)


def with_standard(
    journeys: Journeys, view: View, window: Window, sessions: Ints, names: tuple[str, ...]
) -> Journeys:
    """The same journeys, with the columns of some standard dimensions.

    Args:
        journeys: the events that a report reads.
        view: the data view.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        names: the dimensions.

    Source: O4, S2, S6: on unsegmented events.
    """
    if not names:
        return journeys
    key = ("standard", names, window.start, window.end, view.session, view.time_zone, view.calendar)
    return journeys.remembered(
        key, lambda: journeys.with_columns({f"d_{name}": _ids(journeys, view, window, sessions, name) for name in names})
    )


def _ids(journeys: Journeys, view: View, window: Window, sessions: Ints, name: str) -> Ints:
    t, zone = journeys.t, view.time_zone
    if name in (*OF_SESSIONS, *TIME_SPENT):
        return _of_sessions(journeys, view, window, sessions, name)
    if name in CLOCK_MS:
        return FIRST_ID + bucket_starts(t, CLOCK_MS[name], zone) // 1000
    if name in CLOCK_PARTS:
        length, count = CLOCK_PARTS[name]
        return FIRST_ID + local_ms(t, zone) // length % count
    days = local_ms(t, zone) // DAY_MS
    if len(days) == 0:
        return days
    low = int(days.min())
    return FIRST_ID + _codes_of_days(name, low, int(days.max()), view.calendar)[days - low]


def _of_sessions(journeys: Journeys, view: View, window: Window, sessions: Ints, name: str) -> Ints:
    if name == "session_type":
        since = first_seen_from(window.start, view.time_zone)
        first = first_time(journeys.t, journeys.offsets, sessions, since, window.start, window.end)
        return np.where(first, id_of(FIRST_TIME), id_of(RETURN))
    return FIRST_ID + depth(sessions) if name == "event_depth" else _time_spent(journeys, window, sessions, name)


_SPENT_MS = np.array([milliseconds(end) for end in SPENT_TEXTS.values() if end != timedelta.max], np.int64)


def _time_spent(journeys: Journeys, window: Window, sessions: Ints, name: str) -> Ints:
    """Ranges of time spent; range events and the tail are each a time of their own (O7, S5)."""
    units = {"time_spent_per_session": sessions, "time_spent_per_person": journeys.person_of_event()}.get(name)
    late = journeys.t >= window.end
    times = ((journeys.t >= window.start) & ~late, late)
    ms = np.fmax(*(spent_in(units, journeys.t, sessions, seen) for seen in times))
    return np.where(np.isnan(ms), 0, FIRST_ID + np.searchsorted(_SPENT_MS, ms, "right"))


@lru_cache(maxsize=64)
def _codes_of_days(name: str, low: int, high: int, calendar: Calendar) -> Ints:
    """The codes of all days in a row: int64[days]."""
    return np.array([day_code(name, day_of(number), calendar) for number in range(low, high + 1)], np.int64)


def texts_with_standard(texts: Texts, view: View) -> Texts:
    """A way to texts that also knows those of standard dimensions."""

    def known(dimension: str, ids: Ints) -> Mapping[int, str]:
        if dimension not in STANDARD_DIMENSIONS:
            return texts(dimension, ids)
        codes = {one: one - FIRST_ID for one in ids.tolist() if one}
        return {one: text_of(dimension, code, view.time_zone, view.calendar) for one, code in codes.items()}

    return known


def ids_of_conditions(
    conditions: Iterable[DimensionCondition], view: View, window: Window
) -> dict[DimensionCondition, Ints]:
    """The ids that conditions on standard dimensions match, of the texts that a report's events can have, ascending."""
    found = {}
    for condition in conditions:
        name, twin = condition.dimension, positive(condition)
        if name not in STANDARD_DIMENSIONS or name in NOT_COMPARED or twin.operators()[0] in ("exists", "distinct"):
            continue
        zone, calendar = view.time_zone, view.calendar
        codes, texts = _texts_within(name, window.start, max(window.until, window.end), zone, calendar, view.max_events)
        found[twin] = np.unique(FIRST_ID + codes[texts_meeting(texts, twin)])
    return found


@lru_cache(maxsize=16)
def _texts_within(name: str, start: int, end: int, zone: str, calendar: Calendar, deepest: int) -> tuple[Ints, pa.Array]:
    codes = np.fromiter(codes_within(name, start, end, zone, calendar, deepest), np.int64)
    if name == "event_depth":
        return codes, pa.array(codes).cast(pa.string())
    return codes, pa.array([text_of(name, code, zone, calendar) for code in codes.tolist()], pa.string())
