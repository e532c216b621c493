"""Audience tables: members and stored profiles go; the outbox and the letters forget whom they are about (S9, step 4)."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, MEMBERS
from cja_spark.conflicts import merge_into
from cja_spark.lake import Lake
from cja_spark.maintenance.tables import appendable
from cja_spark.table import Table


def letter_key() -> Column:
    """Whom a letter is about: its key, else the identity in its payload."""
    namespace, id_ = (F.get_json_object("payload", f"$.{name}") for name in ("namespace", "id"))
    return F.coalesce(F.col("profile_key"), F.concat(F.lower(namespace), F.lit(":"), id_))


def delete_where(table: Table, people: DataFrame, column: str, of: str) -> None:
    """Delete the rows whose column has a value of some persons, by MERGE from them: the commit stores no value (D10)."""
    keys = people.select(F.col(of).alias("_key")).distinct()
    same = F.col(f"t.`{column}`") == F.col("s._key")
    merge_into(table, lambda target: target.merge(keys.alias("s"), same).whenMatchedDelete())


def delete_members(lake: Lake, people: DataFrame) -> None:
    """Remove the memberships of some persons."""
    delete_where(lake.table(MEMBERS), people, "profile_key", "profile_key")


def anonymise_changes(lake: Lake, people: DataFrame) -> None:
    """Blank the identities in the outbox; ids of changes stay, so that every run still is what its seal says."""
    table = lake.table(CHANGES)
    gone = ("profile_key", "namespace", "id", "person_ref", "attrs", "attr_hash")
    told = {**{name: F.lit(None) for name in gone}, "op": F.lit("erased")}
    keys = people.select("profile_key").distinct()
    same = F.col("t.profile_key") == F.col("s.profile_key")
    with appendable(table):
        merge_into(table, lambda target: target.merge(keys.alias("s"), same).whenMatchedUpdate(set=told))


def anonymise_letters(lake: Lake, people: DataFrame) -> None:
    """Blank the identities in dead letters, and discard them."""
    table = lake.table(DEAD_LETTERS)
    mine = table.read().withColumn("_key", letter_key()).join(people.select(F.col("profile_key").alias("_key")), on="_key", how="left_semi")
    gone = {name: F.lit(None) for name in ("profile_key", "person_ref", "payload")}
    told = {**gone, "op": F.lit("erased"), "state": F.lit("discarded"), "version": F.col("t.version") + 1}
    same = F.col("t.letter_id") == F.col("s.letter_id")
    letters = mine.select("letter_id").distinct()
    merge_into(table, lambda target: target.merge(letters.alias("s"), same).whenMatchedUpdate(set=told))
