"""The persons of a load's events: their own ids, or those that stitching finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.load import Load
from cja_spark.connection.spec import EventDataset
from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.stitching.spec import FieldBased, StitchingMethod
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch, valid


def stitching_of(dataset: EventDataset) -> FieldBased:
    """The field-based stitching of a dataset that has one."""
    assert isinstance(dataset.stitching, FieldBased)
    return dataset.stitching


def without_nobodies(rows: DataFrame, dataset: EventDataset) -> DataFrame:
    """Give the reason `empty_person_id` to rows that name nobody, whatever stitching finds.

    Rows:    The same.
    Columns: reads own_person_id, persistent_id; changes reason.
    """
    person, named = F.col("own_person_id"), F.col("own_person_id").isNotNull()
    if dataset.stitching is not None:
        named = valid(person, dataset.stitching) | ~blank(F.col("persistent_id"))
    return rows.withColumn("reason", F.coalesce("reason", F.when(~named, "empty_person_id")))


def own_persons(rows: DataFrame) -> DataFrame:
    """Give each row of a dataset without stitching the person that it names.

    Columns: reads own_person_id, own_namespace string; adds person_id, person_namespace, stitch_reason string.
    """
    reason = F.when(F.col("own_person_id").isNotNull(), "own").otherwise("none")
    return rows.select(
        "*", F.col("own_person_id").alias("person_id"), F.col("own_namespace").alias("person_namespace"),
        reason.alias("stitch_reason"),
    )  # fmt: skip


def device_runs(rows: DataFrame, known: DataFrame | None, spec: FieldBased, counted: Callable[[DataFrame], DataFrame] | None = None) -> DataFrame:
    """Runs of all devices that the rows of a load need, held in memory: they are joined more than once.

    Rows:    One per device with a login.
    Columns: reads persistent_id, own_person_id string, ts timestamp, reason string; reads of known persistent_id,
        own_person_id string, ts timestamp; returns device string, runs array<struct<ts timestamp, person string>>,
        capped boolean.

    Args:
        rows: the rows of the load.
        known: events of earlier loads.
        spec: the stitching.
        counted: which logins count, where not all do.
    """
    found = logins(rows.where(F.col("reason").isNull()), spec)
    if known is not None:
        devices = rows.select(F.col("persistent_id")).distinct()
        before = logins(known.join(devices, on="persistent_id", how="left_semi"), spec)
        found = found.unionByName(before).groupBy("device", "ts").agg(F.min("person").alias("person"))
    gathered = runs(found if counted is None else counted(found), spec).persist()
    gathered.count()
    return gathered


def stitched_persons(rows: DataFrame, device_runs: DataFrame, dataset: EventDataset, covered: Column) -> DataFrame:
    """Give each row of a dataset the person that stitching finds.

    Columns: reads persistent_id, persistent_namespace, own_person_id, own_namespace string, ts timestamp; reads of
        device_runs device string, runs array<struct<ts timestamp, person string>>, capped boolean; adds person_id,
        person_namespace, stitch_reason string.
    """
    assert dataset.persistent_id is not None
    person_namespace = F.coalesce(F.col("own_namespace"), F.lit(dataset.person_id.code()))
    device_namespace = F.coalesce(F.col("persistent_namespace"), F.lit(dataset.persistent_id.code()))
    if dataset.person_id.identity_map != "primary":
        person_namespace = F.lit(dataset.person_id.code())
    return stitch(rows, device_runs, stitching_of(dataset), person_namespace, device_namespace, covered)


def covered_by(spec: StitchingMethod, last: datetime | None, load: Load) -> Column:
    """Per row the last replay that covers it, of those that have run once this load is done."""
    return replayed_at(spec, last, load.known.replayed_until)
