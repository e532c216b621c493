"""Dimensions of summary data on events: no value."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.hashing import value_id
from cja_spark.view.spec import View
from cja_spark.view.summary_sources import summary_dimensions


def nothing_of(view: View, dimension: str) -> int:
    """The id of no value: 0, or that of the label that is a value."""
    found = view.dimensions.get(dimension)
    return value_id(view.no_value_of(dimension)) if found is not None and found.as_value else 0


def with_no_values(journeys: Journeys, view: View) -> Journeys:
    """The same journeys, on which the dimensions have no value that only rows of summary data have.

    Source: O8.
    """
    nothing = {f"d_{name}": nothing_of(view, name) for name in summary_dimensions(view)}
    if not nothing:
        return journeys
    return journeys.remembered(
        ("no values", *nothing.items()),
        lambda: journeys.with_columns({name: np.full(journeys.events, one, np.int64) for name, one in nothing.items()}),
    )
