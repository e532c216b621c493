"""Field-based stitching: each row takes its own person, the device's last login, the first later one, or itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.stitching.spec import ZEROS, FieldBased, StitchingMethod

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def _unusable(spec: StitchingMethod) -> str:
    """What matches a blank value or a placeholder (F13), white space around it and case apart: one look per value."""
    words = [re.sub(r"([^\w ])", r"\\\1", value) for value in spec.blocked]
    words += [ZEROS] if spec.blocks_zeros else []
    return rf"(?iu)^\p{{IsWhite_Space}}*(?:{'|'.join(words)})?\p{{IsWhite_Space}}*$"


def valid(column: Column, spec: StitchingMethod) -> Column:
    """Neither blank nor blocked (F13)."""
    return column.isNotNull() & ~column.rlike(_unusable(spec))


def blocked(column: Column, spec: StitchingMethod) -> Column:
    """Whether a value that is not blank is a placeholder (F13)."""
    return ~blank(column) & column.rlike(_unusable(spec))


def to_the_ms(ts: Column) -> Column:
    """An instant as events tell time: in whole milliseconds."""
    return F.timestamp_millis(F.unix_millis(ts))


def logins(rows: DataFrame, spec: FieldBased) -> DataFrame:
    """Find the logins of some rows.

    Rows:    One per device and millisecond; rows with a blank or blocked device or person are no login (F10, F13).
    Columns: reads persistent_id, own_person_id string, ts timestamp; returns device string, ts timestamp, person
        string.
    Ties:    The smallest person ID wins (F6).
    """
    seen = rows.where(valid(F.col("persistent_id"), spec) & valid(F.col("own_person_id"), spec))
    at = to_the_ms(F.col("ts")).alias("ts")
    return seen.groupBy(F.col("persistent_id").alias("device"), at).agg(F.min("own_person_id").alias("person"))


def runs(found: DataFrame, spec: FieldBased) -> DataFrame:
    """Gather logins to each device's runs.

    Rows:    One per device.
    Columns: reads device string, ts timestamp, person string (null: nobody's, F16 c); returns device string,
        runs array<struct<ts timestamp, person string>> (where runs begin, in time order), capped boolean (more than
        `max_device_switches` transitions, F12).
    """
    gathered = found.groupBy("device").agg(F.array_sort(F.collect_list(F.struct("ts", "person"))).alias("_all"))
    starts = F.filter(
        F.col("_all"),
        lambda login, at: (at == 0) | ~login["person"].eqNullSafe(F.get(F.col("_all"), at - 1)["person"]),
    )
    return gathered.select("device", starts.alias("runs")).select(
        "device", "runs", (F.size("runs") - 1 > spec.max_device_switches).alias("capped")
    )


def stitch(
    rows: DataFrame, device_runs: DataFrame, spec: FieldBased, person_namespace: Column, device_namespace: Column,
    replayed_at: Column,
) -> DataFrame:  # fmt: skip
    """Give each row its person (F5, F7, F8, F10).

    Rows:    The same; `device_runs` has one row per device, so the join cannot multiply them.
    Columns: reads persistent_id, own_person_id string, ts timestamp; reads of device_runs device string,
        runs array<struct<ts timestamp, person string>>, capped boolean (instants array<timestamp> too where there are any,
        at which nobody inherits a row, F16 c); adds person_id, person_namespace, stitch_reason string (own, last_login, first_login, persistent, none).

    Args:
        rows: events of one dataset.
        device_runs: of `runs`.
        spec: the stitching.
        person_namespace: the namespace of person IDs.
        device_namespace: the namespace of persistent IDs.
        replayed_at: per row the instant of the last replay that covers it; null where only live counts.
    """
    joined = rows.join(device_runs.withColumnRenamed("device", "persistent_id"), on="persistent_id", how="left")
    own = valid(F.col("own_person_id"), spec)
    usable = valid(F.col("persistent_id"), spec) & ~F.coalesce(F.col("capped"), F.lit(False))
    at = to_the_ms(F.col("ts"))
    if "instants" in device_runs.columns:
        usable = usable & ~F.coalesce(F.array_contains("instants", at), F.lit(False))
    before = F.try_element_at(F.filter("runs", lambda run: run["ts"] <= at), F.lit(-1))["person"]
    first = F.get(F.col("runs"), 0)
    later = F.when((first["ts"] > at) & (first["ts"] <= replayed_at), first["person"])
    reason = (
        F.when(own, "own")
        .when(usable & before.isNotNull(), "last_login")
        .when(usable & later.isNotNull(), "first_login")
        .when(~blank(F.col("persistent_id")), "persistent")
        .otherwise("none")
    )
    person = (
        F.when(own, F.col("own_person_id"))
        .when(usable & before.isNotNull(), before)
        .when(usable & later.isNotNull(), later)
        .when(~blank(F.col("persistent_id")), F.col("persistent_id"))
    )
    known = F.col("stitch_reason").isin("own", "last_login", "first_login")
    return (
        joined.withColumn("person_id", person)
        .withColumn("stitch_reason", reason)
        .withColumn(
            "person_namespace",
            F.when(known, person_namespace).when(F.col("stitch_reason") == "persistent", device_namespace),
        )
        .select(
            *rows.columns, *(n for n in ("person_id", "person_namespace", "stitch_reason") if n not in rows.columns)
        )
    )


def newest_replay(spec: StitchingMethod, now: datetime, since: datetime | None = None) -> datetime | None:
    """The newest instant up to now at which a replay is due; None when none is, or only ones that have run."""
    if spec.replay is None:
        return None
    if spec.window is None:
        return now
    step = spec.every // MILLISECOND
    newest = EPOCH + ((now - EPOCH) // MILLISECOND // step * step) * MILLISECOND
    return newest if since is None or newest > since else None


def replayed_at(spec: StitchingMethod, last_replay: datetime | None, since: datetime | None = None) -> Column:
    """Per row the instant R of the last replay due now that covers it (F8, F9); null where none does.

    A row is covered when R - W < its time <= R. Replays at or before `since` have run: what they gave stays, also for
    rows that they cover and that arrive later.

    Args:
        spec: the stitching.
        last_replay: the instant up to which replays are due; they lie at whole days or weeks since 1970, and an
            unlimited one runs with every load, at this instant.
        since: the instant up to which earlier loads have replayed; None when none has.
    """
    if last_replay is None or spec.replay is None:
        return F.lit(None).cast("timestamp")
    if spec.window is None:
        return F.when(to_the_ms(F.col("ts")) <= F.lit(last_replay), F.lit(last_replay))
    step, reach = (length // MILLISECOND for length in (spec.every, spec.window))
    newest = (last_replay - EPOCH) // MILLISECOND // step * step
    millis = F.unix_millis("ts")
    before_end = millis + F.lit(reach - 1)
    latest = F.least(before_end - F.pmod(before_end, F.lit(step)), F.lit(newest))
    due = latest >= millis
    if since is not None:
        due = due & (latest > F.lit((since - EPOCH) // MILLISECOND))
    return F.when(due, F.timestamp_millis(latest))
