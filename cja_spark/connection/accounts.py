"""Accounts of persons: which account a person belongs to from which instant on, one row per person and mapping time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.arrival import with_arrival
from cja_spark.connection.conform import identity, path_column, timestamp_of, unusable_time
from cja_spark.connection.dropped import may_have_dropped
from cja_spark.connection.erased import REASON as ERASED
from cja_spark.connection.erased import erased_persons
from cja_spark.connection.load import Load
from cja_spark.connection.spec import AccountDataset, Connection
from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.stitching.stitch import to_the_ms
from cja_spark.connection.tables import QUARANTINE
from cja_spark.errors import InputError
from cja_spark.lake import Lake
from cja_spark.sources.items import FILE, ITEM
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.read import ADDED, read_items
from cja_spark.table import Table

DAY = r"^(19|20)\d{6}$"
COLUMNS = ("person_id", "account", "since")


@dataclass(frozen=True)
class Mappings:
    """What a load brings of one account dataset.

    Attributes:
        name: the dataset.
        rows: person_id, account, since, reason, and what names a row's place and holds it as it came.
        seen: how many rows cannot be used, once they were read.
    """

    name: str
    rows: DataFrame
    seen: Observation = field(default_factory=Observation)

    def newest(self) -> DataFrame:
        """What counts of a load: per person and mapping time the file that arrived last, of its rows the smallest account.

        Rows:    One per person and mapping time.
        Columns: returns person_id, account, since.
        """
        usable = self.rows.where(F.col("reason").isNull())
        return _of_smallest(usable, F.struct(-F.col("_arrival"), F.col("account")))

    def set_aside(self, lake: Lake, load: Load) -> None:
        """Append the rows that cannot be used to quarantine, if there are any."""
        if not may_have_dropped(lake, self.seen):
            return
        dropped = self.rows.where(F.col("reason").isNotNull()).select(
            F.lit(load.number).cast("bigint").alias("load"), F.lit(self.name).alias("dataset"), "reason",
            F.col(FILE).alias("file"), F.when(F.year("since") <= 9999, F.col("since")).alias("ts"),
            F.lit(None).cast("string").alias("event_id"), "raw",
        )  # fmt: skip
        lake.table(QUARANTINE).create().append(dropped, app_id=f"quarantine:{self.name}", txn=load.number)


def check_accounts(lake: Lake, connection: Connection, load: Load, files_root: str) -> tuple[Mappings, ...]:
    """Read the account rows of a load once, so that what cannot be loaded is found before any write.

    Raises:
        MissingColumnError: a dataset names a column that its rows do not have.
        InputError: an account is not one value.
    """
    found = tuple(
        Mappings(name, _conformed(lake, read_items(lake.spark, dataset.source, files_root, load.of(name)), name, dataset, load))
        for name, dataset in connection.accounts().items()
        if load.of(name)
    )
    for one in found:
        counted = one.rows.observe(one.seen, F.count("reason").alias("dropped"))
        counted.write.format("noop").mode("overwrite").save()
    return found


def _conformed(lake: Lake, rows: DataFrame, name: str, dataset: AccountDataset, load: Load) -> DataFrame:
    schema = rows.schema
    where = f"dataset '{name}', account"
    account, kind = path_column(dataset.account, schema, where)
    if isinstance(kind, T.StructType | T.ArrayType | T.MapType):
        raise InputError(f"{where}: '{dataset.account}' is {kind.simpleString()}, not one value.")
    person = identity(dataset.person_id, schema, name, "person_id", stitched=False)["id"]
    since, wrong = F.lit(None).cast("timestamp"), F.lit(None).cast("string")
    if dataset.mapping_time is not None:
        time, of = path_column(dataset.mapping_time, schema, f"dataset '{name}', mapping_time")
        since = F.coalesce(_plain_day(time), timestamp_of(time, of))
        wrong = unusable_time(time, of, since)
    corrupt = F.col(CORRUPT) if CORRUPT in rows.columns else F.lit(None).cast("string")
    own = [F.col(f"`{one.name}`") for one in schema.fields if one.name not in ADDED]
    conformed = rows.select(
        person.alias("person_id"), account.cast("string").alias("account"), to_the_ms(since).alias("since"),
        _reason(corrupt, wrong, person, account.cast("string")).alias("reason"),
        F.coalesce(corrupt, F.to_json(F.struct(*own))).alias("raw"), FILE,
        F.col(ITEM if ITEM in rows.columns else FILE).alias("_item"),
    )  # fmt: skip
    if (erased := erased_persons(lake)) is not None:
        conformed = erased.marked(conformed, F.lit(dataset.person_id.code()), F.col("person_id"))
        conformed = conformed.withColumn("reason", F.when(F.col("_erased"), ERASED).otherwise(F.col("reason")))
        conformed = conformed.withColumn("raw", F.when(~F.col("_erased"), F.col("raw"))).drop("_erased")
    return with_arrival(conformed, "_item", name, load.items)


def _plain_day(time: Column) -> Column:
    """A day written as eight digits: as seconds it would be in 1970, where nobody's account begins."""
    text = F.trim(time.cast("string"))
    return F.when(text.rlike(DAY), F.try_to_timestamp(text, F.lit("yyyyMMdd")))


def _reason(corrupt: Column, time: Column, person: Column, account: Column) -> Column:
    return (
        F.when(corrupt.isNotNull(), "unreadable_row")
        .when(time.isNotNull(), time)
        .when(blank(person), "empty_person_id")
        .when(blank(account), "empty_account")
    )


def _of_smallest(rows: DataFrame, rank: Column) -> DataFrame:
    """One row per person and mapping time, that of the smallest rank."""
    chosen = rows.groupBy("person_id", "since").agg(F.min_by("account", rank).alias("account"))
    return chosen.select(*COLUMNS)


def write_accounts(lake: Lake, load: Load, datasets: Sequence[Mappings]) -> None:
    """Bring the tables of account datasets up to date; one to which nothing new came is not written.

    Rows:    One per person and mapping time; a newer row replaces the older one. A full load keeps nothing older.
    Source:  Decision (docs/decisions/accounts.md): ties of one file go to the smallest account.
    """
    for one in datasets:
        table, rows = lake.accounts(one.name), one.newest()
        if load.replaces(one.name):
            table.overwrite(rows)
        else:
            _merge(table, rows)
        one.set_aside(lake, load)


def _merge(table: Table, rows: DataFrame) -> None:
    there = table.read().select(*COLUMNS)
    if rows.subtract(there).isEmpty():  # journeys are built anew when the table was
        return
    both = rows.withColumn("_older", F.lit(1)).unionByName(there.withColumn("_older", F.lit(2)))
    table.overwrite(_of_smallest(both, F.col("_older")))
