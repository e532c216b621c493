"""All rows that the lake knows of: its events, and those that connect put into quarantine, as they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.tables import EVENT_COLUMNS, LOADS, QUARANTINE
from cja_spark.kernels.reconcile import DROPPED, DUPLICATE, LOADED
from cja_spark.lake import Lake
from cja_spark.reconciliation.reported import Days

REPEATED = "duplicate_event_id"
BESIDE = timedelta(days=1)  # a local day begins at most 14 hours from that of UTC


class Undated(NamedTuple):
    """Rows in quarantine that nobody can give a day or a metric: without a usable time, or without what they held."""

    dataset: str
    reason: str
    rows: int


def known_rows(lake: Lake, version: int, days: Days) -> DataFrame:
    """Events and quarantined rows of some days and the day before and after, in one shape.

    Rows:    One per event; one per row in quarantine that has a time and its content.
    Columns: returns those of events; adds _state bigint, _reason string (empty for events).
    """
    events = lake.events.read(version)
    first, last = days[0] - BESIDE, days[1] + BESIDE
    loaded = events.where(F.col("event_date").between(first, last))
    loaded = loaded.withColumns({"_state": F.lit(LOADED).cast("bigint"), "_reason": F.lit("")})
    payload = T.StructType([field for field in events.schema.fields if field.name not in EVENT_COLUMNS])
    dropped = lake.table(QUARANTINE).read().where(F.to_date("ts").between(first, last) & F.col("raw").isNotNull())
    parsed = dropped.select(
        "dataset", "ts", "event_id", "load",
        F.when(F.col("reason") == REPEATED, DUPLICATE).otherwise(DROPPED).cast("bigint").alias("_state"),
        F.col("reason").alias("_reason"), F.from_json("raw", payload).alias("_payload"),
    ).select("*", *(F.col("_payload").getField(field.name).alias(field.name) for field in payload.fields)).drop("_payload")  # fmt: skip
    return loaded.unionByName(parsed, allowMissingColumns=True)


def undated_rows(lake: Lake) -> list[Undated]:
    """Rows in quarantine of no day, or without content, per dataset and reason."""
    rows = lake.table(QUARANTINE).read().where(F.col("ts").isNull() | F.col("raw").isNull())
    counted = rows.groupBy("dataset", "reason").count().orderBy("dataset", "reason").collect()
    return [Undated(row["dataset"], row["reason"], row["count"]) for row in counted]


def reasons_in(lake: Lake) -> list[str]:
    """The reasons for which rows were dropped, sorted."""
    return sorted(row["reason"] for row in lake.table(QUARANTINE).totals(("reason",), {"rows": ("count", "reason")}))


def arrivals(lake: Lake, datasets: Sequence[str]) -> dict[tuple[int, str], datetime]:
    """When the rows of each load came, per dataset: the instant of the load where it was given one, else that of its newest file.

    Source: Decision (docs/decisions/reconcile.md): no wall clock; a file is there when its file system says so.
    """
    table = lake.table(LOADS)
    rows = table.rows() if table.exists() else []
    gone = {row["load"] for row in rows if row["state"] == "dropped"}
    found: dict[tuple[int, str], datetime] = {}
    for row in rows:
        if row["state"] != "planned" or row["load"] in gone:
            continue
        for item in row["items"]:
            at = row["as_of"] or datetime.fromtimestamp(item["modified_ms"] / 1000, UTC)
            key = (row["load"], item["dataset"])
            if item["dataset"] in datasets:
                found[key] = max(found.get(key, at.astimezone(UTC)), at.astimezone(UTC))
    return found


def last_day(files: Sequence[str]) -> date | None:
    """The last day of the event files of a version."""
    from urllib.parse import unquote

    return max((date.fromisoformat(unquote(file).rsplit("event_date=", 1)[1][:10]) for file in files), default=None)
