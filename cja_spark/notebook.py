"""The verbs as a notebook calls them: a session, a project, a name, a DataFrame back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, SparkSession

from cja_spark import erasing, maintaining, migrating, plan, previewing, publishing, tracing
from cja_spark.audiences.approvals import Approval
from cja_spark.audiences.receipts import DeliverReceipt, PublishReceipt
from cja_spark.connection.identities import Figures
from cja_spark.connection.receipt import ConnectReceipt
from cja_spark.connection.stitching.figures import PreflightFigures
from cja_spark.erasure.receipts import ErasureReceipt
from cja_spark.journeys.build import Build
from cja_spark.maintenance.receipts import MaintainReceipt
from cja_spark.previewing import Preview
from cja_spark.project import Project
from cja_spark.sinks.again import Again
from cja_spark.sinks.deliver import ONCE
from cja_spark.tracing import Trace

if TYPE_CHECKING:
    from cja_spark.sinks.postgres.migrate import Migrated


def connect(
    spark: SparkSession,
    project: Project,
    *,
    files_root: str | None = None,
    full: bool = False,
    as_of: datetime | None = None,
    lake: str | None = None,
) -> ConnectReceipt:
    """Load what is new in the sources of a project into its lake, exactly once.

    Args:
        spark: the session.
        project: the project.
        files_root: another folder than the project's where relative source paths begin.
        full: load everything again instead.
        as_of: the instant of the load, for stitching; that of the newest event or publication when not given.
        lake: another lake than the project's.

    Raises:  SourceError, MissingColumnError, TypeConflictError; every table stays as it was.
    """
    return plan.connect(plan.lake_of(spark, project, lake), project, files_root=files_root, full=full, as_of=as_of)


def journey(spark: SparkSession, project: Project, *, full: bool = False, lake: str | None = None) -> Build:
    """Build the journeys of a project's view; only periods that changed are written, unless `full`.

    Raises:  InputError when there are no events yet.
    """
    return plan.journey(plan.lake_of(spark, project, lake), project, full=full)


def report(
    spark: SparkSession, project: Project, name: str, *, as_of: datetime | None = None, lake: str | None = None
) -> DataFrame:
    """Answer one report of a project on its lake; nothing is written.

    Args:
        spark: the session.
        project: the project.
        name: the report.
        as_of: the instant that `last 90 days` counts back from; the newest event's when not given.
        lake: another lake than the project's.

    Rows:    As the report's kind gives them: a total, items or steps or buckets, what is left as *other*.
    Raises:  ConfigurationError when the project has no such report; InputError before events and journeys are there.
    """
    run = plan.report(plan.lake_of(spark, project, lake), project, [name], as_of=as_of, keep_rows=False)
    return spark.createDataFrame(run.answers[0].rows)


def preflight(
    spark: SparkSession, project: Project, *, files_root: str | None = None, as_of: datetime | None = None
) -> tuple[PreflightFigures, ...]:
    """Check the identities in the sources of a project, before or after it is loaded.

    Args:
        spark: the session.
        project: the project.
        files_root: another folder than the project's where relative source paths begin.
        as_of: the end of the seven days looked at; each dataset's newest event when not given.
    """
    return plan.preflight(plan.lake_of(spark, project), project, files_root=files_root, as_of=as_of)


def stitching(spark: SparkSession, project: Project, *, lake: str | None = None) -> tuple[Figures, ...]:
    """Measure what stitching did to each stitched dataset of a project.

    Args:
        spark: the session.
        project: the project.
        lake: another lake than the project's.
    """
    return plan.stitching(plan.lake_of(spark, project, lake), project)


def preview(
    spark: SparkSession, project: Project, *, as_of: datetime | None = None, lake: str | None = None
) -> Preview:
    """Count the people, sessions and events of a project's view beside those of its connection, in the last 90 days.

    Args:
        spark: the session.
        project: the project.
        as_of: the instant that the days count back from; the newest event's when not given.
        lake: another lake than the project's.
    """
    return previewing.preview(plan.lake_of(spark, project, lake), project, as_of=as_of)


def explain(
    spark: SparkSession, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, lake: str | None = None
) -> str:
    """Say how some reports of a project, or all, would be answered: steps with grain and columns, then Spark's plan."""
    return plan.explain(plan.lake_of(spark, project, lake), project, names, as_of=as_of)


