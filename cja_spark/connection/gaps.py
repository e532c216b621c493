"""Gaps: times of devices that belonged to an erased person; nobody inherits them, however late a login comes (F16 c)."""

from __future__ import annotations

from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.persons import stitching_of
from cja_spark.connection.spec import EventDataset
from cja_spark.connection.stitching.stitch import logins, runs, to_the_ms
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.table import TableSpec
from cja_spark.table_schema import schema

GAPS = TableSpec("stitching_gaps", schema("dataset string, persistent_id string, since timestamp, until timestamp"))
EVER = datetime(1900, 1, 1, tzinfo=UTC)  # no event is older


def gaps_of(lake: Lake, dataset: str) -> DataFrame | None:
    """The gaps of a dataset's devices; None where nobody was erased.

    Rows:    One per gap; those of a device do not overlap. One that ends where it begins is a gap of that instant alone.
    Columns: returns persistent_id string, since, until timestamp.
    """
    table = lake.table(GAPS)
    return table.matching(equal(dataset=dataset)).drop("dataset") if table.exists() else None


def with_gaps(found: DataFrame, gaps: DataFrame | None) -> DataFrame:
    """Logins with nobody's login where a gap begins, and without those within one: nobody's lasts to the next that counts.

    Rows:    One per login that counts, and one per gap.
    Columns: reads device string, ts timestamp, person string; reads of gaps persistent_id string, since, until timestamp;
        returns device string, ts timestamp, person string.
    """
    logged = found.select("device", "ts", "person")
    if gaps is None:
        return logged
    within = (F.col("device") == F.col("persistent_id")) & (F.col("ts") >= F.col("since")) & (F.col("ts") < F.col("until"))
    lasting = gaps.where(F.col("since") < F.col("until"))
    nobody = lasting.select(F.col("persistent_id").alias("device"), F.col("since").alias("ts"), F.lit(None).cast("string").alias("person"))
    return logged.join(lasting, on=within, how="left_anti").unionByName(nobody)


def with_instants(device_runs: DataFrame, gaps: DataFrame | None) -> DataFrame:
    """Runs of devices with the instants at which nobody inherits a row, whoever is there before and after it.

    Rows:    The same: the gaps of an instant are gathered by device.
    Columns: reads device string; reads of gaps persistent_id string, since, until timestamp; adds instants array<timestamp>.
    """
    if gaps is None:
        return device_runs.withColumn("instants", F.lit(None).cast("array<timestamp>"))
    lone = gaps.where(F.col("since") == F.col("until")).groupBy(F.col("persistent_id").alias("device"))
    return device_runs.join(lone.agg(F.collect_set("since").alias("instants")), on="device", how="left")


def gaps_left_by(lake: Lake, name: str, dataset: EventDataset, people: DataFrame, at: datetime) -> DataFrame:
    """The gaps that erasing some persons leaves in a dataset: each of their runs on a device, to the next run there.

    A device's first run reaches back to the beginning of time; a last one to the instant of the request, and on to the
    first login after it.

    Rows:    One per run of such a person.
    Columns: reads of people namespace, id string; returns dataset, persistent_id string, since, until timestamp.
    """
    spec = stitching_of(dataset)
    own = lake.events.read().where(F.col("dataset") == name)
    found = runs(with_gaps(logins(own, spec), gaps_of(lake, name)), spec)
    each = found.select("device", F.posexplode("runs").alias("_at", "_run"), F.col("runs").alias("_all"))
    gone = each.join(F.broadcast(_logged_in(own, dataset, people)), on=F.col("_run.person") == F.col("_id"), how="left_semi")
    following = F.get(F.col("_all"), F.col("_at") + 1)["ts"]
    return gone.select(
        F.lit(name).alias("dataset"), F.col("device").alias("persistent_id"),
        F.when(F.col("_at") == 0, F.lit(EVER)).otherwise(F.col("_run.ts")).alias("since"),
        F.coalesce(following, F.lit(at)).alias("until"),
    )  # fmt: skip


def _logged_in(events: DataFrame, dataset: EventDataset, people: DataFrame) -> DataFrame:
    """The ids of those of some persons who logged in, by the namespace of each row: of primary identities each has its own."""
    code = F.lower(F.coalesce("own_namespace", F.lit(dataset.person_id.code())))
    named = events.select(code.alias("namespace"), F.col("own_person_id").alias("id"))
    return named.join(F.broadcast(people.select("namespace", "id")), on=["namespace", "id"], how="left_semi").select(
        F.col("id").alias("_id")
    ).distinct()


def instants_left_by(lake: Lake, name: str, stitched: DataFrame, left: DataFrame) -> DataFrame:
    """The gaps of an instant for rows that stitching gave erased persons outside every gap: another was there since.

    Rows:    One per device and instant.
    Columns: reads persistent_id string, ts timestamp; reads of left persistent_id string, since, until timestamp; returns
        dataset, persistent_id string, since, until timestamp.

    Args:
        lake: the lake, with gaps of earlier erasures.
        name: the dataset.
        stitched: the rows.
        left: the gaps that this erasure leaves.
    """
    known, before = left.select("persistent_id", "since", "until"), gaps_of(lake, name)
    known = (known if before is None else known.unionByName(before)).withColumnRenamed("persistent_id", "_device")
    rows = stitched.where(F.col("persistent_id").isNotNull()).select("persistent_id", to_the_ms(F.col("ts")).alias("_at")).distinct()
    within = (F.col("_at") == F.col("since")) | ((F.col("_at") >= F.col("since")) & (F.col("_at") < F.col("until")))
    lone = rows.join(known, on=(F.col("persistent_id") == F.col("_device")) & within, how="left_anti")
    return lone.select(F.lit(name).alias("dataset"), "persistent_id", F.col("_at").alias("since"), F.col("_at").alias("until"))
