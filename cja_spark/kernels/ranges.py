"""Date ranges in segments: what events of other days say of the units that a report sees (rule G6).

A container with a range is evaluated on a journey of its own, read and laid out as for a report of that range. What is found
there is carried over to the report's events: to the same event, to the events of the same session or of the same person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.sequence import NEVER, Occurrences
from cja_spark.kernels.sessions import run_starts
from cja_spark.view.ranges import DateRange

if TYPE_CHECKING:
    from cja_spark.kernels.segments import Matcher
    from cja_spark.view.condition import Segment


@dataclass(frozen=True, eq=False)
class Place:
    """Where the events of a journey lie among all that were read, and the way to other days.

    Attributes:
        at: position of each event among all events of the batch, int64[events] ascending.
        count: how many events the batch has.
        inside: what evaluates conditions on the events of a date range.
    """

    at: Ints
    count: int
    inside: Callable[[DateRange], Matcher]


def carried(here: Matcher, there: Matcher, known: Ints, level: int) -> Ints:
    """What is known of units of another range, for the seen events of the same units here.

    Args:
        here: the events that the result is for.
        there: the events of the date range.
        known: per seen event there a number that its unit has, NEVER where there is none.
        level: 0 event, 1 session, 2 person.

    Shapes: known int64[seen there] -> int64[seen here], NEVER where the unit has none there.
    Source: G6. Decision: a session there is the one here with which it shares an event, whichever of its events count.
    """
    if level == 2:
        of_person = np.full(here.journeys.persons, NEVER)
        of_person[there.journeys.person_of_event()[there.at]] = known
        return of_person[here.journeys.person_of_event()[here.at]]
    at = there.at
    if level == 1:
        of_session = np.full(_numbers(there.sessions), NEVER)
        of_session[there.sessions[at]] = known
        at, known = np.arange(there.journeys.events), of_session[there.sessions]
    everywhere = np.full(here.place.count, NEVER)
    everywhere[there.place.at[at]] = known
    found = everywhere[here.place.at]
    if level == 0:
        return found[here.at]
    some = np.flatnonzero(found != NEVER)
    of_session = np.full(_numbers(here.sessions), NEVER)
    of_session[here.sessions[some]] = found[some]
    return of_session[here.sessions[here.at]]


def _numbers(sessions: Ints) -> int:
    return int(sessions[-1]) + 1 if len(sessions) else 0


def met_there(here: Matcher, there: Matcher, events: Bools, level: int) -> Bools:
    """Seen events here of whose unit some event of the date range is chosen.

    Shapes: events bool[seen there] -> bool[seen here].
    Source: G6.
    """
    chosen = events
    if level and not events.all():
        units = np.zeros(there.count(level), bool)
        units[there.units(level)[events]] = True
        chosen = there.of_events(units, level)
    return np.asarray(carried(here, there, np.where(chosen, 0, NEVER), level) != NEVER, bool)


def events_in_range(here: Matcher, segment: Segment, level: int) -> Bools:
    """Seen events that a segment with a date range keeps: bool[seen].

    Source: G2, G6, G10.
    """
    assert segment.range is not None
    there = here.place.inside(segment.range)
    if segment.include == "everyone":
        return met_there(here, there, there.of_events(there.meets(segment.where, level), level), level)
    found = there.sequences(segment.where, level)
    before = segment.include == "only_before"
    edge = there.of_events(found.last_begin if before else found.first_end, level)
    met = there.of_events(found.met, level)
    place = np.where(met, there.place.at[there.at[np.where(met, edge, 0)]], NEVER) if len(met) else edge
    bound = carried(here, there, place, level)
    own = here.place.at[here.at]
    return np.asarray(own <= bound if before else (bound != NEVER) & (own >= bound), bool)


def occurrences_in_range(here: Matcher, there: Matcher, events: Bools, *, whole_sessions: bool) -> Occurrences:
    """Where a checkpoint with a date range of its own is met among the events that a sequence looks at.

    Args:
        here: the events that the sequence looks at.
        there: the events of the date range.
        events: bool[seen there], those that meet it, or those of sessions that meet it.
        whole_sessions: whether an occurrence is all of a session that lies in both.

    Source: G6, G7. Decision: a checkpoint is met by events that the sequence looks at, so a range of its own narrows.
    """
    at = np.flatnonzero(carried(here, there, np.where(events, 0, NEVER), 0) != NEVER)
    if not whole_sessions:
        return Occurrences(at, at)
    starts = run_starts(here.units(1)[at])
    return Occurrences(at[starts], at[np.append(starts[1:], len(at)) - 1]) if len(at) else Occurrences(at, at)
