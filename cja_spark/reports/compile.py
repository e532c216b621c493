"""From a project's reports to asks: ranges in ms, texts to ids, the stored columns each needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.errors import ConfigurationError
from cja_spark.journeys.batch import Window
from cja_spark.kernels.segments import TextIds, positive
from cja_spark.reports.ask import REPORTS, Ask
from cja_spark.reports.measures import base_metrics
from cja_spark.reports.spec import Between, Last, Report, several_values
from cja_spark.spec import LAST_DAY, Spec, milliseconds
from cja_spark.view.calendar import instant_ms, local_day
from cja_spark.view.condition import DimensionCondition, MetricCondition, Segment, SegmentReference, leaves
from cja_spark.view.spec import STANDARD_METRICS, View

DAY_MS = 86_400_000


def window_of(report: Report, view: View, data_until: int, as_of: int) -> Window:
    """A report's time in ms (rules O5-O7).

    Args:
        report: the report.
        view: its view, for the time zone and the session timeout.
        data_until: the instant up to which the connection is complete, ms.
        as_of: the instant `last n days` count back from; its local day is the last one.
    """
    first, after = days_of(report, min(local_day(as_of, view.time_zone), LAST_DAY))
    start, end = instant_ms(first, view.time_zone), instant_ms(after, view.time_zone)
    tail = REPORTS.named(report.report).tail_ms(report, view)
    back = max(DAY_MS, milliseconds(view.session.timeout))
    return Window(start - back, start, end, end + tail, data_until)


def days_of(report: Report, today: date) -> tuple[date, date]:
    """First day of the range, and the day after its last."""
    span = report.range
    if isinstance(span, Between):
        return span.from_, max(span.to + timedelta(days=1), span.from_)
    assert isinstance(span, Last)
    after = today + timedelta(days=1)
    if span.unit in ("day", "week"):
        return after - timedelta(days=span.count * (7 if span.unit == "week" else 1)), after
    months = span.count * (12 if span.unit == "year" else 1)
    return _months_before(after, months), after


def _months_before(day: date, months: int) -> date:
    """The same day some months earlier, clamped to the month's end (O6)."""
    month = day.year * 12 + day.month - 1 - months
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(month // 12, month % 12 + 1, min(day.day, last))


def all_leaves(conditions: Iterable[Spec], view: View, seen: frozenset[str] = frozenset()) -> list[Spec]:
    """All metric and dimension conditions of some conditions, those of referenced segments included.

    Raises:
        ConfigurationError: an unknown segment, or one that refers to itself.
    """
    found: list[Spec] = []
    for condition in conditions:
        for leaf in leaves(condition):
            if not isinstance(leaf, SegmentReference):
                found.append(leaf)
                continue
            if leaf.segment in seen:
                raise ConfigurationError(f"segment '{leaf.segment}' refers to itself.")
            if leaf.segment not in view.segments:
                raise ConfigurationError.unknown("segment", leaf.segment, view.segments)
            found += all_leaves([view.segments[leaf.segment]], view, seen | {leaf.segment})
    return found


def report_leaves(report: Report, view: View) -> list[Spec]:
    """All conditions that a report evaluates."""
    uses: list[Spec] = []
    named = tuple(name for name in report.names_used() if name not in view.metric_names())
    for use in (*report.segments, *report.segments_used(), *named):
        uses.append(use if isinstance(use, Segment) else SegmentReference(segment=use))
    return all_leaves([*uses, *report.conditions()], view)


def columns_of(reports: Iterable[Report], view: View) -> list[str]:
    """Stored columns that some reports read, sorted.

    Raises:
        ConfigurationError: a component that the view does not have.
    """
    metrics: list[str] = list(view.session.starts_with)
    dimensions: list[str] = []
    for report in reports:
        metrics += [*report.metrics_used(), *(name for name in report.names_used() if name in view.metric_names())]
        dimensions += report.dimensions_used()
        for leaf in report_leaves(report, view):
            if isinstance(leaf, MetricCondition):
                metrics.append(leaf.metric)
            elif isinstance(leaf, DimensionCondition):
                dimensions.append(leaf.dimension)
    stored = {f"m_{name}" for name in base_metrics(metrics, view) if name not in STANDARD_METRICS}
    return sorted(stored | {_dimension_column(name, view) for name in dimensions})


def _dimension_column(name: str, view: View) -> str:
    if name not in view.dimensions:
        raise ConfigurationError.unknown("dimension", name, view.dimensions)
    return f"p_{name}" if view.dimensions[name].profile else f"d_{name}"


def text_ids(reports: Sequence[Report], view: View, values: DataFrame) -> TextIds:
    """Ids of the texts that conditions on parts of texts match, looked up once in the dictionary."""
    wanted = {
        positive(leaf)
        for report in reports
        for leaf in report_leaves(report, view)
        if isinstance(leaf, DimensionCondition)
    }
    found = {}
    for condition in wanted:
        test = _text_test(condition)
        if test is not None:
            ids = values.where((F.col("dimension") == condition.dimension) & test).select("id").toArrow()
            found[condition] = np.sort(ids["id"].to_numpy())
    return found


def _text_test(condition: DimensionCondition) -> Column | None:
    if condition.contains is not None:
        return F.col("value").contains(F.lit(condition.contains))
    if condition.starts_with is not None:
        return F.col("value").startswith(F.lit(condition.starts_with))
    if condition.ends_with is not None:
        return F.col("value").endswith(F.lit(condition.ends_with))
    return None


def asks_of(
    reports: Sequence[Report], view: View, values: DataFrame, *, data_until: int, as_of: int,
    arrays: Mapping[str, tuple[str, ...]],
) -> tuple[Ask, ...]:
    """Reports ready to run, all of one run under the same clock.

    Raises:
        ConfigurationError: a dimension inside an array where a report needs one value per event.
    """
    asks = [Ask(report, view, window_of(report, view, data_until, as_of), {}, arrays) for report in reports]
    for ask in asks:
        _refuse_lists(ask)
    ids = text_ids(reports, view, values)
    return tuple(replace(ask, text_ids=ids) for ask in asks)


def _refuse_lists(ask: Ask) -> None:
    for name in ask.report.single_valued():
        if inside := ask.arrays_of_dimension(name):
            raise ConfigurationError(several_values(name, inside))
    for leaf in report_leaves(ask.report, ask.view):
        if not isinstance(leaf, DimensionCondition) or leaf.model != "non_repeating":
            continue
        if ask.arrays_of_dimension(leaf.dimension):
            raise ConfigurationError(
                f"model: non_repeating compares an event with the one before; dimension '{leaf.dimension}' has "
                "several values on an event."
            )
