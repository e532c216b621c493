"""Trace: the journey of one person, read from the lake, as the reports of a project see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from pyspark.sql import functions as F

from cja_spark import plan
from cja_spark.errors import InputError
from cja_spark.instants import milliseconds_of
from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.merge import merge
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.compile import columns_of, ranges_of, window_with
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.names import names_from
from cja_spark.reports.periods_read import journeys_read
from cja_spark.reports.single_ask import single_ask
from cja_spark.reports.standard import texts_with_standard
from cja_spark.reports.table import Table
from cja_spark.reports.traced import Traced, traced_events
from cja_spark.reports.traced_credits import traced_credits
from cja_spark.reports.traced_sums import traced_sums
from cja_spark.sources.failures import spark_errors
from cja_spark.stored import Stored
from cja_spark.tracing_asked import asked_of, formulas_of, tables_of, units_of
from cja_spark.tracing_people import is_person, no_events
from cja_spark.view.calendar import local_day

MOST_EVENTS = 20_000


@dataclass(frozen=True)
class Trace:
    """One person's events as a report sees them.

    Attributes:
        person: the person's id.
        range: the first and the last day of the range.
        time_zone: the zone of days and times.
        events: one row per event, see `traced_events`.
        credits: one row per conversion and touch, see `traced_credits`.
        sums: what the person gives to the cells, see `traced_sums`.
        formulas: of the calculated metrics that are shown, and of those that they are made of.
        units: of metrics that are no plain numbers.
        notes: what a reader should know besides.
    """

    person: str
    range: tuple[str, str]
    time_zone: str
    events: pa.Table
    credits: pa.Table
    sums: pa.Table
    formulas: Mapping[str, str]
    units: Mapping[str, str]
    notes: tuple[str, ...] = ()


def trace(
    lake: Lake, project: Project, person_id: str, names: Sequence[str] = (), *, report: str | None = None,
    credit: str | Sequence[str] = (), as_of: datetime | None = None,
) -> Trace:  # fmt: skip
    """Show why a number is what it is: the events of one person with what a report sees on each.

    Args:
        lake: the lake.
        project: the project.
        person_id: the person.
        names: dimensions, metrics and segments to show; without any those of the report, or all of the view but its
            calculated metrics.
        report: a report of the project: its range, person scope and segments are the trace's. Without one the last 90 days.
        credit: the dimensions whose values metrics with attribution are credited to, each by itself; with a comma between
            them their combinations. Those of the report's rows when not given.
        as_of: the instant that `last 90 days` counts back from; the newest event's when not given.

    Raises:
        ConfigurationError: an unknown name.
        InputError: there are no journeys, the person is not in them, or has more than 20,000 events in what is read.
    """
    view = project.view
    asked = asked_of(project, names, report, (credit,) if isinstance(credit, str) else tuple(credit))
    tables = tables_of(project, asked, report)
    built = plan.built_of(lake, project)
    until = milliseconds_of(built.data_until)
    with spark_errors("trace", lake.location):
        values = lake.values(view.name).stored()
        moment = until if as_of is None else milliseconds_of(as_of)
        ask = single_ask(
            asked, view, window_with(asked, view, None, until, moment), ranges_of(asked, view, until, moment), values.rows,
            plan.arrays_of(view, project.connection.matches()),
        )  # fmt: skip
        journeys = _journey_of(lake, ask, person_id, built.version)
        return _traced(person_id, journeys, ask, tables, values)


def _traced(person_id: str, journeys: Journeys, ask: Ask[Traced], tables: Sequence[Table], values: Stored) -> Trace:
    view, seen = ask.view, Seen(journeys, ask)
    stored = names_from(values.rows, values)
    texts = texts_with_standard(shown_names(stored, [ask]), view)
    as_tables = [Seen(journeys, _as_table(ask, table)) for table in tables]
    days = (local_day(ask.window.start, view.time_zone), local_day(max(ask.window.end - 1, ask.window.start), view.time_zone))
    return Trace(
        person_id, (days[0].isoformat(), days[1].isoformat()), view.time_zone, traced_events(seen, texts, stored),
        traced_credits(as_tables, texts), traced_sums(as_tables, texts), formulas_of(ask.report, view), units_of(ask.report, view),
        tuple(_notes(seen)),
    )  # fmt: skip


def _as_table(ask: Ask[Traced], table: Table) -> Ask[Table]:
    """The same ask of a table that reads no more."""
    return Ask(
        table, ask.view, ask.window, ask.text_ids, ask.arrays, ask.persistent, ask.deduplicated, ask.standard, ask.values,
        ask.neighbours, ask.ranges,
    )  # fmt: skip


def _journey_of(lake: Lake, ask: Ask[Traced], person_id: str, version: int) -> Journeys:
    columns = columns_of([ask.report], ask.view)
    table = lake.journeys(ask.view.name)
    read = journeys_read(table, version, [ask], ask.view).rows.where(is_person(person_id))
    found = read.orderBy("period", F.col("chunk").asc_nulls_first()).select("person", "t", *columns).toArrow()
    journeys = merge([found] if found.num_rows else [], columns)
    shown = journeys.between(ask.window.read_from, ask.window.end).events
    if shown == 0:
        raise InputError(no_events(lake, ask, table.read(version).where(is_person(person_id)), person_id, version))
    if shown > MOST_EVENTS:
        raise InputError(f"person '{person_id}' has {shown:,} events; a trace shows {MOST_EVENTS:,} at most. Name a report with a shorter range.")
    return journeys


def _notes(seen: Seen[Traced]) -> Iterator[str]:
    """What a reader should know: a person without an event of the range, or one that reports leave out."""
    view, events = seen.ask.view, seen.journeys.events
    if not seen.in_range.any():
        yield "no event lies in the range; those that are shown come before it"
    elif not seen.masked().any():
        yield "the segments keep no event of the range"
    if events > view.max_events:
        yield f"reports leave this person out: more than {view.max_events:,} events (max_events)"
