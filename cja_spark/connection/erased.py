"""Erased persons: what arrives of them late is dropped, counted, and not kept as it came (identity.md F16 d)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.identity_field import IdentityField
from cja_spark.connection.spec import Connection, EventDataset
from cja_spark.lake import Lake
from cja_spark.pseudonyms import pepper_beside, person_ref, profile_key, require_pepper_of
from cja_spark.table import TableSpec

REASON = "erased_person"
SHORTEST = 6  # bytes: a shorter id may well be a product's, a number or chance
SUPPRESSIONS = TableSpec("suppressions")  # declared in cja_spark/audiences/tables.py, which knows loading


@dataclass(frozen=True)
class Erased:
    """The persons that were erased, by their pseudonyms alone.

    Attributes:
        suppressions: one row per person: person_ref, and `_erased_at`, the instant of the newest request.
        pepper: reference to the pepper.
    """

    suppressions: DataFrame
    pepper: str

    def among(self, rows: DataFrame, namespace: Column, id_: Column) -> DataFrame:
        """The erased identities among those that some rows name, held in memory: few, and joined more than once.

        Rows:    One per identity.
        Columns: returns _code (namespace in lower case), _id string, _erased_at timestamp.
        """
        named = rows.select(F.lower(namespace).alias("_code"), id_.alias("_id")).where(F.col("_id").isNotNull()).distinct()
        keyed = named.withColumn("person_ref", person_ref(profile_key(F.col("_code"), F.col("_id")), self.pepper))
        return keyed.join(self.suppressions, on="person_ref", how="inner").drop("person_ref").localCheckpoint()

    def marked(self, rows: DataFrame, namespace: Column, id_: Column, at: Column | None = None) -> DataFrame:
        """Say of rows whether they are an erased person's: all of them, or those up to the instant of the request.

        Rows:    The same: an identity is erased once.
        Columns: adds _erased boolean.
        """
        gone = self.among(rows, namespace, id_)
        joined = rows.join(F.broadcast(gone), on=(F.lower(namespace) == F.col("_code")) & (id_ == F.col("_id")), how="left")
        late = F.lit(True) if at is None else F.coalesce(at <= F.col("_erased_at"), F.lit(True))
        return joined.withColumn("_erased", F.col("_id").isNotNull() & late).drop("_code", "_id", "_erased_at")

    def about(self, rows: DataFrame, key: Column, namespaces: Sequence[str]) -> DataFrame:
        """Say of rows about values whether the value is an erased person's id, in any of some namespaces.

        Rows:    The same: an id is joined once.
        Columns: adds _erased boolean.
        """
        if not namespaces:
            return rows.withColumn("_erased", F.lit(False))
        long = rows.where(F.octet_length(key) >= SHORTEST).select(key.alias("_key")).distinct()
        each = long.select("_key", F.explode(F.array(*(F.lit(one) for one in namespaces))).alias("_namespace"))
        gone = self.among(each, F.col("_namespace"), F.col("_key")).select("_id").distinct()
        joined = rows.join(F.broadcast(gone), on=key == F.col("_id"), how="left")
        return joined.withColumn("_erased", F.col("_id").isNotNull()).drop("_id")

    def refused(self, events: DataFrame, dataset: EventDataset) -> DataFrame:
        """Give the reason `erased_person` to events of an erased person, or of a device of one that was erased itself.

        What happened after the request is a new relationship, and is kept.

        Rows:    The same.
        Columns: reads own_person_id, own_namespace, persistent_id, persistent_namespace string, ts timestamp; changes reason.
        """
        codes = [("own", dataset.person_id.code(), "own_person_id"), ("persistent", dataset.persistent_id and dataset.persistent_id.code(), "persistent_id")]
        for name, code, id_ in codes:
            if code is not None:
                events = self.marked(events, F.coalesce(f"{name}_namespace", F.lit(code)), F.col(id_), F.col("ts"))
                events = events.withColumn("reason", F.when(F.col("_erased"), REASON).otherwise(F.col("reason"))).drop("_erased")
        return events

    def left_out(self, publications: DataFrame, device: str, person: str) -> DataFrame:
        """Publications of an identity graph without erased persons and persistent IDs.

        Rows:    The same.
        Columns: reads identities array<struct<namespace string, id string>>, person_ids array<string>; changes both.

        Args:
            publications: the rows.
            device: the namespace of persistent IDs whose own is not known.
            person: the namespace of persons.
        """
        persons = publications.select(F.explode("person_ids").alias("one"))
        devices = publications.select(F.explode("identities").alias("one"))
        gone = self.among(persons, F.lit(person), F.col("one")).select("_id").unionByName(
            self.among(devices, F.coalesce("one.namespace", F.lit(device)), F.col("one.id")).select("_id")
        )  # fmt: skip
        ids = gone.agg(F.collect_set("_id").alias("_gone"))
        joined = publications.crossJoin(F.broadcast(ids))
        kept = F.filter("person_ids", lambda one: ~F.array_contains("_gone", one))
        own = F.filter("identities", lambda one: ~F.array_contains("_gone", one["id"]))
        named = F.arrays_overlap("person_ids", "_gone") | F.exists("identities", lambda one: F.array_contains("_gone", one["id"]))
        came = F.when(~F.coalesce(named, F.lit(False)), F.col("came"))
        return joined.select(
            *(
                {"person_ids": kept, "identities": own, "came": came}.get(name, F.col(name)).alias(name)
                for name in publications.columns
            )
        )


def namespaces_of(connection: Connection) -> tuple[str, ...]:
    """The namespaces of persons and persistent IDs that a connection names; `primary` is none."""
    found = set[str]()
    for one in connection.datasets.values():
        for field in (getattr(one, name, None) for name in ("person_id", "persistent_id")):
            if isinstance(field, IdentityField) and field.identity_map != "primary":
                found.add(field.code())
    return tuple(sorted(found))


def erased_persons(lake: Lake) -> Erased | None:
    """The persons that were erased from a lake; None where nobody ever was.

    Raises:
        VersionError: the pepper changed, so that nobody of them would be known.
    """
    table = lake.table(SUPPRESSIONS)
    if not table.exists() or not table.count():
        return None
    pepper = pepper_beside(lake.location)
    require_pepper_of(peppers_of(lake), pepper)
    rows = table.read().groupBy("person_ref").agg(F.max("requested_at").alias("_erased_at"))
    return Erased(rows, pepper)


def peppers_of(lake: Lake) -> list[str | None]:
    """The names of the peppers under which persons were erased: one, or none where nobody was."""
    rows = lake.table(SUPPRESSIONS).totals(("pepper_id",), {"persons": ("count", "person_ref")})
    return [row["pepper_id"] for row in rows]
