"""Identity graphs that are given: their rows are conformed, and appended once per load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.conform import path_column, timestamp_of, unusable_time
from cja_spark.connection.erased import erased_persons
from cja_spark.connection.graph_spec import GraphDataset
from cja_spark.connection.identity_field import IdentityField
from cja_spark.connection.load import Load
from cja_spark.connection.spec import Connection
from cja_spark.connection.stitching.identity_map import blank, entries
from cja_spark.connection.tables import QUARANTINE
from cja_spark.errors import MissingColumnError
from cja_spark.lake import Lake
from cja_spark.sources.items import FILE
from cja_spark.sources.json import CORRUPT, keys_of
from cja_spark.sources.read import ADDED, read_items

_PUBLISHED = ("published_at", "persistent_namespace", "persistent_id", "person_ids", "erased")


@dataclass(frozen=True)
class GraphRows:
    """What a load brings of one identity graph, read once and held in memory.

    Attributes:
        name: the dataset.
        rows: published_at, identities, person_ids, erased, reason, and the row as it came.
        dropped: how many rows cannot be used.
    """

    name: str
    rows: DataFrame
    dropped: int

    def usable(self, load: Load) -> DataFrame:
        """Rows as the table has them.

        Rows:    One per usable source row and persistent ID.
        Columns: returns load bigint, published_at timestamp, persistent_namespace, persistent_id string, person_ids
            array<string>, erased boolean.
        """
        each = self.rows.where(F.col("reason").isNull()).withColumn("_id", F.explode("identities"))
        return each.select(
            _number(load), "published_at", F.col("_id.namespace").alias("persistent_namespace"),
            F.col("_id.id").alias("persistent_id"), "person_ids", "erased",
        )  # fmt: skip

    def unusable(self, load: Load) -> DataFrame:
        """Rows for quarantine, each with its reason and as it came.

        Rows:    One per source row that cannot be used.
        Columns: returns those of quarantine.
        """
        return self.rows.where(F.col("reason").isNotNull()).select(
            _number(load), F.lit(self.name).alias("dataset"), "reason", F.col(FILE).alias("file"),
            F.when(F.year("published_at") <= 9999, F.col("published_at")).alias("ts"),
            F.lit(None).cast("string").alias("event_id"), F.col("came").alias("raw"),
        )  # fmt: skip


def check_graphs(lake: Lake, connection: Connection, load: Load, files_root: str) -> tuple[GraphRows, ...]:
    """Read the rows of identity graphs of a load, so that what cannot be loaded is found before any write.

    Raises:
        MissingColumnError: a dataset names a column that its rows do not have.
    """
    found = []
    erased = erased_persons(lake) if connection.graphs() else None
    for name, dataset in connection.graphs().items():
        if load.of(name):
            read = read_items(lake.spark, dataset.source, files_root, load.of(name))
            rows = _conformed(read, name, dataset, load)
            if erased is not None:
                rows = erased.left_out(rows, dataset.persistent_id.code(), dataset.person_id.code())
            rows = rows.persist()
            found.append(GraphRows(name, rows, rows.where(F.col("reason").isNotNull()).count()))
    return tuple(found)


def _conformed(rows: DataFrame, name: str, dataset: GraphDataset, load: Load) -> DataFrame:
    try:
        return conform_graph(rows, name, dataset)
    except MissingColumnError:
        if dataset.source.format != "json":
            raise
        return conform_graph(rows, name, dataset, keys_of(rows.sparkSession, dataset.source, load.of(name)))


def conform_graph(rows: DataFrame, name: str, dataset: GraphDataset, keys: T.StructType | None = None) -> DataFrame:
    """Conform the rows of an identity graph.

    Rows:    The same; a row that cannot be used has a reason. Of sightings the usable ones alone that name both.
    Columns: reads at, device, person, _file string (the columns that the dataset names, and the file); returns published_at
        timestamp, identities array<struct<namespace string, id string>>, person_ids array<string>, erased boolean, reason,
        _file, came string (the row as it came).
    Raises:  MissingColumnError when the dataset names a column that neither its rows nor their keys have.

    Args:
        rows: its rows as they were read.
        name: its name.
        dataset: what the connection says of it.
        keys: keys of JSON, which its reader leaves out where no row has a value for one.
    """

    def column(path: str, role: str) -> tuple[Column, T.DataType]:
        try:
            return path_column(path, rows.schema, f"dataset '{name}', {role}")
        except MissingColumnError:
            if keys is None:
                raise
            _, kind = path_column(path, keys, f"dataset '{name}', {role}")
            return F.lit(None).cast(kind), kind

    def ids(field: IdentityField, role: str) -> Column:
        if field.column is not None:
            return F.array(column(field.column, role)[0].cast("string"))
        own = F.filter(entries(*column(field.map_column, role)), lambda one: one["namespace"] == field.code())
        return F.transform(own, lambda one: one["id"])

    when = column(dataset.published_at, "published_at")
    published, erased = timestamp_of(*when), F.lit(False)
    reason = unusable_time(*when, published)
    if dataset.erased is not None:
        said = column(dataset.erased, "erased")[0].cast("string")
        erased = F.coalesce(said.try_cast("boolean"), F.lit(False))
        reason = F.coalesce(reason, F.when(~blank(said) & said.try_cast("boolean").isNull(), "not_true_or_false"))
    namespace = F.lit(dataset.persistent_id.code())
    if dataset.persistent_namespace is not None:
        namespace = column(dataset.persistent_namespace, "persistent_namespace")[0].cast("string")
        reason = F.coalesce(reason, F.when(blank(namespace), "empty_namespace"))
    devices = F.filter(ids(dataset.persistent_id, "persistent_id"), lambda one: ~blank(one))
    corrupt = F.col(CORRUPT) if CORRUPT in rows.columns else F.lit(None).cast("string")
    came = F.to_json(F.struct(*(F.col(f"`{one}`") for one in rows.columns if one not in ADDED)))
    found = rows.select(
        published.alias("published_at"),
        F.transform(devices, lambda one: F.struct(namespace.alias("namespace"), one.alias("id"))).alias("identities"),
        F.filter(ids(dataset.person_id, "person_id"), lambda one: ~blank(one)).alias("person_ids"),
        erased.alias("erased"),
        F.when(corrupt.isNotNull(), "unreadable_row")
        .otherwise(F.coalesce(reason, F.when(F.size(devices) == 0, "empty_persistent_id"))).alias("reason"),
        FILE, F.coalesce(corrupt, came).alias("came"),
    )  # fmt: skip
    return found.where(_says_something()) if dataset.publication == "sightings" else found


def _says_something() -> Column:
    """Whether a sighting can be used and names a device and a person; what is wrong with a row is told where it is an event."""
    return F.col("reason").isNull() & (F.size("person_ids") > 0)


def _number(load: Load) -> Column:
    return F.lit(load.number).cast("bigint").alias("load")


def published_rows(lake: Lake, load: Load, name: str, new: Sequence[GraphRows]) -> DataFrame:
    """What a graph's owner has published, as far as it was loaded up to and with a load, whether written yet or not.

    Rows:    One per usable source row and persistent ID.
    Columns: returns load bigint, published_at timestamp, persistent_namespace, persistent_id string, person_ids
        array<string>, erased boolean.
    """
    there = lake.graph(name).read()
    there = there.where(F.lit(not load.replaces(name)) & (F.col("load") < load.number))
    for one in new:
        if one.name == name:
            there = there.unionByName(one.usable(load))
    return there.select("load", *_PUBLISHED)


def write_graphs(lake: Lake, load: Load, graphs: Sequence[GraphRows]) -> None:
    """Append the rows of a load to the tables of their graphs, once however often it is asked.

    Rows:    Those that were there, and those of the load. A full load keeps nothing older, and neither does the first one
        after it that takes something of a graph, which may have been out of the connection meanwhile.
    """
    for one in graphs:
        table = lake.graph(one.name)
        write = table.overwrite if load.replaces(one.name) else table.append
        write(one.usable(load), app_id=f"graph:{one.name}", txn=load.number)
        if one.dropped:
            quarantine = lake.table(QUARANTINE).create()
            quarantine.append(one.unusable(load), app_id=f"quarantine:{one.name}", txn=load.number)
