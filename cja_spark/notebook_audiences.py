"""The verbs on the lives of audiences as functions of a session, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import SparkSession

from cja_spark import audience_preview, managing, plan, scheduling
from cja_spark.audience_preview import AudiencePreview
from cja_spark.audiences import manage
from cja_spark.audiences.due import Due
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import Registered
from cja_spark.project import Project


def preview_audience(
    spark: SparkSession, project: Project, name: str, *, as_of: datetime | None = None, share: float = 1.0,
    lake: str | None = None,
) -> AudiencePreview:  # fmt: skip
    """Tell how many people an audience would have, who would enter and leave, and how many come back; writes nothing."""
    return audience_preview.preview_audience(plan.lake_of(spark, project, lake), project, name, as_of=as_of, share=share)


def due(
    spark: SparkSession, project: Project, names: Sequence[str] = (), *, now: datetime | None = None, lake: str | None = None
) -> list[Due]:
    """Say what a scheduler should run now for some audiences of a project, or all, and why nothing where nothing is due."""
    return scheduling.due(plan.lake_of(spark, project, lake), project, names, now=now)


def run_due(
    spark: SparkSession, project: Project, names: Sequence[str] = (), *, now: datetime | None = None,
    take_over: bool = False, lake: str | None = None,
) -> list[PublishReceipt]:  # fmt: skip
    """Do what is due for some audiences of a project, or for all; a receipt for each that was due."""
    return scheduling.run_due(plan.lake_of(spark, project, lake), project, names, now=now, take_over=take_over)


def pause(spark: SparkSession, project: Project, name: str, *, lake: str | None = None) -> Registered:
    """Begin no run of an audience until it is resumed."""
    return manage.pause(plan.lake_of(spark, project, lake), name)


def resume(spark: SparkSession, project: Project, name: str, *, lake: str | None = None) -> Registered:
    """Let a paused audience go on; slots that it missed become one run."""
    return manage.resume(plan.lake_of(spark, project, lake), name)


def rename(spark: SparkSession, project: Project, name: str, new: str, *, lake: str | None = None) -> Registered:
    """Call an audience otherwise, once its file is renamed: same id, same members, no run."""
    return managing.rename(plan.lake_of(spark, project, lake), project, name, new)


def renew(
    spark: SparkSession, project: Project, name: str, *, now: datetime | None = None, lake: str | None = None
) -> Registered:
    """Let an audience live for 13 months from now, expired or not."""
    return managing.renew(plan.lake_of(spark, project, lake), project, name, now=now)


def delete(
    spark: SparkSession, project: Project, name: str, *, send_exits: bool = False, as_of: datetime | None = None,
    take_over: bool = False, lake: str | None = None,
) -> PublishReceipt:  # fmt: skip
    """Delete an audience: its memberships lapse, or its members are told to leave once somebody approved it."""
    place = plan.lake_of(spark, project, lake)
    return managing.delete(place, name, send_exits=send_exits, as_of=as_of, take_over=take_over)
