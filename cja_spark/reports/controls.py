"""Controls: the row of a table that each other row is compared with, whether it is shown or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.reports.ask import Ask
from cja_spark.reports.kind import Names
from cja_spark.view.context import variant_among
from cja_spark.view.formula.uses import Measure, controls_of

if TYPE_CHECKING:
    from cja_spark.reports.table import Table

Key = tuple[int, ...]
Places = Mapping[str, Ints]


def controls_in(keys: Sequence[Key], ask: Ask[Table], names: Names) -> Places:
    """Per control that the columns name, the place of the row that each row is compared with; -1 where there is none.

    Shapes: -> int64[keys] each.
    Source: Decision: the control of a row has the control's value for the variant, and the row's own values of all other
        dimensions.
    """
    report, view = ask.report, ask.view
    formulas = view.formulas()
    wanted = {control for name in report.metrics_used() for control in controls_of(name, formulas)}
    at = variant_among(report.dimensions, view.dimensions)
    if not wanted or at is None:
        return {}
    place = {key: number for number, key in enumerate(keys)}
    ids = _ids_by_text(report.dimensions[at], (key[at] for key in keys), ask, names)
    return {control: _places(keys, place, at, ids.get(control, ())) for control in wanted}


def _ids_by_text(dimension: str, ids: Iterable[int], ask: Ask, names: Names) -> dict[str, list[int]]:
    """The ids of each text; a value comes before *no value* of the same text."""
    some = np.unique(np.array([*ids], np.int64))
    known, found = names(dimension, some), dict[str, list[int]]()
    nothing = ask.view.no_value_of(dimension)
    for one in sorted(some.tolist(), key=lambda one: one == 0):
        found.setdefault(known.get(one, nothing) if one else nothing, []).append(one)
    return found


def _places(keys: Sequence[Key], place: Mapping[Key, int], at: int, ids: Iterable[int]) -> Ints:
    found = np.full(len(keys), -1, np.int64)
    for one in [*ids][::-1]:
        twins = np.array([place.get((*key[:at], one, *key[at + 1 :]), -1) for key in keys], np.int64)
        found = np.where(twins >= 0, twins, found)
    return found


def beside(places: Places, rows: Sequence[int], amounts: Mapping[Measure, Floats]) -> dict[str, dict[Measure, Floats]]:
    """Per control and measure its sum on the control of each row.

    Args:
        places: what `controls_in` gives.
        rows: the place of each row among all, -1 for a total.
        amounts: per measure its sum on all rows, float64[keys].

    Shapes: rows int64[rows] -> float64[rows] each; NaN where there is no control.
    """
    return {control: {one: _at(own, _of_rows(there, rows)) for one, own in amounts.items()} for control, there in places.items()}


def _of_rows(places: Ints, rows: Sequence[int]) -> Ints:
    return np.append(places, -1)[np.asarray(rows, np.int64)]


def _at(amounts: Floats, places: Ints) -> Floats:
    return np.append(amounts, np.nan)[places]
