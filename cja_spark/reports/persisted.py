"""Dimensions with persistence: journeys on which they have the values that last, beside those that events set."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints, Items, Journeys, Window
from cja_spark.kernels.lasting_items import events_that_set, items_of_lasting
from cja_spark.kernels.months import reach
from cja_spark.kernels.persistence import bound, known, last_set, scopes_per_value, union
from cja_spark.kernels.persistence_bound import known_bound, union_bound
from cja_spark.reports.window import back_from
from cja_spark.spec import milliseconds
from cja_spark.view.persistence import OnMetric, Persistence
from cja_spark.view.spec import View


class _Reach(NamedTuple):
    """How far the values that events set reach.

    Attributes:
        scope: the scope of each event, ascending; nothing lasts from one to the next: int64[events].
        since: what was set before does not exist, ms.
        until: to which instant a value lasts that an event sets, inclusive, ms: int64[events].
        end: where the report's range ends, ms.
    """

    scope: Ints
    since: int
    until: Ints
    end: int


def with_persistence(
    journeys: Journeys, view: View, window: Window, sessions: Ints, names: tuple[str, ...]
) -> Journeys:
    """The same journeys, on which some dimensions have persisted values.

    Args:
        journeys: the events that a report reads.
        view: the data view.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        names: the dimensions, each with persistence in the view.

    Source: P1-P7: on unsegmented events.
    """
    if not names:
        return journeys
    how = tuple((name, view.dimensions[name].persistence) for name in names)
    key = ("persisted", how, window.start, window.end, window.person_from, view.session)
    return journeys.remembered(key, lambda: _persisted(journeys, window, sessions, how, view.time_zone))


def _persisted(
    journeys: Journeys, window: Window, sessions: Ints, how: tuple[tuple[str, Persistence | None], ...], zone: str
) -> Journeys:
    own = {f"o_{name}": journeys.columns[f"d_{name}"] for name, _ in how}
    lasting = {f"d_{name}": _values(journeys, window, sessions, name, one, zone) for name, one in how if one is not None}
    return journeys.with_columns({**own, **lasting})


def _values(
    journeys: Journeys, window: Window, sessions: Ints, name: str, how: Persistence, zone: str
) -> npt.NDArray[np.int64] | Items:
    until, since = reach(journeys.t, how.looks_back, zone), _since(how, window, zone)
    reached = _Reach(_scopes(journeys, sessions, how), since, until, window.end)
    if how.binding is not None and journeys.is_list(f"d_{how.binding}"):
        return _of_items(journeys, name, how, reached)
    if how.binding is None and journeys.is_list(f"d_{name}"):
        return _of_items_alone(journeys, journeys.items(name), how, reached)
    return _of_events(journeys, name, how, reached)


def _of_events(journeys: Journeys, name: str, how: Persistence, reached: _Reach) -> Ints | Items:
    own, t = journeys.ids(name), journeys.t
    if how.binding is None:
        return Items(*union(own, reached.scope, t, reached.since)) if how.allocation == "all" else _lasting(own, t, how, reached)
    by = journeys.own_ids(how.binding)
    if how.allocation == "all":
        return Items(*union_bound(own, by, reached.scope, t, reached.since))
    return _bound(journeys, how, own, by, np.arange(len(by)), reached)


def _bound(journeys: Journeys, how: Persistence, own: Ints, by: Ints, event: Ints, reached: _Reach) -> Ints:
    """What is remembered per value of another dimension (P5), of events or of their items.

    Shapes: own, by, event int64[n] -> int64[n].
    """
    if how.allocation in ("first_known", "last_known"):
        among = _counting(journeys.t, reached)
        return known_bound(own, by, reached.scope[event], among[event], last=how.allocation == "last_known")
    scopes, t, until = _scopes_of(journeys, how, by, event, reached.scope), journeys.t[event], reached.until[event]
    return bound(own, by, scopes, t, reached.since, until, original=how.allocation == "original")


def _lasting(own: Ints, t: Ints, how: Persistence, reached: _Reach) -> Ints:
    """The value, or the number of an event that set some, which each event has (P1, P2)."""
    if how.allocation in ("first_known", "last_known"):
        return known(own, reached.scope, _counting(t, reached), last=how.allocation == "last_known")
    return last_set(own, reached.scope, t, reached.since, reached.until, original=how.allocation == "original")


def _of_items_alone(journeys: Journeys, own: Items, how: Persistence, reached: _Reach) -> Items:
    """Values of items, remembered as the list that an event's items set; an event without items has none (O8)."""
    held = _lasting(events_that_set(own.values, own.offsets), journeys.t, how, reached)
    inner, values = items_of_lasting(own.values, own.offsets, held)
    return Items.nested((*own.chain(), inner), values)


def _of_items(journeys: Journeys, name: str, how: Persistence, reached: _Reach) -> Items:
    """Values of items, remembered per value that the items have of another dimension (P5, P6)."""
    by = journeys.items(how.binding or name)
    counts = np.diff(by.offsets)
    if how.binding_metric is None:
        own = journeys.items(name).values
    else:
        had = _lasting(journeys.ids(name), journeys.t, how, reached)
        given = np.where(journeys.ids(name) != 0, journeys.ids(name), had)
        own = np.repeat(np.where(journeys.carries(how.binding_metric), given, 0), counts)
        own = np.where(by.values != 0, own, 0)
    event = np.repeat(np.arange(len(counts)), counts)
    return Items(by.offsets, _bound(journeys, how, own, by.values, event, reached), by.levels)


def _since(how: Persistence, window: Window, zone: str) -> int:
    """Sets before this instant do not exist (P2, P3)."""
    if how.of_person:
        return window.person_from
    return window.start - milliseconds(back_from(window.start, how.looks_back, zone)) if how.looks_back else window.read_from


def _scopes(journeys: Journeys, sessions: Ints, how: Persistence) -> Ints:
    """The scope of each event, ascending: its session, its person, or its person's time between two metrics."""
    if how.expiration == "session":
        return sessions
    person = journeys.person_of_event()
    if not isinstance(how.expiration, OnMetric):
        return person
    carried = journeys.carries(how.expiration.metric)
    ends = np.cumsum(np.append(False, carried[:-1])) if len(carried) else carried.astype(np.int64)
    return np.asarray(person + ends, np.int64)  # the carrying event is the last of its scope


def _scopes_of(journeys: Journeys, how: Persistence, by: Ints, event: Ints, scope: Ints) -> Ints:
    """The scope of each event, or item, that has a value of the dimension that values are bound to; a metric ends those of its own event.

    Shapes: by, event int64[n], scope int64[events] -> int64[n].
    """
    if not isinstance(how.expiration, OnMetric):
        return scope[event]
    return scopes_per_value(by, event, journeys.person_of_event()[event].astype(np.int64), journeys.carries(how.expiration.metric)[event])


def _counting(t: Ints, reached: _Reach) -> Bools:
    """Events whose values the first and the last known may be: those up to the range's end.

    A session that begins after it, in a report's tail, has its own (Decision: nothing in the tail changes the range).
    """
    among = (t >= reached.since) & (t < reached.end)
    if len(t) == 0 or t.max() < reached.end:
        return among
    begins = np.append(True, reached.scope[1:] != reached.scope[:-1])
    first = t[np.flatnonzero(begins)][np.cumsum(begins) - 1]
    return np.asarray(among | (first >= reached.end), bool)
