"""The verbs as a notebook calls them: a session, a project, a name, a DataFrame back."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame, SparkSession

from cja_spark import plan
from cja_spark.project import Project


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
    """
    run = plan.report(plan.lake_of(spark, project, lake), project, [name], as_of=as_of, keep_rows=False)
    return spark.createDataFrame(run.answers[0].rows)
