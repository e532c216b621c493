"""Profiles and lookups: one row per person or key, the newest wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.arrival import with_arrival
from cja_spark.connection.conform import RESERVED, identity, path_column
from cja_spark.connection.dropped import may_have_dropped
from cja_spark.connection.erased import REASON as ERASED
from cja_spark.connection.erased import erased_persons, namespaces_of
from cja_spark.connection.load import Load
from cja_spark.connection.spec import Connection, LookupDataset, ProfileDataset
from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.tables import QUARANTINE
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.sources.items import FILE, ITEM
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.read import ADDED, read_items
from cja_spark.sources.types import Sides, as_stored, merged_structs, settled, shaped
from cja_spark.table_schema import schema

PERSON, KEY = "person_id", "key"


@dataclass(frozen=True)
class Attributes:
    """What a load brings of one profile or lookup dataset.

    Attributes:
        name: the dataset.
        role: the column that its rows are known by, `person_id` or `key`.
        rows: role, payload (the row in its table's type), what names its place, and its text where it is unreadable.
        kind: the type of `payload`: all fields that the dataset ever had.
        seen: how many rows cannot be used, once they were read.
    """

    name: str
    role: str
    rows: DataFrame
    kind: T.StructType
    seen: Observation

    def newest(self) -> DataFrame:
        """The last row of each key by arrival of its file and position; rows that cannot be used are counted on the way.

        Rows:    One per key.
        Columns: returns the role, payload.
        """
        unusable = F.col(self.role).isNull() | F.col("_corrupt").isNotNull() | F.col("_erased")
        counted = self.rows.observe(self.seen, F.count_if(unusable).alias("dropped")).where(~unusable)
        return counted.groupBy(self.role).agg(F.max_by("payload", F.struct("_arrival", FILE, "_row")).alias("payload"))

    def set_aside(self, lake: Lake, load: Load) -> None:
        """Append the rows that cannot be used to quarantine, if there are any."""
        if not may_have_dropped(lake, self.seen):
            return
        empty = "empty_person_id" if self.role == PERSON else "empty_key"
        reason = F.when(F.col("_erased"), ERASED).when(F.col("_corrupt").isNotNull(), "unreadable_row")
        reason = reason.when(F.col(self.role).isNull(), empty)
        came = F.when(~F.col("_erased"), F.coalesce("_corrupt", F.to_json("payload"))).alias("raw")
        dropped = self.rows.withColumn("reason", reason).where(F.col("reason").isNotNull())
        rows = dropped.select(
            F.lit(load.number).cast("bigint").alias("load"), F.lit(self.name).alias("dataset"), "reason",
            F.col(FILE).alias("file"), F.lit(None).cast("timestamp").alias("ts"),
            F.lit(None).cast("string").alias("event_id"), came,
        )  # fmt: skip
        lake.table(QUARANTINE).create().append(rows, app_id=f"quarantine:{self.name}", txn=load.number)


@dataclass(frozen=True)
class People:
    """The profile and lookup rows of a load, checked and not yet written."""

    profiles: tuple[Attributes, ...]
    lookups: tuple[Attributes, ...]


def check_people(lake: Lake, connection: Connection, load: Load, files_root: str) -> People:
    """Read the profile and lookup rows of a load once, so that what cannot be loaded is found before any write.

    Raises:
        MissingColumnError: a dataset names a column that its rows do not have.
        TypeConflictError: an attribute has another type than in earlier loads, and neither holds the other.
    """
    namespaces = namespaces_of(connection)
    profiles = lake.profiles.read().schema if not load.full and connection.profiles() else T.StructType()
    people = People(
        tuple(
            _attributes(lake, load, files_root, name, dataset, _struct(profiles, name), namespaces)
            for name, dataset in connection.profiles().items()
            if load.of(name)
        ),
        tuple(
            _attributes(lake, load, files_root, name, dataset, _lookup_kind(lake, load, name), namespaces)
            for name, dataset in connection.lookups().items()
            if load.of(name)
        ),
    )
    for one in (*people.profiles, *people.lookups):
        one.rows.write.format("noop").mode("overwrite").save()
    return people


def _struct(there: T.StructType, name: str) -> T.StructType:
    kind = there[name].dataType if name in there.fieldNames() else T.StructType()
    assert isinstance(kind, T.StructType)
    return kind


def _lookup_kind(lake: Lake, load: Load, name: str) -> T.StructType:
    if load.full:
        return T.StructType()
    return T.StructType([field for field in lake.lookup(name).read().schema.fields if field.name != KEY])


def _attributes(
    lake: Lake, load: Load, files_root: str, name: str, dataset: ProfileDataset | LookupDataset, known: T.StructType,
    namespaces: Sequence[str],
) -> Attributes:  # fmt: skip
    """Rows with their key, in the type that the table will have."""
    rows = read_items(lake.spark, dataset.source, files_root, load.of(name))
    role = PERSON if isinstance(dataset, ProfileDataset) else KEY
    fields = [field for field in rows.schema.fields if field.name not in ADDED]
    own = T.StructType([T.StructField(_stored(field.name), settled(field.dataType)) for field in fields])
    kind = merged_structs(known, own, Sides(None, name))
    parts = [as_stored(F.col(f"`{field.name}`"), field.dataType).alias(_stored(field.name)) for field in fields]
    key = _key(rows, name, dataset)
    keyed = rows.select(
        F.when(~blank(key), key).alias(role), shaped(F.struct(*parts), own, kind).alias("payload"), FILE,
        F.col(ITEM if ITEM in rows.columns else FILE).alias("_item"),
        F.monotonically_increasing_id().alias("_row"),
        (F.col(CORRUPT) if CORRUPT in rows.columns else F.lit(None).cast("string")).alias("_corrupt"),
    )  # fmt: skip
    keyed = _without_erased(lake, keyed, dataset, namespaces)
    return Attributes(name, role, with_arrival(keyed, "_item", name, load.items), kind, Observation())


def _without_erased(
    lake: Lake, rows: DataFrame, dataset: ProfileDataset | LookupDataset, namespaces: Sequence[str]
) -> DataFrame:
    """Say of rows about persons whether the person was erased: they have no time, so all that come are of before.

    A key of a lookup has no namespace: it is a person's in any.
    """
    erased = erased_persons(lake)
    if erased is None:
        return rows.withColumn("_erased", F.lit(False))
    if isinstance(dataset, ProfileDataset):
        return erased.marked(rows, F.lit(dataset.person_id.code()), F.col(PERSON))
    return erased.about(rows, F.col(KEY), namespaces)


def _stored(name: str) -> str:
    return f"source_{name}" if name.lower() in (*RESERVED, KEY) else name


def _key(rows: DataFrame, name: str, dataset: ProfileDataset | LookupDataset) -> Column:
    """What a row of a profile or lookup dataset is known by."""
    if isinstance(dataset, ProfileDataset):
        return identity(dataset.person_id, rows.schema, name, "person_id", stitched=False)["id"]
    return path_column(dataset.key, rows.schema, f"dataset '{name}', key")[0].cast("string")


def write_profiles(lake: Lake, load: Load, datasets: Sequence[Attributes]) -> None:
    """Bring profiles up to date: one struct column per profile dataset.

    Rows:    One per person; a dataset's newest row replaces its older one. A full load keeps nothing older.
    """
    if not datasets and not load.full:
        return
    there = lake.profiles.read()
    profiles = there if PERSON in there.columns and not load.full else None
    for one in datasets:
        newest = one.newest().withColumnRenamed("payload", one.name)
        profiles = newest if profiles is None else _replaced(profiles, newest, one, one.name)
    if profiles is None:  # a full load without profile datasets
        if PERSON in there.columns:
            lake.profiles.overwrite(local_rows(lake.spark, [], schema(f"{PERSON} string")))
    else:
        lake.profiles.overwrite(profiles)
    for one in datasets:
        one.set_aside(lake, load)


def write_lookups(lake: Lake, load: Load, datasets: Sequence[Attributes]) -> None:
    """Bring lookups up to date.

    Rows:    One per key; the newest row of a key replaces the older one. A full load keeps nothing older.
    """
    for one in datasets:
        table = lake.lookup(one.name)
        rows = one.newest()
        there = table.read()
        if KEY in there.columns and not load.full:
            own = [f"`{name}`" for name in there.columns if name != KEY]
            rows = _replaced(there.select(KEY, F.struct(*own).alias("payload")), rows, one, "payload")
        table.overwrite(rows.select(KEY, "payload.*"))
        one.set_aside(lake, load)


def _replaced(before: DataFrame, newest: DataFrame, one: Attributes, column: str) -> DataFrame:
    """All that was there, with newer rows in the place of older ones: both sides have one row per key."""
    if column not in before.columns:
        return before.join(newest, on=one.role, how="full")
    older = shaped(F.col(column), before.schema[column].dataType, one.kind)
    joined = before.withColumn("_before", older).drop(column).join(newest, on=one.role, how="full")
    return joined.withColumn(column, F.coalesce(F.col(column), F.col("_before"))).drop("_before")
