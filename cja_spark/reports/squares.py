"""What a measure is on rows and in total, also as the sum of the squares of what each person, session or event has."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.squares import Codes, paired, squares_per_code
from cja_spark.reports.ask import Seen
from cja_spark.reports.measures import in_total, per_code
from cja_spark.reports.table_rows import Rows, amounts_of_rows
from cja_spark.view.formula.uses import Measure


def on_rows(seen: Seen, measure: Measure, rows: Rows, codes: Codes, size: int) -> Floats:
    """A measure per code of a table's rows.

    Shapes: codes int32[rows] -> float64[size].
    Source: M6, per unit as per row.
    """
    if not measure.squared_per:
        return amounts_of_rows(seen, measure.metric, rows, codes, size)
    pairs, of_pair = paired(codes, _units(seen, measure.squared_per, rows.at), size)
    return squares_per_code(amounts_of_rows(seen, measure.metric, rows, pairs, len(of_pair)), of_pair, size)


def on_events(seen: Seen, measure: Measure, at: Ints | slice, codes: Codes, size: int) -> Floats:
    """The same per code over chosen events.

    Shapes: at int64[n] event positions ascending, or a slice of them, codes int32[n] -> float64[size].
    """
    if not measure.squared_per:
        return per_code(seen, measure.metric, at, codes, size)
    events = np.arange(seen.journeys.events)[at]
    pairs, of_pair = paired(codes, _units(seen, measure.squared_per, events), size)
    return squares_per_code(per_code(seen, measure.metric, events, pairs, len(of_pair)), of_pair, size)


def of_all(seen: Seen, measure: Measure, mask: Bools) -> float:
    """The same over all masked events."""
    if not measure.squared_per:
        return in_total(seen, measure.metric, mask)
    at = np.flatnonzero(mask)
    return float(on_events(seen, measure, at, np.zeros(len(at), np.int32), 1)[0])


def _units(seen: Seen, container: str, at: Ints) -> Ints:
    if container == "people":
        return seen.journeys.person_of_event()[at].astype(np.int64)
    return seen.sessions[at].astype(np.int64) if container == "sessions" else at
