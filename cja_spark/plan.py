"""The plan: what each job reads, what it computes in one pass, what it writes. Start reading here.

    connect   sources                 -> events, profiles, lookups, quarantine     cja_spark/connection
    journey   events                  -> journeys, values                          cja_spark/journeys
    report    journeys                -> reports/*, the page                       cja_spark/reports, cja_spark/page
    publish   journeys                -> audience_changes, audience_members        cja_spark/publishing.py, audiences
    approve   audience_runs           -> approvals                                 cja_spark/audiences/approvals.py
    deliver   audience_changes        -> profiles stores                           cja_spark/publishing.py, sinks
    preflight sources                 -> (figures of identities, nothing written)  cja_spark/connection/identities.py
    stitching events                  -> (figures of stitching, nothing written)   cja_spark/connection/identities.py
    explain   journeys                -> (a report run's steps, nothing written)   cja_spark/reports/explain.py

Each of these verbs is one word of `cja`, one function of the Python API (cja_spark/notebook.py) and, but for explain,
one job of `jobs/`. Their functions on a lake are below; those of publish and deliver are in cja_spark/publishing.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.connection.connect import connect as load
from cja_spark.connection.identities import preflight_connection, stitched_connection
from cja_spark.connection.receipt import ConnectReceipt
from cja_spark.connection.stitching.figures import PreflightFigures, StitchingFigures
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.journeys.build import Build, build
from cja_spark.journeys.period import PROFILE_PERIOD, period_at
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.reports.ask import REPORTS, Ask
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.explain import explain as explain_pass
from cja_spark.reports.names import names_from
from cja_spark.reports.one_pass import Pass
from cja_spark.reports.readers import Reader, run_pass
from cja_spark.reports.results import keep, run_id
from cja_spark.reports.spec import Report
from cja_spark.view.arrays import arrays_in
from cja_spark.view.condition import Segment, SegmentReference, leaves
from cja_spark.view.spec import View


@dataclass(frozen=True)
class Answer:
    """One report's answer.

    Attributes:
        ask: what was asked, with its effective options.
        rows: the report's rows.
        run_id: the name of the run.
        kept: False when the lake already held this run.
        excluded_persons: persons with too many events (L3), left out; their ids are in `report_exclusions`.
        excluded_events: the events of those persons in what the report reads.
    """

    ask: Ask
    rows: pa.Table
    run_id: str
    kept: bool
    excluded_persons: int = 0
    excluded_events: int = 0


@dataclass(frozen=True)
class Run:
    """All answers of one pass over one version of the journeys."""

    answers: tuple[Answer, ...]
    passed: Pass
    journeys_version: int


def lake_of(spark: SparkSession, project: Project, location: str | None = None) -> Lake:
    """The project's lake, or another place that the command line names."""
    return Lake(spark, project.place(project.lake.location) if location is None else location)


def connect(
    lake: Lake, project: Project, *, files_root: str | None = None, full: bool = False, as_of: datetime | None = None
) -> ConnectReceipt:
    """Load what is new in the sources into events, profiles and lookups, exactly once.

    Args:
        lake: the lake.
        project: the project.
        files_root: another folder than the project's where relative source paths begin.
        full: load everything again instead.
        as_of: the instant of the stitching replay; the newest event's when not given.

    Raises:  SourceError, MissingColumnError, TypeConflictError; every table stays as it was.
    """
    root = project.place(project.lake.files) if files_root is None else files_root
    return load(lake.spark, lake, project.connection, files_root=root, full=full, as_of=as_of)


def journey(lake: Lake, project: Project, *, full: bool = False) -> Build:
    """Build the journeys of the project's view; only periods that changed are written.

    Raises:  InputError when there are no events yet; whatever `build` refuses.
    """
    if not lake.events.exists():
        raise InputError(f"{lake.location} has no events yet: run 'cja connect' first.")
    return build(lake, project.view, project.connection.matches(), full=full)


def preflight(
    lake: Lake, project: Project, *, files_root: str | None = None, as_of: datetime | None = None
) -> tuple[PreflightFigures, ...]:
    """Check whether the datasets' identities are good enough to stitch them; reads the sources, writes nothing."""
    root = project.place(project.lake.files) if files_root is None else files_root
    return preflight_connection(lake, project.connection, files_root=root, as_of=as_of)


def stitching(lake: Lake, project: Project) -> tuple[StitchingFigures, ...]:
    """Measure what stitching did to each stitched dataset of the lake's events.

    Raises:
        InputError: there are no events.
        ConfigurationError: no dataset is stitched.
    """
    if not lake.events.exists():
        raise InputError(f"{lake.location} has no events yet: run 'cja connect' first.")
    return stitched_connection(lake, project.connection)