def trace(
    spark: SparkSession, project: Project, person_id: str, names: Sequence[str] = (), *, report: str | None = None,
    credit: str | Sequence[str] = (), as_of: datetime | None = None, lake: str | None = None,
) -> Trace:  # fmt: skip
    """Show the events of one person as a report of a project sees them: values that last, sessions, segments, credit.

    Args:
        spark: the session.
        project: the project.
        person_id: the person.
        names: dimensions, metrics and segments to show; those of the report, or all of the view, when empty.
        report: a report whose range, person scope and segments are taken; without one the last 90 days.
        credit: dimensions whose values metrics with attribution are credited to, with commas their combinations; the
            report's rows when empty.
        as_of: the instant that `last 90 days` counts back from; the newest event's when not given.
        lake: another lake than the project's.
    """
    place = plan.lake_of(spark, project, lake)
    return tracing.trace(place, project, person_id, names, report=report, credit=credit, as_of=as_of)


def publish(
    spark: SparkSession,
    project: Project,
    names: Sequence[str] = (),
    *,
    as_of: datetime | None = None,
    take_over: bool = False,
    resume_only: bool = False,
    dry_run: bool = False,
    lake: str | None = None,
) -> list[PublishReceipt]:
    """Commit who entered and who left some audiences of a project, or all.

    Args:
        spark: the session.
        project: the project.
        names: the audiences; all of the project when empty.
        as_of: the end of the look-back window; just after the newest event when not given.
        take_over: take the claim of a run that is known to be dead.
        resume_only: finish runs that died and begin none.
        dry_run: tell what would be committed; no table is written.
        lake: another lake than the project's.
    """
    how = publishing.How(take_over=take_over, resume_only=resume_only, dry=dry_run)
    return publishing.publish(plan.lake_of(spark, project, lake), project, names, as_of=as_of, how=how)


def approve(
    spark: SparkSession, project: Project, name: str, *, approved_by: str, changes: str | None = None,
    note: str | None = None, lake: str | None = None,
) -> Approval:  # fmt: skip
    """Approve the changes of an audience's blocked run; the next publish commits these very changes.

    Args:
        spark: the session.
        project: the project.
        name: the audience.
        approved_by: who approves.
        changes: the fingerprint that the block showed; other blocked changes are refused then.
        note: why.
        lake: another lake than the project's.

    Raises:
        ConfigurationError: a name that no audience has, nothing is blocked, or other changes than those.
        BlockedError: a sign that nobody can approve (A7).
    """
    place = plan.lake_of(spark, project, lake)
    return publishing.approve(place, project, name, approved_by=approved_by, changes=changes, note=note)


def migrate(spark: SparkSession, project: Project, sink: str, *, lake: str | None = None) -> Migrated:
    """Bring the schema of a sink's own store to this version; runs wait meanwhile."""
    return migrating.migrate(plan.lake_of(spark, project, lake), project, sink)


def deliver(
    spark: SparkSession,
    project: Project,
    names: Sequence[str] = (),
    *,
    again: Again = ONCE,
    take_over: bool = False,
    lake: str | None = None,
) -> DeliverReceipt:
    """Bring every sink of some audiences of a project, or of all, up to the outbox; `again` sends things once more."""
    return publishing.deliver(plan.lake_of(spark, project, lake), project, names, again=again, take_over=take_over)


def erase(
    spark: SparkSession, project: Project, ids: str, erasure_id: str, *, reason: str = "asked", take_over: bool = False,
    lake: str | None = None,
) -> ErasureReceipt:  # fmt: skip
    """Forget the persons that a file names, in every table and sink of a project, for ever.

    Args:
        spark: the session.
        project: the project.
        ids: a text file, one identity a line: NAMESPACE:ID; or CSV with the header namespace,id.
        erasure_id: the number of the request; the same one with the same file goes on with what died.
        reason: why, for the list of suppressed persons.
        take_over: take the claim of a run that is known to be dead.
        lake: another lake than the project's.
    """
    request = erasing.read_ids(project, ids, erasure_id, reason)
    place = plan.lake_of(spark, project, lake)
    return erasing.erase(place, project, request, erasure_id, reason=reason, take_over=take_over)


def maintain(
    spark: SparkSession, project: Project, *, dry_run: bool = False, full: bool = False, take_over: bool = False,
    lake: str | None = None,
) -> MaintainReceipt:  # fmt: skip
    """Remove what is old or left over in a project's lake, gather small files, and say how its tables lie.

    Args:
        spark: the session.
        project: the project.
        dry_run: say what would be done, and do nothing.
        full: VACUUM every table fully, however long ago that was done last.
        take_over: take the claim of a run that is known to be dead.
        lake: another lake than the project's.
    """
    place = plan.lake_of(spark, project, lake)
    return maintaining.maintain(place, project, dry_run=dry_run, full=full, take_over=take_over)
