"""Shared-device exposure: how much of a dataset happens on devices that several persons log in on."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.stitching.spec import FieldBased, StitchingMethod
from cja_spark.connection.stitching.stitch import logins, runs, valid
from cja_spark.connection.stitching.validation import share


def exposure(rows: DataFrame, spec: StitchingMethod) -> DataFrame:
    """Measure the events on shared devices: those with at least two distinct person IDs (F18).

    Rows:    One.
    Columns: reads persistent_id, own_person_id string; returns events, shared_devices bigint, event_share (their events
        of all), anonymous_share_on_shared (anonymous ones of their events), anonymous_event_share (their anonymous
        events of all) double. Shares of nothing are null.
    Source:  CJA, shared devices. Blocked devices and persons count as none (F13).
    """
    login = valid(F.col("own_person_id"), spec)
    device = F.when(valid(F.col("persistent_id"), spec), F.col("persistent_id"))
    devices = rows.groupBy(device.alias("_device")).agg(
        F.count("*").alias("_events"),
        F.count_if(~login).alias("_anonymous"),
        F.count_distinct(F.when(login, F.col("own_person_id"))).alias("_persons"),
    )
    shared = F.col("_device").isNotNull() & (F.col("_persons") >= 2)
    sums = devices.agg(
        F.coalesce(F.sum("_events"), F.lit(0)).alias("events"),
        F.count_if(shared).alias("shared_devices"),
        F.coalesce(F.sum(F.when(shared, F.col("_events"))), F.lit(0)).alias("_shared"),
        F.coalesce(F.sum(F.when(shared, F.col("_anonymous"))), F.lit(0)).alias("_anonymous"),
    )
    return sums.select(
        "events",
        "shared_devices",
        share(F.col("_shared"), F.col("events")).alias("event_share"),
        share(F.col("_anonymous"), F.col("_shared")).alias("anonymous_share_on_shared"),
        share(F.col("_anonymous"), F.col("events")).alias("anonymous_event_share"),
    )


def capped_devices(rows: DataFrame, spec: FieldBased) -> DataFrame:
    """Find devices that changed hands so often that stitching stopped for them (F12).

    Rows:    One per capped device.
    Columns: reads persistent_id, own_person_id string, ts timestamp; returns device string, switches bigint.
    """
    found = runs(logins(rows, spec), spec).where(F.col("capped"))
    return found.select("device", (F.size("runs") - 1).cast("bigint").alias("switches"))