def explain(
    lake: Lake, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, reader: Reader = "auto"
) -> str:
    """A report run's plan in named steps, each with its grain and columns, then Spark's own; nothing is computed."""
    reports = chosen(project, names)
    asks = _asks(lake, project, reports, as_of)
    return explain_pass(_journeys(lake, project, asks), columns_of(reports, project.view), asks, reader)


def report(
    lake: Lake,
    project: Project,
    names: Sequence[str] = (),
    *,
    as_of: datetime | None = None,
    reader: Reader = "auto",
    keep_rows: bool = True,
) -> Run:
    """Answer some reports, or all of the project, in one pass over the journeys.

    Args:
        lake: the lake.
        project: the project.
        names: the reports; all of the project when empty.
        as_of: the instant that `last 90 days` counts back from; the newest event's when not given.
        reader: who reads the columns; `auto` lets Arrow do it and falls back to Spark where it cannot.
        keep_rows: write the rows to `reports/*`; a run that is already there is not written again.
    """
    reports = chosen(project, names)
    asks = _asks(lake, project, reports, as_of)
    columns = columns_of(reports, project.view)
    version = lake.journeys(project.view.name).version()
    passed = run_pass(_journeys(lake, project, asks, version), columns, asks, reader)
    names_of = names_from(lake.values(project.view.name).read(), stored=True)
    sources = _sources(lake, project.view)
    answers = []
    for ask, sums, left_out in zip(asks, passed.sums, passed.left_out, strict=True):
        rows = REPORTS.named(ask.report.report).finish(sums, ask, names_of)
        run = run_id(ask, sources)
        kept = keep_rows and keep(lake, ask, rows, passed, left_out, run, version)
        answers.append(Answer(ask, rows, run, kept, len(left_out), sum(left_out.values())))
    return Run(tuple(answers), passed, version)


def chosen(project: Project, names: Sequence[str]) -> list[Report]:
    """Reports by name, in the order asked; all of the project, sorted, when none is named.

    Raises:
        ConfigurationError: a name that no report has.
    """
    for name in names:
        if name not in project.reports:
            raise ConfigurationError.unknown("report", name, project.reports)
    return [project.reports[name] for name in (names or sorted(project.reports))]


def data_until(lake: Lake) -> datetime:
    """The instant of the newest event; partitions but the last are not read.

    Raises:
        InputError: there are no events.
    """
    last_day = lake.events.read().agg(F.max("event_date")).collect()[0][0]
    if last_day is None:
        raise InputError(f"{lake.location} holds no events: every row was dropped, or no file was loaded.")
    newest = lake.events.read().where(F.col("event_date") == F.lit(last_day)).agg(F.max(F.unix_micros("ts"))).collect()
    return datetime.fromtimestamp(newest[0][0] / 1e6, UTC)


def milliseconds_of(instant: datetime) -> int:
    """An instant in ms UTC."""
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)


def arrays_of(view: View, matches: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Per lookup dimension the arrays of objects that its keys lie in, outermost first."""
    found = {}
    for name, dimension in view.dimensions.items():
        if dimension.lookup and (arrays := arrays_in(matches[dimension.lookup.split(".", 1)[0]])):
            found[name] = arrays
    return found


def _asks(lake: Lake, project: Project, reports: Sequence[Report], as_of: datetime | None) -> tuple[Ask, ...]:
    if not lake.journeys(project.view.name).exists():
        raise InputError(f"{lake.location} has no journeys of view '{project.view.name}': run 'cja journey' first.")
    until = data_until(lake)
    return asks_of(
        reports, project.view, lake.values(project.view.name).read(), data_until=milliseconds_of(until),
        as_of=milliseconds_of(as_of or until), arrays=arrays_of(project.view, project.connection.matches()),
    )  # fmt: skip


def _journeys(lake: Lake, project: Project, asks: Sequence[Ask], version: int | None = None) -> DataFrame:
    """Journeys of one pinned version, only the periods that some report reads, and profiles."""
    rows = lake.journeys(project.view.name).read(version)
    first = min(ask.window.read_from for ask in asks)
    last = max(ask.window.until for ask in asks)
    low, high = period_at(first, project.view), period_at(last, project.view)
    return rows.where((F.col("period") == PROFILE_PERIOD) | F.col("period").between(low, high))


def _sources(lake: Lake, view: View) -> str:
    rows = (
        lake.journey_builds.read().where(F.col("view") == view.name).select("period", "fingerprint", "events").collect()
    )
    return "\n".join(f"{row['period']} {row['fingerprint']} {row['events']}" for row in sorted(rows))


def segments_named(segment: Segment) -> tuple[str, ...]:
    """Names of segments that a segment refers to."""
    return tuple(leaf.segment for leaf in leaves(segment) if isinstance(leaf, SegmentReference))
