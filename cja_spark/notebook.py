"""The verbs as a notebook calls them: a session, a project, a name, a DataFrame back."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame, SparkSession

from cja_spark import plan
from cja_spark.connection.stitching.figures import PreflightFigures, StitchingFigures
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


def stitching(spark: SparkSession, project: Project, *, lake: str | None = None) -> tuple[StitchingFigures, ...]:
    """Measure what stitching did to each stitched dataset of a project.

    Args:
        spark: the session.
        project: the project.
        lake: another lake than the project's.
    """
    return plan.stitching(plan.lake_of(spark, project, lake), project)
