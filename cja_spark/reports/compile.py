"""From a project's reports to asks: ranges in ms, texts to ids, the stored columns each needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.errors import ConfigurationError
from cja_spark.journeys.batch import Ints, Window
from cja_spark.kernels.segments import TextIds, positive
from cja_spark.reports.ask import Ask
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.dictionary import maps_of, refused_in, shown_in, shown_values
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.looking import ids_of_functions, looking_of
from cja_spark.reports.mapped import Maps
from cja_spark.reports.measures import base_metrics, measures
from cja_spark.reports.ranges import NO_RANGES, Ranges, days_used
from cja_spark.reports.single_values import refuse_lists
from cja_spark.reports.spec import Report
from cja_spark.reports.standard import first_seen_from, ids_of_conditions
from cja_spark.reports.text_rules import tellers
from cja_spark.reports.text_test import text_test
from cja_spark.reports.whole_periods import before_periods
from cja_spark.reports.window import back_from, days_of, window
from cja_spark.span import Months
from cja_spark.spec import LAST_DAY, Spec
from cja_spark.view.attribution import Attribution
from cja_spark.view.calendar import instant_ms, local_day
from cja_spark.view.components import Metric
from cja_spark.view.condition import DimensionCondition, MetricCondition, Segment, SegmentReference, leaves
from cja_spark.view.persistence import OnMetric
from cja_spark.view.ranges import Days
from cja_spark.view.sequence import Changes
from cja_spark.view.spec import STANDARD_METRICS, View
from cja_spark.view.standard import SESSION_TYPES, STANDARD_DIMENSIONS
from cja_spark.view.summary_sources import is_of_summary, summary_dimensions


def window_of(report: Report, view: View, data_until: int, as_of: int) -> Window:
    """A report's time in ms (rules O5-O7).

    Args:
        report: the report.
        view: its view, for the time zone, the session timeout and what persists.
        data_until: the instant up to which the connection is complete, ms.
        as_of: the instant `last n days` count back from; its local day is the last one.
    """
    return window_with(report, view, REPORTS.named(report.report).tail(report), data_until, as_of)


def window_with(report: Report, view: View, tail: timedelta | Months | None, data_until: int, as_of: int) -> Window:
    """The same with a tail."""
    days = days_of(report, today_at(as_of, view), view.calendar)
    return window_on(days, report, view, tail, data_until)


def today_at(as_of: int, view: View) -> date:
    """The local day of an instant, ms: the last one of `last n days`."""
    return min(local_day(as_of, view.time_zone), LAST_DAY)


def window_on(days: Days, report: Report, view: View, tail: timedelta | Months | None, data_until: int) -> Window:
    """The time of a report as if some days were its range."""
    return window(
        days, view, persistent_in(report, view), report.person_scope, tail=tail, complete=data_until,
        of_person=asks_persons(report, view) or any(how.reads_person for how in attributions_in(report, view)),
        back=looks_back(report, view, instant_ms(days[0], view.time_zone)),
    )  # fmt: skip


def ranges_of(report: Report, view: View, data_until: int, as_of: int) -> Ranges:
    """What the date ranges of a report's segments read, and those that it compares: what the report would read if they were its range (G6)."""
    ranges = Ranges(today_at(as_of, view))
    used = dict.fromkeys((*days_used(conditions_of(report, view), view, ranges), *report.days_compared(ranges.today, view.calendar)))
    return replace(ranges, windows={days: window_on(days, report, view, None, data_until) for days in used}) if used else NO_RANGES


def looks_back(report: Report, view: View, start: int) -> timedelta:
    """How far before `start`, ms UTC, attribution, session types, cohorts of newcomers, growth and the report itself look (A2, S6, C1, K)."""
    months = start - first_seen_from(start, view.time_zone) if report.knows_newcomers() or "session_type" in standard_in(report, view) else 0
    lookbacks = (back_from(start, how.looks_back(), view.time_zone) for how in attributions_in(report, view))
    return max([timedelta(milliseconds=months), report.looks_back(), before_periods(start, report, view), *lookbacks])


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
    """All conditions on components that a report evaluates, those of the view's own segments included."""
    return all_leaves(conditions_of(report, view), view)


