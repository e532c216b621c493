"""Comparing what a table of states holds with what the outbox told it, profile by profile; no identity comes out."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

KINDS = ("missing", "stale", "differing", "too_new", "extra")
SHOWN_OF_PERSON = 12
REFS = 5


class Runs(NamedTuple):
    """The runs of an audience, as far as they decide what a row may be.

    Attributes:
        newest: the newest run that the outbox has committed.
        removed: runs whose rows were removed after retention.
        whole: whether the table has every run, so that nobody may be a member of it who is none.
    """

    newest: int
    removed: Collection[int] = ()
    whole: bool = False


class Difference(NamedTuple):
    """Profiles that differ in one way, and the first digits of some of their pseudonyms."""

    rows: int
    person_refs: tuple[str, ...] = ()


NONE = Difference(0)


def differences(due: DataFrame, told: DataFrame, held: DataFrame, runs: Runs) -> dict[str, Difference]:
    """Find profiles whose row is not the one of the newest change that was told of them.

    Args:
        due: what the table has to have: profile_key, run_seq, change_id, status, person_ref; several runs per profile.
        told: all changes that were ever told and are known, also those that the table need not have yet.
        held: the table: the columns of `due`; one row per profile.
        runs: the runs.

    Returns: `missing` profiles that are not there, `stale` ones whose row is of an earlier run, `differing` ones whose row is
        of the same run and another change or status, `too_new` ones whose row is of a later run that does not tell of
        them, `extra` ones that no run tells of. Of rows of a removed run it is not known any more what it told: such a
        row is extra where it makes a member of somebody who is none, in a table that is whole.
    """
    state = F.struct("run_seq", "change_id", "status", "person_ref")
    newest = due.groupBy("profile_key").agg(F.max_by(state, "run_seq").alias("_due"))
    known = told.select("change_id").distinct().withColumn("_known", F.lit(True))
    # Change ids are unique among the known, profiles among the newest and in the table: rows stay single.
    rows = held.select("profile_key", "change_id", state.alias("_held")).join(known, on="change_id", how="left")
    pairs = newest.join(rows.drop("change_id"), on="profile_key", how="full")
    found = pairs.select(_kind(runs).alias("kind"), F.coalesce("_due.person_ref", "_held.person_ref").alias("person_ref"))
    return _told(found.where(F.col("kind").isNotNull()))


def _kind(runs: Runs) -> Column:
    due, held = F.col("_due.run_seq"), F.col("_held.run_seq")
    same = F.struct("_held.change_id", "_held.status").eqNullSafe(F.struct("_due.change_id", "_due.status"))
    unknown = F.col("_known").isNull()
    removed = held.isin(*runs.removed) if runs.removed else F.lit(False)
    nobody = F.when(~removed, "extra").when((F.col("_held.status") == "realized") & F.lit(runs.whole), "extra")
    return (
        F.when(held.isNull(), "missing")
        .when(held < due, "stale")
        .when((held == due) & ~same, "differing")
        .when(unknown & (held > runs.newest), "too_new")
        .when(unknown & due.isNull(), nobody)
        .when(unknown & (held > due) & ~removed, "too_new")
    )


def _told(found: DataFrame) -> dict[str, Difference]:
    """Counts, and of each kind the first few pseudonyms, as far as logs may show them (S8)."""
    first = F.row_number().over(Window.partitionBy("kind").orderBy("person_ref"))
    counted = found.groupBy("kind").count().collect()
    if not counted:
        return {}
    shown = found.withColumn("_first", first).where(F.col("_first") <= REFS)
    refs = shown.select("kind", F.substring("person_ref", 1, SHOWN_OF_PERSON).alias("ref")).collect()
    return {
        row["kind"]: Difference(row["count"], tuple(sorted(one["ref"] for one in refs if one["kind"] == row["kind"] and one["ref"])))
        for row in counted
    }
