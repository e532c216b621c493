"""Exclusions: the table that names who was left out of a run of a report, and why nobody is missing in silence (L3)."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.lake import Lake
from cja_spark.table import TableSpec
from cja_spark.table_schema import schema

EXCLUSIONS = TableSpec(
    "report_exclusions",
    schema("run_id string, report string, view string, person_id string, person_namespace string, event_count bigint"),
)


def keep_left_out(
    lake: Lake, report: str, view: str, run: str, left_out: Mapping[int, int], journeys: DataFrame
) -> None:
    """Write the ids of the persons left out of a run; nothing is written when there are none.

    Rows:    One per (run_id, report, person_id).
    """
    if not left_out:
        return
    people = (
        journeys.where(F.col("person").isin(list(left_out)))
        .groupBy("person", "person_id")
        .agg(F.max_by("person_namespace", "period").alias("person_namespace"))
        .collect()  # few: each stands for more events than the limit
    )
    table = lake.table(EXCLUSIONS).create()
    rows = [
        (run, report, view, row["person_id"], row["person_namespace"], left_out[row["person"]])
        for row in sorted(people, key=lambda row: str(row["person_id"]))
    ]
    table.overwrite(table.frame(rows), where=f"run_id = '{run}' AND report = '{report}'")
