"""Validation metrics: how much more of a dataset belongs to a person since it is stitched."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.stitching.spec import StitchingMethod
from cja_spark.connection.stitching.stitch import valid

STITCHED = ("own", "last_login", "first_login", "graph")


def share(part: Column, whole: Column) -> Column:
    """A share as a double; null of nothing."""
    return F.when(whole > 0, part.cast("double") / whole)


def validation(rows: DataFrame, spec: StitchingMethod) -> DataFrame:
    """Measure the authentication rate before and after stitching (F17).

    Rows:    One. Events without a stitched ID are not counted; rates are null when there are none.
    Columns: reads person_id, own_person_id, stitch_reason string; returns events bigint, authentication_rate,
        stitched_authentication_rate, increase (a difference of the two shares), lift (null when the rate was 0) double,
        people bigint (distinct stitched IDs).
    Source:  CJA, validate stitching. A blocked person ID is none (F13).
    """
    counted = rows.where(~blank(F.col("person_id")))
    sums = counted.agg(
        F.count("*").alias("events"),
        F.count_if(valid(F.col("own_person_id"), spec)).alias("_own"),
        F.count_if(F.col("stitch_reason").isin(*STITCHED)).alias("_stitched"),
        F.count_distinct("person_id").alias("people"),
    )
    before, after = share(F.col("_own"), F.col("events")), share(F.col("_stitched"), F.col("events"))
    return sums.select(
        "events",
        before.alias("authentication_rate"),
        after.alias("stitched_authentication_rate"),
        (after - before).alias("increase"),
        F.when(before > 0, (after - before) / before).alias("lift"),
        "people",
    )
