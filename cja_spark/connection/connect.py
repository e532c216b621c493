"""`connect`: what is new in the sources becomes events, profiles and lookups, exactly once."""

from __future__ import annotations

from datetime import datetime
from functools import reduce

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.conform import Conformed, conform_events
from cja_spark.connection.drop import flagged
from cja_spark.connection.load import Load, drop_plan, finish_load, plan_load
from cja_spark.connection.people import write_lookups, write_profiles
from cja_spark.connection.receipt import ConnectReceipt, receipt_of
from cja_spark.connection.replay import persons_of, replay
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import EVENT_COLUMNS, EVENT_SCHEMA, QUARANTINE, STAGING
from cja_spark.connection.types import merged, shaped
from cja_spark.errors import InputError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.sources.read import explained, read_items


def connect(
    spark: SparkSession,
    lake: Lake,
    connection: Connection,
    *,
    files_root: str,
    full: bool = False,
    as_of: datetime | None = None,
) -> ConnectReceipt:
    """Load what is new, or with `full` everything again.

    Rows:    Events: one per usable source row, duplicate event ids once. Quarantine: every other row, with its reason.
    Raises:  SourceError, MissingColumnError, TypeConflictError; every table stays as it was.
    Source:  Decision (docs/decisions/loads.md): a plan row first, one transaction version per load.
    """
    load = plan_load(lake, connection, files_root, full=full, as_of=as_of)
    if load is None:
        return receipt_of(lake, None)
    failpoint("connect.planned")
    try:
        events = _stage(lake, connection, load, files_root)
    except (PySparkException, Py4JJavaError, InputError) as error:
        drop_plan(lake, load)
        if isinstance(error, InputError):
            raise
        raise explained(error, _dataset_in(error, load), load.items) from error
    failpoint("connect.staged")
    _write_events(lake, connection, load, events)
    for step in (write_profiles, write_lookups):
        step(lake, connection, load, files_root)
        failpoint(f"connect.{step.__name__}")
    until = replay(lake, connection, load)
    failpoint("connect.replayed")
    finish_load(lake, load, until)
    lake.table(STAGING).drop()
    return receipt_of(lake, load)


def _dataset_in(error: Exception, load: Load) -> str:
    text = str(error)
    return next((item.dataset for item in load.items if item.path.split("/")[-1] in text), load.items[0].dataset)


def _stage(lake: Lake, connection: Connection, load: Load, files_root: str) -> T.StructType:
    """Read and conform every event row once, into a staging table; returns the payload's merged type."""
    found: dict[str, Conformed] = {}
    for position, (name, dataset) in enumerate(connection.datasets.items()):
        if name in connection.events() and load.of(name):
            rows = read_items(lake.spark, dataset.source, files_root, load.of(name))
            found[name] = conform_events(rows, name, position, connection.events()[name])
    payload = _payload_type(lake, load, found)
    table = lake.table(STAGING)
    frames = [
        conformed.rows.withColumn("payload", shaped(F.col("payload"), conformed.payload, payload))
        for conformed in found.values()
    ]
    if not frames:
        frames = [_nothing(lake.spark, payload)]
    staged = reduce(DataFrame.unionByName, frames).withColumn("row", F.monotonically_increasing_id())
    table.overwrite(staged)
    return payload


def _payload_type(lake: Lake, load: Load, found: dict[str, Conformed]) -> T.StructType:
    """One type for the payload of all datasets and of the events that are there."""
    payload, first = T.StructType([]), "events"
    if lake.events.exists() and not load.full:
        known = lake.events.read().schema
        payload = T.StructType([field for field in known.fields if field.name not in EVENT_COLUMNS])
    for name, conformed in found.items():
        merged_type = merged(payload, conformed.payload, "", first, name)
        assert isinstance(merged_type, T.StructType)
        payload, first = merged_type, name if not payload.fields else first
    return payload


def _nothing(spark: SparkSession, payload: T.StructType) -> DataFrame:
    own = [
        field
        for field in EVENT_SCHEMA.fields
        if field.name not in ("person_id", "person_namespace", "load", "event_date", "stitch_reason")
    ]
    extra = [
        T.StructField("file", T.StringType()),
        T.StructField("reason", T.StringType()),
        T.StructField("payload", payload),
    ]
    return local_rows(spark, [], T.StructType([*own, *extra]))


def _write_events(lake: Lake, connection: Connection, load: Load, payload: T.StructType) -> None:
    known = lake.events.read(load.events_version) if load.events_version >= 0 and not load.full else None
    rows = persons_of(lake, connection, load, flagged(lake.table(STAGING).read(), known), known)
    moment = F.lit(load.number).cast("bigint").alias("load")
    dropped = rows.where(F.col("reason").isNotNull()).select(
        moment,
        "dataset",
        "reason",
        "file",
        F.when(F.year("ts") <= 9999, F.col("ts")).alias("ts"),  # later years cannot be shown by most readers
        "event_id",
        F.to_json("payload").alias("raw"),
    )
    quarantine = lake.table(QUARANTINE).create()
    write = quarantine.overwrite if load.full else quarantine.append
    write(dropped, app_id="quarantine", txn=load.number)
    failpoint("connect.quarantined")
    usable = rows.where(F.col("reason").isNull()).withColumn("event_date", F.to_date("ts")).withColumn("load", moment)
    fields = [F.col(f"payload.`{field.name}`").alias(field.name) for field in payload.fields]
    events = usable.select(*(F.col(name).cast(EVENT_SCHEMA[name].dataType) for name in EVENT_COLUMNS), *fields)
    write = lake.events.overwrite if load.full else lake.events.append
    write(events.repartition("event_date"), app_id="events", txn=load.number)
    failpoint("connect.appended")