def conditions_of(report: Report, view: View) -> list[Spec]:
    """All segments and conditions that a report evaluates, the view's own segments included."""
    uses: list[Spec] = []
    named = tuple(name for name in report.names_used() if name not in view.metric_names())
    of_columns = dict.fromkeys(name for one in measures(report.metrics_used(), view) for name in one.segments)
    for use in (*view.view_segments, *report.segments, *report.segments_used(), *named, *of_columns):
        uses.append(use if isinstance(use, Segment) else SegmentReference(segment=use))
    return [*uses, *report.conditions()]


def dimensions_read(report: Report, view: View) -> tuple[str, ...]:
    """Names of the dimensions that a report shows, compares or counts, sorted."""
    compared = (leaf.dimension for leaf in report_leaves(report, view) if isinstance(leaf, DimensionCondition | Changes))
    counted = (one.distinct for one in measures(report.metrics_used(), view) if one.distinct)
    return tuple(sorted({*report.dimensions_used(), *compared, *counted}))


def persistent_in(report: Report, view: View) -> tuple[str, ...]:
    """Those of them that have persistence; an unknown name is another's fault to find."""
    names = (name for name in dimensions_read(report, view) if name in view.dimensions)
    return tuple(name for name in names if view.dimensions[name].persistence)


def standard_in(report: Report, view: View) -> tuple[str, ...]:
    """The standard dimensions that a report shows, compares or counts sessions by, sorted."""
    found = {name for name in dimensions_read(report, view) if name in STANDARD_DIMENSIONS}
    return tuple(sorted(found | ({"session_type"} if {*_base_read(report, view)} & {*SESSION_TYPES} else set())))


def metrics_read(report: Report, view: View) -> tuple[str, ...]:
    """Names of the metrics that a report reads from events, sorted: what sums, conditions and persistence are made of.

    Raises:
        ConfigurationError: a metric that the view does not have.
    """
    found = (name for name in _base_read(report, view) if name not in STANDARD_METRICS)
    return tuple(sorted(name for name in found if not is_of_summary(view, name)))


def _base_read(report: Report, view: View) -> tuple[str, ...]:
    names = [*report.metrics_used(), *(name for name in report.names_used() if name in view.metric_names())]
    names += [leaf.metric for leaf in report_leaves(report, view) if isinstance(leaf, MetricCondition)]
    for name in persistent_in(report, view):
        how = view.dimensions[name].persistence
        names += [how.expiration.metric] if how and isinstance(how.expiration, OnMetric) else []
        names += [how.binding_metric] if how and how.binding_metric else []
    return base_metrics(names, view)


def deduplicated_in(report: Report, view: View) -> tuple[str, ...]:
    """Those of them that have deduplication."""
    metrics = ((name, view.metrics[name]) for name in metrics_read(report, view))
    return tuple(name for name, metric in metrics if isinstance(metric, Metric) and metric.deduplication)


def neighbours_in(report: Report, view: View) -> tuple[str, ...]:
    """Components that a report reads whose derived field looks at other events."""
    bound = (how.binding for name in persistent_in(report, view) if (how := view.dimensions[name].persistence))
    dimensions = {*dimensions_read(report, view), *filter(None, bound)}
    components = {name: view.dimensions[name] for name in dimensions if name in view.dimensions}
    read = {**components, **{name: view.metrics[name] for name in metrics_read(report, view)}}
    return tuple(sorted(name for name, one in read.items() if view.neighbour_of(one)))


def asks_persons(report: Report, view: View) -> bool:
    """Whether deduplication or a derived field of the report looks at all of a person."""
    looking = (one for name in neighbours_in(report, view) for one in looking_of(view, name))
    return deduplicates_persons(report, view) or any(one.of_person for one in looking)


def attributions_in(report: Report, view: View) -> tuple[Attribution, ...]:
    """How the metrics that a report shows, or the report itself, credit the values of its dimension."""
    some = (attribution_of(one, report, view) for one in measures(report.metrics_used(), view))
    return (*(how for how in some if how), *report.credited_by())


def deduplicates_persons(report: Report, view: View) -> bool:
    """Whether one of those looks at all of a person."""
    metrics = (view.metrics[name] for name in deduplicated_in(report, view))
    return any(isinstance(one, Metric) and one.deduplication and one.deduplication.scope == "person" for one in metrics)


