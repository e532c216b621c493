"""The sums of a table: per row, and in total."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cja_spark.journeys.batch import Floats
from cja_spark.reports.cells import Sums
from cja_spark.reports.distinct import values_in_total, values_per_key
from cja_spark.view.formula.uses import Measure

ROWS, CREDITED = 9_000_000, 9_500_000  # what is a row whatever it is credited with; measures from here on tell that a measure is credit


def per_key(
    sums: Sums, found: tuple[Measure, ...], games: Mapping[Measure, Mapping[tuple[int, ...], float]], width: int
) -> tuple[list[tuple[int, ...]], dict[Measure, Floats]]:
    """The keys of all rows, and per measure its sum on each, 0 where it has no cell.

    Decision: what credit of all tasks cancels out to nothing is no row for its sake, as in one task.
    """
    cells = [
        {} if not width else values_per_key(sums, number, width) if one.distinct else _cells(sums, number, width)
        for number, one in enumerate(found)
    ]
    given = [games.get(one, {}) for one in found]
    rows = sums.by_key(ROWS, width) if width else {}
    place = {key: at for at, key in enumerate(dict.fromkeys(key for some in (rows, *cells, *given) for key in some))}
    amounts = {measure: np.zeros(len(place)) for measure in found}
    for measure, some, more in zip(found, cells, given, strict=True):
        amounts[measure][[place[key] for key in some]] = list(some.values())
        amounts[measure][[place[key] for key in more]] += list(more.values())
    return list(place), amounts


def _cells(sums: Sums, number: int, width: int) -> dict[tuple[int, ...], float]:
    found = sums.by_key(number, width)
    return {key: amount for key, amount in found.items() if amount} if sums.total(CREDITED + number) else found


def totals_of(sums: Sums, found: tuple[Measure, ...], from_: int) -> dict[Measure, float]:
    """Per measure its total: the measure so far above its own number."""
    return {
        measure: values_in_total(sums, from_ + number) if measure.distinct else sums.total(from_ + number)
        for number, measure in enumerate(found)
    }
