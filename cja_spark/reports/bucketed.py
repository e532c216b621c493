"""Units by how much each has: cells of buckets, and of the people whose the units of a bucket are (rule H)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.reports.cells import Cells

UNITS, PEOPLE, ALL_PEOPLE = 0, 1, 2  # what cells count


def add_units(cells: Cells, amounts: Floats | Ints, whose: Ints, edges: Sequence[float], *, are_people: bool) -> None:
    """Count units per place: below all edges, between two, above the last; and people, once per place, where units are none.

    Args:
        cells: where they are counted.
        amounts: what each unit has.
        whose: the person of each unit.
        edges: where places after the first one begin, ascending.
        are_people: whether each unit is a person.

    Shapes: amounts float64[units] or int64[units], whose int64[units].
    Source: H: a place holds its start and not its end.
    """
    places, size = np.searchsorted(edges, amounts, side="right"), len(edges) + 1
    _add(cells, UNITS, places)
    if not are_people:
        _add(cells, PEOPLE, np.unique(whose * size + places) % size)
        cells.add(ALL_PEOPLE, len(np.unique(whose)))


def _add(cells: Cells, number: int, places: Ints) -> None:
    counts = np.bincount(places)
    filled = np.flatnonzero(counts)
    cells.add(number, counts[filled], filled)
