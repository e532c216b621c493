"""Preflight: whether a dataset's identities are good enough to stitch it, seen before anything is loaded."""

from __future__ import annotations

from datetime import datetime, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.stitching.placeholders import ROLES
from cja_spark.connection.stitching.spec import StitchingMethod
from cja_spark.connection.stitching.stitch import valid
from cja_spark.connection.stitching.validation import share

SAMPLE = timedelta(days=7)
LEAST_PERSISTENT = 0.95
LEAST_PERSON = 0.05
BAD_ID_EVENTS = 1_000_000


def preflight(rows: DataFrame, spec: StitchingMethod, until: datetime) -> DataFrame:
    """Measure how many events of the last seven days have identities (F19).

    Rows:    One. The seven days end with `until` and are open on the left.
    Columns: reads persistent_id, persistent_namespace, own_person_id string, ts timestamp; returns events bigint,
        persistent_coverage, person_coverage (shares of events with a valid ID; null without events) double, primary_is_person bigint (rows
        whose primary identity is the person's and that so have no persistent ID, F4).
    Source:  CJA, stitching in the connections UI. Decision: placeholders cover nothing.
    """
    week = rows.where((F.col("ts") > F.lit(until - SAMPLE)) & (F.col("ts") <= F.lit(until)))
    events = F.count("*")
    return week.agg(
        events.alias("events"),
        share(F.count_if(valid(F.col("persistent_id"), spec)), events).alias("persistent_coverage"),
        share(F.count_if(valid(F.col("own_person_id"), spec)), events).alias("person_coverage"),
        F.count_if(F.col("persistent_id").isNull() & F.col("persistent_namespace").isNotNull()).alias(
            "primary_is_person"
        ),
    )


def bad_ids(rows: DataFrame, until: datetime, more_than: int = BAD_ID_EVENTS) -> DataFrame:
    """Find IDs on more events of a calendar month (UTC) than one person can have (F19).

    Rows:    One per role, value and month; only months that the last seven days before `until` lie in, up to `until`.
    Columns: reads persistent_id, own_person_id string, ts timestamp; returns role, value string, month date, events
        bigint.
    Source:  CJA, bad IDs. Decision: they are reported here; connect is what discards them (connection/bad_ids.py).
    """
    first = (until - SAMPLE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month = F.trunc(F.to_date("ts"), "month").alias("month")
    kinds = F.array(*(F.struct(F.lit(role).alias("role"), F.col(name).alias("value")) for role, name in ROLES.items()))
    recent = rows.where((F.col("ts") >= F.lit(first)) & (F.col("ts") <= F.lit(until)))
    values = recent.select(month, F.explode(kinds).alias("_id")).select("_id.role", "_id.value", "month")
    counted = values.where(~blank(F.col("value"))).groupBy("role", "value", "month").agg(F.count("*").alias("events"))
    return counted.where(F.col("events") > more_than)