def columns_of(reports: Iterable[Report], view: View) -> list[str]:
    """Stored columns that some reports read, sorted.

    Raises:
        ConfigurationError: a component that the view does not have.
    """
    metrics: set[str] = {*view.session.starts_with}
    dimensions: set[str] = set()
    for report in reports:
        metrics |= {*metrics_read(report, view)}
        dimensions |= {*dimensions_read(report, view)}
        bindings = (view.dimensions[name].persistence for name in persistent_in(report, view))
        dimensions |= {how.binding for how in bindings if how and how.binding}
        dimensions |= {name for metric in deduplicated_in(report, view) if (name := _id_of(view, metric))}
        dimensions |= {name for one in neighbours_in(report, view) for name in ids_of_functions(view, one)}
    dimensions |= {*tellers(metrics, view).values()}
    dimensions -= {*STANDARD_DIMENSIONS, *summary_dimensions(view)}
    return sorted({column for name in metrics for column in _metric_columns(name, view)} | {column for name in dimensions for column in _dimension_columns(name, view)})


def _metric_columns(name: str, view: View) -> tuple[str, ...]:
    made = name in view.metrics and view.neighbour_of(view.metrics[name])
    return tuple(column for column, _ in view.held_of(name)) if made else (f"m_{name}",)


def _id_of(view: View, metric: str) -> str | None:
    found = view.metrics[metric]
    return found.deduplication.id if isinstance(found, Metric) and found.deduplication else None


def _dimension_columns(name: str, view: View) -> tuple[str, ...]:
    if name not in view.dimensions:
        raise ConfigurationError.unknown("dimension", name, view.dimensions)
    dimension = view.dimensions[name]
    if view.neighbour_of(dimension):
        return tuple(column for column, _ in view.held_of(name))
    return (f"p_{name}" if dimension.profile else f"d_{name}",)


def values_of(reports: Sequence[Report], view: View, values: DataFrame) -> tuple[TextIds, Maps]:
    """What reports need of the dictionary: ids that conditions on parts of texts match, and what values become."""
    columns = columns_of(reports, view)
    names = {column[2:] for column in columns if column[:2] in ("d_", "p_")}
    names |= {name for report in reports for name in (*neighbours_in(report, view), *dimensions_read(report, view))}
    shown = shown_in(names, view, values)
    maps = {**maps_of(shown), **refused_in([column[2:] for column in columns if column.startswith("m_")], view, values)}
    return text_ids(reports, view, shown_values(values, shown) if shown else values), maps


def text_ids(reports: Sequence[Report], view: View, values: DataFrame) -> TextIds:
    """Ids of the texts that conditions on parts of texts match, looked up once in the dictionary as it is shown."""
    wanted = {
        positive(leaf)
        for report in reports
        for leaf in report_leaves(report, view)
        if isinstance(leaf, DimensionCondition) and leaf.dimension not in STANDARD_DIMENSIONS
    }
    found = {}
    for condition in wanted:
        test = text_test(condition)
        if test is not None:
            ids = values.where((F.col("dimension") == condition.dimension) & test).select("id").toArrow()
            found[condition] = np.sort(ids["id"].to_numpy())
    return found


def standard_ids(asks: Iterable[Ask]) -> TextIds:
    """Ids that conditions on standard dimensions match, of all reports of a run."""
    found: dict[DimensionCondition, Ints] = {}
    for ask in asks:
        compared = tuple(leaf for leaf in report_leaves(ask.report, ask.view) if isinstance(leaf, DimensionCondition))
        for one in ask.windows():
            for condition, ids in ids_of_conditions(compared, ask.view, one).items():
                found[condition] = np.union1d(found.get(condition, ids), ids)
    return found


def asks_of(
    reports: Sequence[Report], view: View, values: DataFrame, *, data_until: int, as_of: int,
    arrays: Mapping[str, tuple[str, ...]],
) -> tuple[Ask, ...]:
    """Reports ready to run, all of one run under the same clock.

    Raises:
        ConfigurationError: a dimension inside an array where a report needs one value per event.
    """
    asks = [
        Ask(
            report.settled(view), view, window_of(report, view, data_until, as_of), {}, arrays, persistent_in(report, view),
            deduplicated_in(report, view), standard_in(report, view), neighbours=neighbours_in(report, view),
            ranges=ranges_of(report, view, data_until, as_of),
        )
        for report in reports
    ]  # fmt: skip
    for ask in asks:
        refuse_lists(ask, report_leaves(ask.report, view))
    ids, maps = values_of(reports, view, values)
    ids = {**ids, **standard_ids(asks)}
    return tuple(replace(ask, text_ids=ids, values=maps) for ask in asks)
