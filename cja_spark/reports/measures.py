"""Measures: the base metrics that the columns of a report are computed from, and their sums per group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from cja_spark.errors import ConfigurationError
from cja_spark.journeys.batch import Bools, Floats
from cja_spark.kernels.counting import distinct_units, sums_per_code, units_per_code
from cja_spark.reports.ask import Seen
from cja_spark.view.calculate import calculate, names_in
from cja_spark.view.spec import STANDARD_METRICS, CalculatedMetric, View
from cja_spark.view.standard import SESSION_TYPES

DISTINCT = ("people", "sessions", *SESSION_TYPES)
IN_MS = "time_spent_seconds"  # ms in cells, so that sums are exact; seconds where it is shown


def base_metrics(metrics: Iterable[str], view: View) -> tuple[str, ...]:
    """The metrics that must be summed so that `metrics` can be shown, each once, in a fixed order.

    Raises:
        ConfigurationError: a metric that the view does not have.
    """
    found: dict[str, None] = {}
    for name in metrics:
        if name in STANDARD_METRICS:
            found[name] = None
            continue
        if name not in view.metrics:
            raise ConfigurationError.unknown("metric", name, view.metric_names())
        metric = view.metrics[name]
        if isinstance(metric, CalculatedMetric):
            found |= dict.fromkeys(base_metrics(names_in(metric.calculate), view))
        else:
            found[name] = None
    return tuple(found)


def shown(name: str, view: View, amounts: Mapping[str, float | None]) -> float | None:
    """A column's value from the sums of its base metrics."""
    metric = view.metrics.get(name)
    if not isinstance(metric, CalculatedMetric):
        amount = amounts.get(name, 0.0)
        return amount / 1000 if name == IN_MS and amount is not None else amount
    parts = {part: shown(part, view, amounts) for part in names_in(metric.calculate)}
    return calculate(metric.calculate, parts)


def per_code(seen: Seen, metric: str, at: npt.NDArray[np.int64], codes: npt.NDArray[np.int32], size: int) -> Floats:
    """A metric per code over chosen events.

    Shapes: at int64[n] event positions ascending, codes int32[n] -> float64[size].
    """
    if metric == "people":
        return units_per_code(codes, seen.journeys.person_of_event()[at], size).astype(np.float64)
    if metric == "sessions":
        return units_per_code(codes, seen.sessions[at], size).astype(np.float64)
    if metric in SESSION_TYPES:
        some = _of_type(seen, metric, at)
        return units_per_code(codes[some], seen.sessions[at[some]], size).astype(np.float64)
    if metric == "events":
        return np.bincount(codes, minlength=size).astype(np.float64)
    return sums_per_code(codes, seen.amounts(metric)[at], size)


def _of_type(seen: Seen, metric: str, at: npt.NDArray[np.int64]) -> Bools:
    """Which of some events are of a session that a metric of session types counts (S6)."""
    return np.asarray(seen.journeys.ids("session_type")[at] == SESSION_TYPES[metric], bool)


def in_total(seen: Seen, metric: str, mask: Bools) -> float:
    """A metric over all masked events, people and sessions counted once."""
    if metric == "events":
        return float(np.count_nonzero(mask))
    if metric == "people":
        return float(distinct_units(seen.journeys.person_of_event()[mask]))
    if metric == "sessions":
        return float(distinct_units(seen.sessions[mask]))
    if metric in SESSION_TYPES:
        at = np.flatnonzero(mask)
        return float(distinct_units(seen.sessions[at[_of_type(seen, metric, at)]]))
    return float(np.nansum(seen.amounts(metric)[mask]))
