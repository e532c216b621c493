"""Gaps: times of devices that belonged to an erased person; nobody inherits them, however late a login comes (F16 c)."""

from __future__ import annotations

from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.persons import stitching_of
from cja_spark.connection.spec import EventDataset
from cja_spark.connection.stitching.stitch import logins, runs
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.table import TableSpec
from cja_spark.table_schema import schema

GAPS = TableSpec("stitching_gaps", schema("dataset string, persistent_id string, since timestamp, until timestamp"))
EVER = datetime(1900, 1, 1, tzinfo=UTC)  # no event is older


def gaps_of(lake: Lake, dataset: str) -> DataFrame | None:
    """The gaps of a dataset's devices; None where nobody was erased.

    Rows:    One per gap; those of a device do not overlap.
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
    nobody = gaps.select(F.col("persistent_id").alias("device"), F.col("since").alias("ts"), F.lit(None).cast("string").alias("person"))
    return logged.join(gaps, on=within, how="left_anti").unionByName(nobody)


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
    ids = people.where(F.col("namespace") == dataset.person_id.code().lower()).select(F.col("id").alias("_id"))
    gone = each.join(F.broadcast(ids), on=F.col("_run.person") == F.col("_id"), how="left_semi")
    following = F.get(F.col("_all"), F.col("_at") + 1)["ts"]
    return gone.select(
        F.lit(name).alias("dataset"), F.col("device").alias("persistent_id"),
        F.when(F.col("_at") == 0, F.lit(EVER)).otherwise(F.col("_run.ts")).alias("since"),
        F.coalesce(following, F.lit(at)).alias("until"),
    )  # fmt: skip
