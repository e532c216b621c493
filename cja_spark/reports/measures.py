"""Measures: what is summed so that the columns of a report can be computed, per group, and the columns themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from cja_spark.errors import ConfigurationError
from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.counting import distinct_units, sum_of, sums_per_code, units_per_code
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import KEYS
from cja_spark.view.components import Metric
from cja_spark.view.formula.evaluate import Sheet, column
from cja_spark.view.formula.uses import Measure, measures_of
from cja_spark.view.spec import View
from cja_spark.view.standard import SESSION_TYPES, STANDARD_DIMENSIONS
from cja_spark.view.summary_sources import is_of_summary

DISTINCT = ("people", "sessions", *SESSION_TYPES)
IN_MS = "time_spent_seconds"  # ms in cells, so that sums are exact; seconds where it is shown


def measures(metrics: Iterable[str], view: View) -> tuple[Measure, ...]:
    """What must be summed so that `metrics` can be shown, each once, in a fixed order.

    Raises:
        ConfigurationError: a metric, a segment or a dimension that the view does not have.
    """
    formulas = view.formulas()
    found = tuple(dict.fromkeys(one for name in metrics for one in measures_of(name, formulas)))
    for one in found:
        if one.distinct and one.distinct not in (*view.dimensions, *STANDARD_DIMENSIONS):
            raise ConfigurationError.unknown("dimension", one.distinct, (*view.dimensions, *STANDARD_DIMENSIONS))
        if not one.distinct and one.metric not in view.metric_names():
            raise ConfigurationError.unknown("metric", one.metric, view.metric_names())
        for name in one.segments:
            if name not in view.segments:
                raise ConfigurationError.unknown("segment", name, view.segments)
    return found


def base_metrics(metrics: Iterable[str], view: View) -> tuple[str, ...]:
    """The metrics that are summed for them, each once.

    Raises:
        ConfigurationError: a metric or a segment that the view does not have.
    """
    return tuple(dict.fromkeys(one.metric for one in measures(metrics, view) if not one.distinct))


def kept(seen: Seen, measure: Measure, mask: Bools) -> Bools:
    """The masked events of a measure: those that all of its own segments keep too (O10: each on its own, then ANDed).

    Shapes: mask bool[events] -> bool[events].
    """
    for name in measure.segments:
        mask = mask & seen.matches(seen.ask.segment(name))
    return mask


def shown(
    metrics: Iterable[str], view: View, sums: Mapping[Measure, Floats], totals: Mapping[Measure, float], rows: Bools,
    controls: Mapping[str, Mapping[Measure, Floats]] | None = None,
) -> dict[str, Floats]:  # fmt: skip
    """The columns of a report from its sums.

    Args:
        metrics: the columns.
        view: the data view.
        sums: per measure its sum on each row, NaN where it is not known.
        totals: per measure its grand total.
        rows: the rows that functions over rows run over.
        controls: per value that rows are compared with, and per measure, its sum on the control of each row.

    Shapes: sums float64[rows], rows bool[rows] -> float64[rows] each.
    """
    sheet = Sheet(
        _all_spoken(sums),
        {one: float(spoken(one, np.array(total))) for one, total in totals.items()},
        rows,
        {control: _all_spoken(there) for control, there in (controls or {}).items()},
    )
    formulas = view.formulas()
    return {name: column(name, formulas, sheet) for name in metrics}


def rounded_counts(columns: Mapping[str, Floats], view: View) -> dict[str, Floats]:
    """The columns with those of metrics that count, shown without decimals, as whole numbers, half up.

    Shapes: float64[rows] each -> float64[rows] each.
    Source: M5.
    """
    return {name: np.floor(amounts + 0.5) if _counts(name, view) else amounts for name, amounts in columns.items()}


def _counts(name: str, view: View) -> bool:
    metric = view.metrics.get(name)
    return isinstance(metric, Metric) and metric.format == "decimal" and metric.decimals == 0


def spoken(measure: Measure, amounts: Floats) -> Floats:
    """Amounts in the unit that they are shown in."""
    if measure.metric != IN_MS:
        return amounts
    return amounts / 1000**2 if measure.squared_per else amounts / 1000


def _all_spoken(sums: Mapping[Measure, Floats]) -> dict[Measure, Floats]:
    return {one: spoken(one, amounts) for one, amounts in sums.items()}


def per_code(seen: Seen, metric: str, at: Ints | slice, codes: npt.NDArray[np.int32], size: int) -> Floats:
    """A metric per code over chosen events.

    Shapes: at int64[n] event positions ascending, or a slice of them, codes int32[n] -> float64[size].
    """
    if is_of_summary(seen.ask.view, metric):  # its rows join the sums of all tasks
        return np.zeros(size)
    if metric == "people":
        return units_per_code(codes, seen.journeys.person_of_event()[at], size).astype(np.float64)
    if metric == "sessions":
        return units_per_code(codes, seen.sessions[at], size).astype(np.float64)
    if metric in SESSION_TYPES:
        some = _of_type(seen, metric)[at]
        return units_per_code(codes[some], seen.sessions[at][some], size).astype(np.float64)
    if metric == "events":
        return np.bincount(codes, minlength=size).astype(np.float64)
    return sums_per_code(codes, seen.amounts(metric)[at], size)


def _of_type(seen: Seen, metric: str) -> Bools:
    """Which events are of a session that a metric of session types counts (S6): bool[events]."""
    return np.asarray(seen.journeys.ids("session_type") == SESSION_TYPES[metric], bool)


def in_total(seen: Seen, metric: str, mask: Bools) -> float:
    """A metric over all masked events, people and sessions counted once."""
    if is_of_summary(seen.ask.view, metric):
        return 0.0
    if metric == "events":
        return float(np.count_nonzero(mask))
    if metric == "people":
        return float(distinct_units(seen.journeys.person_of_event(), mask))
    if metric == "sessions":
        return float(distinct_units(seen.sessions, mask))
    if metric in SESSION_TYPES:
        return float(distinct_units(seen.sessions, mask & _of_type(seen, metric)))
    return sum_of(seen.amounts(metric), mask)


def most_keys(asks: Sequence[Ask]) -> int:
    """How many keys the cells of a pass have: four, or as many as its deepest table has dimensions.

    Decision: only a pass with such a table has wider cells; a measure that counts distinct values has each as one more key.
    """
    return max((_keys(ask) for ask in asks), default=KEYS)


def _keys(ask: Ask) -> int:
    combined = len(ask.report.dimensions_combined())
    if combined < KEYS:
        return KEYS
    return combined + any(one.distinct for one in measures(ask.report.metrics_used(), ask.view))
