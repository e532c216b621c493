"""Placeholders: which blocked values came as identities, and how often."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.stitching.spec import StitchingMethod
from cja_spark.connection.stitching.stitch import blocked

ROLES = {"person ID": "own_person_id", "persistent ID": "persistent_id"}


def placeholders(rows: DataFrame, spec: StitchingMethod) -> DataFrame:
    """Count the rows of each blocked value (F13).

    Rows:    One per role and value as it was written.
    Columns: reads persistent_id, own_person_id string; returns role, value string, events bigint.
    """
    kinds = F.array(*(F.struct(F.lit(role).alias("role"), F.col(name).alias("value")) for role, name in ROLES.items()))
    values = rows.select(F.explode(kinds).alias("_id")).select("_id.role", "_id.value")
    return values.where(blocked(F.col("value"), spec)).groupBy("role", "value").agg(F.count("*").alias("events"))
