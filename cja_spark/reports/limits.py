"""Limits: a person with more events than a report takes is left out of it, counted and named (rule L3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cja_spark.journeys.batch import Ints, Journeys, Window
from cja_spark.kernels.ranges import Place
from cja_spark.kernels.segments import Matcher
from cja_spark.reports.cells import Cells, Sums
from cja_spark.view.ranges import DateRange

LEFT_OUT = -1  # the measure of the cells that name who was left out of a report; kernels count from 0


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Persons that a report leaves out.

    Attributes:
        persons: int64[persons left out], their keys.
        events: int64[persons left out], how many events each has in what the report reads.
    """

    persons: Ints
    events: Ints

    def cells(self) -> Cells:
        """One cell per person left out: its key and its events."""
        cells = Cells()
        if len(self.persons):
            cells.add(LEFT_OUT, self.events, self.persons)
        return cells


def within_limit(journeys: Journeys, max_events: int) -> tuple[Journeys, LeftOut]:
    """The batch without the events of persons that have more than `max_events`, and who those are.

    Such a person stays in the batch without events, so that positions of persons do not change.
    """
    lengths = np.diff(journeys.offsets)
    long = lengths > max_events
    if not long.any():
        return journeys, LeftOut(lengths[:0], lengths[:0])
    keys = journeys.person_ids
    assert keys is not None, "a batch with a limit knows its persons' keys"
    return journeys.only(np.repeat(~long, lengths)), LeftOut(keys[long], lengths[long])


def within_limits(read: Journeys, windows: tuple[Window, ...], max_events: int | None) -> tuple[Journeys, LeftOut]:
    """What a report reads for its range, without persons that have too many events there or in what a segment reads.

    Args:
        read: all events.
        windows: the report's time, then those that segments with a date range look into.
        max_events: the limit; None leaves nobody out.
    """
    own, *others = (read.between(one.read_from, max(one.until, one.end)) for one in windows[: None if max_events else 1])
    most = own.events if max_events is None else max_events
    if not others:
        return own.remembered(("within", most), lambda: within_limit(own, most))
    lengths = np.maximum.reduce([np.diff(part.offsets) for part in (own, *others)])
    long = lengths > most
    if not long.any():
        return own, LeftOut(lengths[:0], lengths[:0])
    assert own.person_ids is not None, "a batch with a limit knows its persons' keys"
    return own.only(np.repeat(~long, np.diff(own.offsets))), LeftOut(own.person_ids[long], lengths[long])


def place_in(read: Journeys, window: Window, left_out: LeftOut, inside: Callable[[DateRange], Matcher]) -> Place:
    """Where the events that `within_limits` gives for a window lie among all, and the way to other days."""
    outside = tuple(left_out.persons.tolist())

    def make() -> Ints:
        kept = (read.t >= window.read_from) & (read.t < max(window.until, window.end))
        if outside:
            assert read.person_ids is not None
            kept &= ~np.isin(read.person_ids, left_out.persons)[read.person_of_event()]
        return np.flatnonzero(kept)

    return Place(read.remembered(("places", window, outside), make), read.events, inside)


def left_out_of(sums: Sums) -> Mapping[int, int]:
    """Keys of the persons left out of a report, with how many events each has."""
    return {person: int(events) for (person,), events in sums.by_key(LEFT_OUT).items()}
