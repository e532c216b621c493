"""The verbs that check and watch, as functions of a session, for notebooks; none of them writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import DataFrame, SparkSession

from cja_spark import plan, reconciling, watching
from cja_spark.project import Project
from cja_spark.reconciliation.reported import Days
from cja_spark.sinks.audit import AuditReceipt
from cja_spark.watch.standing import Standing


def audit(
    spark: SparkSession,
    project: Project,
    names: Sequence[str] = (),
    *,
    run: int | None = None,
    sink: str | None = None,
    lake: str | None = None,
) -> AuditReceipt:
    """Check for past runs of some audiences, or of all, that every change arrived at every sink.

    Args:
        spark: the session.
        project: the project.
        names: the audiences; all of the project when empty.
        run: only this run.
        sink: only this sink.
        lake: another lake than the project's.
    """
    return watching.audit(plan.lake_of(spark, project, lake), project, names, run=run, sink=sink)


def status(
    spark: SparkSession, project: Project, names: Sequence[str] = (), *, now: datetime | None = None, lake: str | None = None
) -> Standing:
    """Say how some audiences of a project, or all, and their sinks stand, what is wrong and what to do."""
    return watching.status(plan.lake_of(spark, project, lake), project, names, now=now)


def reconcile(
    spark: SparkSession, project: Project, days: Days | None = None, *, as_of: datetime | None = None,
    reported_at: datetime | None = None, anyway: bool = False, reported: str | None = None, lake: str | None = None,
) -> DataFrame:  # fmt: skip
    """Put the source system's numbers beside ours, and say of each difference what it is made of.

    Args:
        spark: the session.
        project: the project.
        days: the first and the last day; those of the source's numbers when not given.
        as_of: the instant of our numbers; that of the newest load when not given.
        reported_at: the instant of the source's numbers; that of ours when not given.
        anyway: compare also what means nothing yet.
        reported: another CSV file of the source's numbers than the project's.
        lake: another lake than the project's.

    Rows:    One per number of the source, its `cause` null; beneath it one per cause, whose `count` add up to its difference.
    Raises:  BlockedError when the comparison means nothing yet.
    """
    asked = reconciling.Comparison(days, as_of, reported_at, anyway=anyway, reported=reported)
    found = reconciling.reconcile(plan.lake_of(spark, project, lake), project, asked)
    return spark.createDataFrame(found.table())
