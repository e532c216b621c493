"""The verbs that watch audiences as functions of a session, for notebooks; none of them writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import SparkSession

from cja_spark import plan, watching
from cja_spark.project import Project
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
