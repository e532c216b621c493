"""Limits: a person with more events than a report takes is left out of it, counted and named (rule L3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cja_spark.journeys.batch import Ints, Journeys
from cja_spark.reports.cells import Cells, Sums

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


def left_out_of(sums: Sums) -> Mapping[int, int]:
    """Keys of the persons left out of a report, with how many events each has."""
    return {person: int(events) for (person,), events in sums.by_key(LEFT_OUT).items()}
