"""The plan: what each job reads, what it computes in one pass, what it writes. Start reading here.

    connect   sources                 -> events, profiles, lookups, summaries, …   cja_spark/connection
    journey   events                  -> journeys, values                          cja_spark/journeys
    report    journeys, summaries     -> reports/*, the page                       cja_spark/reports, cja_spark/page
    publish   journeys                -> audience_changes, audience_members        cja_spark/publishing.py, audiences
    approve   audience_runs           -> approvals                                 cja_spark/audiences/approvals.py
    deliver   audience_changes        -> profiles stores                           cja_spark/publishing.py, sinks
    erase     a file of identities    -> every table and sink, without them        cja_spark/erasing.py, erasure
    maintain  all tables              -> the same rows in fewer and newer files    cja_spark/maintaining.py, maintenance
    preflight sources                 -> (figures of identities, nothing written)  cja_spark/connection/identities.py
    stitching events                  -> (figures of stitching, nothing written)   cja_spark/connection/identities.py
    explain   journeys                -> (a report run's steps, nothing written)   cja_spark/reports/explain.py
    preview   journeys                -> (counts of view and connection, nothing written)  cja_spark/previewing.py
    trace     journeys                -> (one person's events, nothing written)    cja_spark/tracing.py
    reconcile events, quarantine      -> (the source's numbers beside ours, nothing written)  cja_spark/reconciling.py

Each of these verbs is one word of `cja`, one function of the Python API (cja_spark/notebook.py) and, but for explain and
trace, one job of `jobs/`. Their functions on a lake are below; those of publish and deliver are in cja_spark/publishing.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import pyarrow as pa
from pyspark.sql import SparkSession

from cja_spark.addresses import require_address, require_root
from cja_spark.connection.connect import connect as load
from cja_spark.connection.identities import Figures, preflight_connection, stitched_connection
from cja_spark.connection.receipt import ConnectReceipt
from cja_spark.connection.stitching.figures import PreflightFigures
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.instants import in_utc, milliseconds_of
from cja_spark.journeys.build import Build, build
from cja_spark.journeys.built import Built, built
from cja_spark.journeys.summary_rows import Summaries
from cja_spark.lake import Lake
from cja_spark.lock import locked
from cja_spark.project import Project
from cja_spark.reports.ask import Ask
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.credited import with_too_many_values
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.erasures import erasures_of
from cja_spark.reports.explain import explain as explain_pass
from cja_spark.reports.explain import explain_without_journeys
from cja_spark.reports.flow_items import with_items_shown
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.names import names_from, with_people
from cja_spark.reports.one_pass import Pass, no_pass
from cja_spark.reports.people_behind import Behind, people_behind
from cja_spark.reports.periods_read import journeys_read
from cja_spark.reports.readers import Reader, run_pass, run_surely
from cja_spark.reports.results import keep, run_id
from cja_spark.reports.spec import Report
from cja_spark.reports.summaries import names_with, with_summaries
from cja_spark.reports.summary_run import built_of_summaries, sources_of, summaries_for, values_with
from cja_spark.sources.failures import spark_errors
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
        shared_equally: conversions with more values than a rate game takes (A6).
        behind: per calculated metric the smallest count of people that each row's figure is made of.
    """

    ask: Ask
    rows: pa.Table
    run_id: str
    kept: bool
    excluded_persons: int = 0
    excluded_events: int = 0
    shared_equally: int = 0
    behind: Behind = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """All answers of one pass over one version of the journeys."""

    answers: tuple[Answer, ...]
    passed: Pass
    journeys_version: int


def lake_of(spark: SparkSession, project: Project, location: str | None = None) -> Lake:
    """The project's lake, or another place that the command line names.

    Raises:
        ConfigurationError: no place can be meant, or it carries a password, or lies where `CJA_ROOTS` allows nothing.
    """
    if location is not None:
        return Lake(spark, require_root(require_address(location, "--lake", up=True), "--lake"))
    return Lake(spark, project.place(project.lake.location))


def connect(
    lake: Lake, project: Project, *, files_root: str | None = None, full: bool = False, as_of: datetime | None = None
) -> ConnectReceipt:
    """Load what is new in the sources into events, profiles and lookups, exactly once.

    Args:
        lake: the lake.
        project: the project.
        files_root: another folder than the project's where relative source paths begin.
        full: load everything again instead.
        as_of: the instant of the load, for stitching; that of the newest event or publication when not given.

    Raises:  SourceError, MissingColumnError, TypeConflictError; UnwritableError when there is no such lake; ClaimError
        while another run loads: every table stays as it was. UnavailableError when the disk, the network or executors
        were in the way: the next run finishes the load.
    """
    root = project.place(project.lake.files) if files_root is None else files_root
    with locked(lake, "connect", "loads"):
        return load(lake.spark, lake, project.connection, files_root=root, full=full, as_of=in_utc(as_of))


def journey(lake: Lake, project: Project, *, full: bool = False) -> Build:
    """Build the journeys of the project's view; only periods that changed are written.

    Raises:  InputError when there are no events yet; ClaimError while another run builds; whatever `build` refuses.
    """
    if not project.connection.events():  # summary data has no persons
        return Build(project.view.name, (), (), (), -1)
    _require_events(lake, "journey")
    with locked(lake, "journeys", "builds journeys"), spark_errors("journey", lake.location):
        return build(lake, project.view, project.connection.matches(), full=full, accounts=tuple(project.connection.accounts()))


def preflight(
    lake: Lake, project: Project, *, files_root: str | None = None, as_of: datetime | None = None
) -> tuple[PreflightFigures, ...]:
    """Check whether the datasets' identities are good enough to stitch them; reads the sources, writes nothing."""
    root = project.place(project.lake.files) if files_root is None else files_root
    return preflight_connection(lake, project.connection, files_root=root, as_of=in_utc(as_of))


