"""All rows that the lake knows of: its events, and those that connect put into quarantine, as they came."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.tables import EVENT_COLUMNS, LOADS, QUARANTINE
from cja_spark.kernels.reconcile import DROPPED, DUPLICATE, LOADED
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.reconciliation.reported import Days
from cja_spark.table_schema import schema

REPEATED = "duplicate_event_id"
BESIDE = timedelta(days=1)  # a local day begins at most 14 hours from that of UTC


class Undated(NamedTuple):
    """Rows in quarantine without a usable time of their own, or without what they held.

    Attributes:
        dataset: the dataset.
        reason: why they were dropped.
        held: whether what they held is still there.
        rows: how many.
    """

    dataset: str
    reason: str
    held: bool
    rows: int


class Taken(NamedTuple):
    """A file that a load took.

    Attributes:
        load: the load.
        dataset: the dataset that it is of.
        path: where it lies.
        came: when it came: the instant of the load where it was given one, else when the file was written.
        written: when it was written, and not after it came.
    """

    load: int
    dataset: str
    path: str
    came: datetime
    written: datetime


def known_rows(lake: Lake, version: int, days: Days) -> DataFrame:
    """Events and quarantined rows of some days and the day before and after, in one shape.

    Rows:    One per event; one per row in quarantine that has its content. What has no time of its own has that of its file.
    Columns: returns those of events; adds _state bigint, _reason string (empty for events).
    """
    events = lake.events.read(version)
    first, last = days[0] - BESIDE, days[1] + BESIDE
    loaded = events.where(F.col("event_date").between(first, last))
    loaded = loaded.withColumns({"_state": F.lit(LOADED).cast("bigint"), "_reason": F.lit("")})
    payload = T.StructType([field for field in events.schema.fields if field.name not in EVENT_COLUMNS])
    dropped = _dated(lake, lake.table(QUARANTINE).read().where(F.col("raw").isNotNull())).where(F.to_date("ts").between(first, last))
    parsed = dropped.select(
        "dataset", "ts", "event_id", "load",
        F.when(F.col("reason") == REPEATED, DUPLICATE).otherwise(DROPPED).cast("bigint").alias("_state"),
        F.col("reason").alias("_reason"), F.from_json("raw", payload).alias("_payload"),
    ).select("*", *(F.col("_payload").getField(field.name).alias(field.name) for field in payload.fields)).drop("_payload")  # fmt: skip
    return loaded.unionByName(parsed, allowMissingColumns=True)


def _dated(lake: Lake, dropped: DataFrame) -> DataFrame:
    """Give rows without a usable time the instant that their file was written: they happened before, and mostly shortly.

    Rows:    The same: of files that hold such rows each is listed once per load and dataset.
    Columns: reads load bigint, dataset string, file string; adds to ts timestamp.
    Source:  Decision (docs/decisions/reconcile.md): a row is not left out because nobody can say its day.
    """
    keys = ("load", "dataset", "file")
    files = dropped.where(F.col("ts").isNull()).select(*keys).distinct().collect()
    if not files:
        return dropped
    written = {(one.load, one.dataset, _address(one.path)): one.written for one in _taken(lake)}
    newest: dict[tuple[int, str], datetime] = {}  # of a table the rows name files, and loads took its versions
    for (load, dataset, _), at in written.items():
        newest[load, dataset] = max(newest.get((load, dataset), at), at)
    known = [
        (load, dataset, file, written.get((load, dataset, _address(file or "")), newest.get((load, dataset))))
        for load, dataset, file in files
    ]
    listed = local_rows(lake.spark, known, schema("load bigint, dataset string, file string, _written timestamp"))
    dated = dropped.join(F.broadcast(listed), on=list(keys), how="left")
    return dated.withColumn("ts", F.coalesce("ts", "_written")).select(*dropped.columns)


def _address(path: str) -> str:
    """A file's place, however it is written: `file:/a%20b` and `file:///a b` are one."""
    return unquote(re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*:)/+", r"\1/", path))


def undated_rows(lake: Lake) -> list[Undated]:
    """Rows in quarantine without a time of their own, or without content, per dataset and reason."""
    rows = lake.table(QUARANTINE).read().where(F.col("ts").isNull() | F.col("raw").isNull())
    by = ("dataset", "reason", "held")
    counted = rows.withColumn("held", F.col("raw").isNotNull()).groupBy(*by).count().orderBy(*by).collect()
    return [Undated(row["dataset"], row["reason"], row["held"], row["count"]) for row in counted]


def reasons_in(lake: Lake) -> list[str]:
    """The reasons for which rows were dropped, sorted."""
    return sorted(row["reason"] for row in lake.table(QUARANTINE).totals(("reason",), {"rows": ("count", "reason")}))


def arrivals(lake: Lake, datasets: Sequence[str]) -> dict[tuple[int, str], datetime]:
    """When the rows of each load came, per dataset: the instant of the load where it was given one, else that of its newest file.

    Source: Decision (docs/decisions/reconcile.md): no wall clock; a file is there when its file system says so.
    """
    found: dict[tuple[int, str], datetime] = {}
    for one in _taken(lake):
        if one.dataset in datasets:
            key = (one.load, one.dataset)
            found[key] = max(found.get(key, one.came), one.came)
    return found


def _taken(lake: Lake) -> Iterator[Taken]:
    """Files of all loads that were not taken back."""
    table = lake.table(LOADS)
    rows = table.rows() if table.exists() else []
    gone = {row["load"] for row in rows if row["state"] == "dropped"}
    for row in rows:
        if row["state"] != "planned" or row["load"] in gone:
            continue
        for item in row["items"]:
            written = datetime.fromtimestamp(item["modified_ms"] / 1000, UTC)
            came = row["as_of"].astimezone(UTC) if row["as_of"] else written
            yield Taken(row["load"], item["dataset"], item["path"], came, min(came, written))


def last_day(files: Sequence[str]) -> date | None:
    """The last day of the event files of a version."""
    return max((date.fromisoformat(unquote(file).rsplit("event_date=", 1)[1][:10]) for file in files), default=None)
