"""Trace: the journey of one person, read from the lake, as the reports of a project see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
from pyspark.sql import functions as F

from cja_spark import plan
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.instants import milliseconds_of
from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.merge import merge
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.compile import (
    columns_of,
    deduplicated_in,
    neighbours_in,
    persistent_in,
    ranges_of,
    standard_ids,
    standard_in,
    values_of,
    window_with,
)
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.names import names_from
from cja_spark.reports.periods_read import is_read
from cja_spark.reports.spec import Report
from cja_spark.reports.standard import texts_with_standard
from cja_spark.reports.traced import Traced, traced_credits, traced_events
from cja_spark.sources.failures import spark_errors
from cja_spark.view.components import Metric
from cja_spark.view.spec import View
from cja_spark.view.standard import STANDARD_DIMENSIONS
from cja_spark.view.summary_sources import is_of_summary

MOST_EVENTS = 20_000


@dataclass(frozen=True)
class Trace:
    """One person's events as a report sees them.

    Attributes:
        events: one row per event, see `traced_events`.
        credits: one row per conversion and touch, see `traced_credits`.
    """

    events: pa.Table
    credits: pa.Table


def trace(
    lake: Lake, project: Project, person_id: str, names: Sequence[str] = (), *, report: str | None = None,
    credit: str | None = None, as_of: datetime | None = None,
) -> Trace:  # fmt: skip
    """Show why a number is what it is: the events of one person with what a report sees on each.

    Args:
        lake: the lake.
        project: the project.
        person_id: the person.
        names: dimensions, metrics of events and segments to show; all of the view when empty.
        report: a report of the project: its range, person scope and segments are the trace's. Without one the last 90 days.
        credit: the dimension whose values metrics with attribution are credited to.
        as_of: the instant that `last 90 days` counts back from; the newest event's when not given.

    Raises:
        ConfigurationError: an unknown name, or a calculated metric.
        InputError: there are no journeys, the person is not in them, or has more than 20,000 events in what is read.
    """
    view = project.view
    asked = _asked(project, names, report, credit)
    built = plan.built_of(lake, project)
    until = milliseconds_of(built.data_until)
    with spark_errors("trace", lake.location):
        values = lake.values(view.name).read()
        ids, maps = values_of([asked], view, values)
        moment = until if as_of is None else milliseconds_of(as_of)
        ask = Ask(
            asked, view, window_with(asked, view, None, until, moment), arrays=plan.arrays_of(view, project.connection.matches()),
            persistent=persistent_in(asked, view), deduplicated=deduplicated_in(asked, view), standard=standard_in(asked, view),
            neighbours=neighbours_in(asked, view), values=maps, ranges=ranges_of(asked, view, until, moment),
        )  # fmt: skip
        ask = replace(ask, text_ids={**ids, **standard_ids([ask])})
        journeys = _journey_of(lake, ask, person_id, built.version)
        seen = Seen(journeys, ask)
        texts = texts_with_standard(shown_names(names_from(values, stored=True), [ask]), view)
        return Trace(traced_events(seen, texts), traced_credits(seen, texts))


def _journey_of(lake: Lake, ask: Ask[Traced], person_id: str, version: int) -> Journeys:
    columns = columns_of([ask.report], ask.view)
    rows = lake.journeys(ask.view.name).read(version)
    rows = rows.where((F.col("person") == F.xxhash64(F.lit(person_id))) & (F.col("person_id") == F.lit(person_id)))
    rows = rows.where(is_read(F.col("period"), [ask], ask.view))
    found = rows.orderBy("period", F.col("chunk").asc_nulls_first()).select("person", "t", *columns).toArrow()
    journeys = merge([found] if found.num_rows else [], columns)
    shown = journeys.between(ask.window.read_from, ask.window.end).events
    if shown == 0:
        raise InputError(f"person '{person_id}' has no event in what the trace reads; another range or id?")
    if shown > MOST_EVENTS:
        raise InputError(f"person '{person_id}' has {shown:,} events; a trace shows {MOST_EVENTS:,} at most. Name a report with a shorter range.")
    return journeys


def _asked(project: Project, names: Sequence[str], report: str | None, credit: str | None) -> Traced:
    view = project.view
    if report is not None and report not in project.reports:
        raise ConfigurationError.unknown("report", report, project.reports)
    like = project.reports[report] if report is not None else Report(report="trace")
    wanted = tuple(names) or _all(view)
    dimensions = {**view.dimensions, **dict.fromkeys(STANDARD_DIMENSIONS)}
    metrics = tuple(name for name in view.metric_names() if name not in view.metrics or isinstance(view.metrics[name], Metric))
    for name in wanted:
        if name not in dimensions and name not in metrics and name not in view.segments:
            if name in view.metrics and is_of_summary(view, name):
                raise ConfigurationError(f"'{name}' is of summary data, whose rows have no person; name a metric of events.")
            if name in view.metrics:
                raise ConfigurationError(f"'{name}' is a calculated metric, which exists only as a sum; name what it is made of.")
            raise ConfigurationError.unknown("component", name, (*dimensions, *metrics, *view.segments))
    if credit is not None and credit not in dimensions:
        raise ConfigurationError.unknown("dimension", credit, tuple(dimensions))
    return Traced(
        name="trace", range=like.range, person_scope=like.person_scope, segments=like.segments, credit=credit,
        dimensions=tuple(name for name in wanted if name in dimensions),
        metrics=tuple(name for name in wanted if name in metrics),
        marks=tuple(name for name in wanted if name in view.segments),
    )  # fmt: skip


def _all(view: View) -> tuple[str, ...]:
    metrics = (name for name, metric in view.metrics.items() if isinstance(metric, Metric))
    return (*(name for name, one in view.dimensions.items() if not one.summary), *metrics, *view.segments)
