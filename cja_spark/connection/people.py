"""Profiles and lookups: one row per person or key, the newest wins."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F

from cja_spark.connection.conform import RESERVED, identity, path_column
from cja_spark.connection.load import Load
from cja_spark.connection.spec import Connection, LookupDataset, ProfileDataset
from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.tables import QUARANTINE
from cja_spark.lake import Lake
from cja_spark.sources.items import FILE
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.read import ADDED, read_items
from cja_spark.sources.types import settled, shaped


def check_people(lake: Lake, connection: Connection, load: Load, files_root: str) -> None:
    """Read the profile and lookup rows of a load once, so that a file that cannot be read is found before any write.

    Raises:
        MissingColumnError: a dataset names a column that its rows do not have.
    """
    people: dict[str, ProfileDataset | LookupDataset] = {**connection.profiles(), **connection.lookups()}
    for name, dataset in people.items():
        if load.of(name):
            rows = read_items(lake.spark, dataset.source, files_root, load.of(name))
            _key(rows, name, dataset)
            rows.write.format("noop").mode("overwrite").save()


def _key(rows: DataFrame, name: str, dataset: ProfileDataset | LookupDataset) -> Column:
    """What a row of a profile or lookup dataset is known by."""
    if isinstance(dataset, ProfileDataset):
        return identity(dataset.person_id, rows.schema, name, "person_id", stitched=False)["id"]
    return path_column(dataset.key, rows.schema, f"dataset '{name}', key")[0].cast("string")


def write_profiles(lake: Lake, connection: Connection, load: Load, files_root: str) -> None:
    """Bring profiles up to date: one struct column per profile dataset.

    Rows:    One per person; a dataset's newest row replaces its older one.
    """
    for name, dataset in connection.profiles().items():
        if not load.of(name):
            continue
        rows = read_items(lake.spark, dataset.source, files_root, load.of(name))
        keyed = _keyed(rows, _key(rows, name, dataset), "person_id")
        newest = keyed.newest().withColumnRenamed("payload", name)
        there = lake.profiles.read()
        if "person_id" in there.columns:
            before = there.withColumnRenamed(name, "_before") if name in there.columns else there
            joined = before.join(newest, on="person_id", how="full")
            if "_before" in before.columns:
                kept = (
                    F.col("_before")
                    if before.schema["_before"].dataType == newest.schema[name].dataType
                    else F.lit(None)
                )
                joined = joined.withColumn(name, F.coalesce(F.col(name), kept)).drop("_before")
            newest = joined
        lake.profiles.overwrite(newest)
        keyed.set_aside(lake, load, name)


def write_lookups(lake: Lake, connection: Connection, load: Load, files_root: str) -> None:
    """Bring lookups up to date.

    Rows:    One per key; the newest row of a key replaces the older one.
    """
    for name, dataset in connection.lookups().items():
        if not load.of(name):
            continue
        rows = read_items(lake.spark, dataset.source, files_root, load.of(name))
        keyed = _keyed(rows, _key(rows, name, dataset), "key")
        newest = keyed.newest().select("key", "payload.*")
        table = lake.lookup(name)
        if table.exists() and not load.full:
            before = table.read().join(keyed.keys(), on="key", how="left_anti")
            newest = newest.unionByName(before, allowMissingColumns=True)
        table.overwrite(newest)
        keyed.set_aside(lake, load, name)


@dataclass(frozen=True)
class _Keyed:
    """Rows of a profile or lookup dataset with their key, and how many of them cannot be used once they were read."""

    rows: DataFrame
    role: str
    seen: Observation

    def _usable(self, rows: DataFrame) -> DataFrame:
        return rows.where(F.col(self.role).isNotNull() & ~F.col("_corrupt"))

    def newest(self) -> DataFrame:
        """The last row of each key by file and position; rows that cannot be used are counted on the way."""
        unusable = F.count_if(F.col(self.role).isNull() | F.col("_corrupt"))
        counted = self._usable(self.rows.observe(self.seen, unusable.alias("dropped")))
        return counted.groupBy(self.role).agg(F.max_by("payload", F.struct(FILE, "_row")).alias("payload"))

    def keys(self) -> DataFrame:
        """The keys, each as often as it is there."""
        return self._usable(self.rows).select(self.role)

    def set_aside(self, lake: Lake, load: Load, name: str) -> None:
        """Append the rows that cannot be used to quarantine, if there are any."""
        if not self.seen.get.get("dropped"):
            return
        empty = "empty_person_id" if self.role == "person_id" else "empty_key"
        reason = F.when(F.col("_corrupt"), "unreadable_row").when(F.col(self.role).isNull(), empty)
        dropped = self.rows.withColumn("reason", reason).where(F.col("reason").isNotNull())
        rows = dropped.select(
            F.lit(load.number).cast("bigint").alias("load"), F.lit(name).alias("dataset"), "reason",
            F.col(FILE).alias("file"), F.lit(None).cast("timestamp").alias("ts"),
            F.lit(None).cast("string").alias("event_id"), F.to_json("payload").alias("raw"),
        )  # fmt: skip
        lake.table(QUARANTINE).create().append(rows, app_id=f"quarantine:{name}", txn=load.number)


def _keyed(rows: DataFrame, key: Column, role: str) -> _Keyed:
    fields = [field for field in rows.schema.fields if field.name not in ADDED]
    payload = F.struct(
        *(
            shaped(F.col(f"`{field.name}`"), field.dataType, settled(field.dataType)).alias(
                f"source_{field.name}" if field.name in (*RESERVED, "key") else field.name
            )
            for field in fields
        )
    )
    corrupt = F.col(CORRUPT).isNotNull() if CORRUPT in rows.columns else F.lit(False)
    keyed = rows.select(
        F.when(~blank(key), key).alias(role), payload.alias("payload"), FILE, F.monotonically_increasing_id().alias("_row"),
        corrupt.alias("_corrupt"),
    )  # fmt: skip
    return _Keyed(keyed, role, Observation())