def stitching(lake: Lake, project: Project) -> tuple[Figures, ...]:
    """Measure what stitching did to each stitched dataset of the lake's events, and how many have an account.

    Raises:
        InputError: there are no events.
        ConfigurationError: no dataset is stitched, and none has accounts.
    """
    _require_events(lake, "stitching")
    with spark_errors("stitching", lake.location):
        return stitched_connection(lake, project.connection)


def _require_events(lake: Lake, verb: str) -> None:
    with spark_errors(verb, lake.location):
        there = lake.events.exists()
    if not there:
        raise InputError(f"{lake.location} has no events yet: run 'cja connect' first.")


def explain(
    lake: Lake, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, reader: Reader = "auto"
) -> str:
    """A report run's plan in named steps, each with its grain and columns, then Spark's own; nothing is computed."""
    reports = _some(chosen(project, names))
    with spark_errors("explain", lake.location):
        return _explain(lake, project, reports, as_of, reader)


def _explain(lake: Lake, project: Project, reports: Sequence[Report], as_of: datetime | None, reader: Reader) -> str:
    built, asks, _ = _prepared(lake, project, reports, as_of)
    if built.version < 0:
        return explain_without_journeys(asks)
    return explain_pass(journeys_read(lake.journeys(project.view.name), built.version, asks, project.view), columns_of(reports, project.view), asks, reader)


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

    Raises:  ConfigurationError when the project has no report, or none of a name; InputError when there are no journeys,
        or those of another definition; ClaimError when persons were erased meanwhile; UnavailableError when the disk, the
        network or executors were in the way.
    """
    reports = _some(chosen(project, names))
    with spark_errors("report", lake.location):
        return _report(lake, project, reports, as_of, reader, keep_rows=keep_rows)


def _report(
    lake: Lake, project: Project, reports: Sequence[Report], as_of: datetime | None, reader: Reader, *, keep_rows: bool
) -> Run:
    erasures = erasures_of(lake)
    built, asks, summaries = _prepared(lake, project, reports, as_of)
    values, stored = lake.values(project.view.name).stored(), lake.journeys(project.view.name)
    names_of = shown_names(names_with(names_from(values.rows, values), summaries), asks)
    names_of = with_people(names_of, lambda: stored.read(built.version))
    if built.version < 0:
        passed = no_pass(asks)
    else:
        journeys = journeys_read(stored, built.version, asks, project.view)
        asks = with_items_shown(journeys, asks, values, reader)
        asks, passed = run_surely(partial(run_pass, journeys, columns_of(reports, project.view), reader=reader), asks, names_of)
    answers = []
    for ask, sums, left_out in zip(asks, passed.sums, passed.left_out, strict=True):
        every = with_summaries(sums, ask, summaries)
        rows = REPORTS.named(ask.report.report).finish(every, ask, names_of)
        run = run_id(ask, sources_of(built.sources, ask, summaries))
        kept = keep_rows and keep(lake, ask, rows, passed, left_out, run, built.version, erasures)
        shared, behind = with_too_many_values(sums, ask), people_behind(ask, every, names_of, len(rows))
        answers.append(Answer(ask, rows, run, kept, len(left_out), sum(left_out.values()), shared, behind))
    return Run(tuple(answers), passed, built.version)


def _prepared(lake: Lake, project: Project, reports: Sequence[Report], as_of: datetime | None) -> tuple[Built, tuple[Ask, ...], Summaries]:
    """What a run reads: its journeys (of no version where the connection has summary data only), its asks, summary data."""
    summarized = project.connection.summaries()
    built = built_of(lake, project) if project.connection.events() else built_of_summaries(lake, summarized)
    until = milliseconds_of(built.data_until)
    moment = until if as_of is None else milliseconds_of(as_of)
    summaries = summaries_for(lake, project.view, summarized, reports, data_until=until, as_of=moment)
    values = values_with(lake.values(project.view.name).read(), summaries)
    arrays = arrays_of(project.view, project.connection.matches())
    return built, asks_of(reports, project.view, values, data_until=until, as_of=moment, arrays=arrays), summaries


def chosen(project: Project, names: Sequence[str]) -> list[Report]:
    """Reports by name, in the order asked; all of the project, sorted, when none is named.

    Raises:
        ConfigurationError: a name that no report has.
    """
    for name in names:
        if name not in project.reports:
            raise ConfigurationError.unknown("report", name, project.reports)
    return [project.reports[name] for name in (names or sorted(project.reports))]


def _some(reports: list[Report]) -> list[Report]:
    if not reports:
        raise ConfigurationError("The project has no report: write one as reports/NAME.yaml.")
    return reports


def arrays_of(view: View, matches: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Per lookup dimension the arrays of objects that its keys lie in, outermost first."""
    found = {}
    for name, dimension in view.dimensions.items():
        if dimension.lookup and (arrays := arrays_in(matches[dimension.lookup.split(".", 1)[0]])):
            found[name] = arrays
    return found


def built_of(lake: Lake, project: Project) -> Built:
    """What the journeys of the project's view were built from.

    Raises:
        InputError: there are none, they hold no event, or the view asks for others since.
    """
    if not project.connection.events():
        raise InputError("The connection has summary data only: there are no journeys and no persons.")
    return built(lake, project.view, project.connection.matches())


def segments_named(segment: Segment) -> tuple[str, ...]:
    """Names of segments that a segment refers to."""
    return tuple(leaf.segment for leaf in leaves(segment) if isinstance(leaf, SegmentReference))
