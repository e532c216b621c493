"""Changes: people now against members before, one row per profile whose state has to be asserted (A12-A15)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.identity import attr_hash, change_id, person_ref
from cja_spark.audiences.people import KEY, with_suppressed
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.spec import HEARTBEAT

_IDENTITY = ("namespace", "id", "person_ref")
_STATE = (*_IDENTITY, "attrs", "attr_hash")


def changes(
    people: DataFrame,
    members: DataFrame,
    suppressions: DataFrame,
    begun: Seal,
    *,
    pepper: str,
    valid_until: datetime,
    heartbeats: bool,
) -> DataFrame:
    """What has to be told: who enters, who leaves, whose attributes changed, whose membership would lapse; and who is lost.

    Only who was no member needs a pseudonym: a member has one.

    Rows:    One per profile_key that changes and one per person that cannot be published or was erased, whose `op` is
             null unless a member leaves by it; the rest has no row. Both sides are unique per key, so the join keeps one
             row per key.
    Columns: reads of people (as `people.single` gives them) _key, error, namespace, id, attrs string; reads of members
             (realized rows only) profile_key, namespace, id, person_ref, attrs string, attr_hash bigint,
             asserted_at timestamp; reads of suppressions person_ref string; returns (the outbox's columns of a change,
             without chunk) audience_id string, run_seq bigint, op, change_id, profile_key, namespace, id, person_ref,
             status string, asserted_at, valid_until timestamp, attrs string, attr_hash bigint, definition_version int,
             error string, suppressed boolean. An exit carries the stored identity (A13), and no valid_until: it does not
             lapse.
    """
    now = people.select(KEY, F.struct("error", "namespace", "id", "attrs", attr_hash(F.col("attrs")).alias("attr_hash")).alias("_now"))
    before = members.select(F.col("profile_key").alias(KEY), F.struct(*_STATE, "asserted_at").alias("_before"))
    both = now.join(before, on=KEY, how="full")
    new = F.col("_before").isNull() & F.col("_now.error").isNull()
    known = F.coalesce("_before.person_ref", person_ref(F.when(new, F.col(KEY)), pepper))
    judged = with_suppressed(both.withColumn("person_ref", known), suppressions)
    stays = F.col("_now").isNotNull() & F.col("_now.error").isNull() & ~F.col("suppressed")
    told = judged.withColumn("op", _op(stays, begun.as_of, heartbeats=heartbeats))
    told = told.where(F.col("op").isNotNull() | F.col("_now.error").isNotNull() | _erased())
    current = F.struct("_now.namespace", "_now.id", "person_ref", "_now.attrs", "_now.attr_hash")
    leaves = F.col("op") == "exit"
    told = told.withColumn("_state", F.when(leaves, F.col("_before").dropFields("asserted_at")).otherwise(current))
    key = F.when(F.col("_now.error").isNull(), F.col(KEY))
    rows = told.select(key.alias("profile_key"), "op", "_state", F.col("_now.error").alias("error"), _erased().alias("suppressed"))
    run = (begun.audience_id, begun.run_seq, begun.as_of, valid_until, begun.definition_version)
    return _stated(rows, *run, "error", "suppressed")


def _erased() -> Column:
    """Whether a person that was found now was erased; a member that is not found any more only leaves."""
    return F.col("_now").isNotNull() & F.col("suppressed")


def parted(staged: DataFrame) -> tuple[DataFrame | None, DataFrame]:
    """The people of a frozen copy that are lost, None where nobody was evaluated, and its changes."""
    if "error" not in staged.columns:
        return None, staged
    lost = staged.where(F.col("error").isNotNull() | F.col("suppressed"))
    return lost, staged.where(F.col("op").isNotNull()).drop("error", "suppressed")


def member_changes(
    members: DataFrame,
    op: Literal["heartbeat", "exit"],
    *,
    audience_id: str,
    run_seq: int,
    as_of: datetime,
    valid_until: datetime,
    definition_version: int,
) -> DataFrame:
    """What has to be told of members that nobody evaluates: who is due is asserted again, or everybody leaves (A16, A19).

    Rows:    One per member, for heartbeats only of those that are due (A15).
    Columns: reads (realized rows only) profile_key, namespace, id, person_ref, attrs string, attr_hash bigint,
             asserted_at timestamp; returns (the outbox's columns of a change, without chunk) audience_id string,
             run_seq bigint, op, change_id, profile_key, namespace, id, person_ref, status string, asserted_at,
             valid_until timestamp, attrs string, attr_hash bigint, definition_version int.
    """
    told = members if op == "exit" else members.where(_due(F.col("asserted_at"), as_of))
    state = F.struct(*_STATE).alias("_state")
    rows = told.select("profile_key", F.lit(op).alias("op"), state)
    return _stated(rows, audience_id, run_seq, as_of, valid_until, definition_version)


def _stated(
    told: DataFrame, audience_id: str, run_seq: int, as_of: datetime, valid_until: datetime, definition_version: int, *more: str
) -> DataFrame:
    """The outbox's rows of what is told: `profile_key`, `op` and the `_state` to assert; and more columns as they are."""
    exits = F.col("op") == "exit"
    of = {name: F.col(f"_state.{name}") for name in _STATE}
    return told.select(
        F.lit(audience_id).alias("audience_id"),
        F.lit(run_seq).cast("bigint").alias("run_seq"),
        "op",
        change_id(F.lit(audience_id), F.lit(run_seq), F.col("op"), of["person_ref"], of["attr_hash"]).alias(
            "change_id"
        ),
        "profile_key",
        *(of[name].alias(name) for name in _IDENTITY),
        F.when(exits, "exited").otherwise("realized").alias("status"),
        F.lit(as_of).alias("asserted_at"),
        F.when(~exits, F.lit(valid_until)).alias("valid_until"),
        of["attrs"].alias("attrs"),
        of["attr_hash"].alias("attr_hash"),
        F.lit(definition_version).alias("definition_version"),
        *more,
    )


def _due(asserted_at: Column, as_of: datetime) -> Column:
    return asserted_at <= F.lit(as_of - HEARTBEAT)


def _op(stays: Column, as_of: datetime, *, heartbeats: bool) -> Column:
    before = F.col("_before")
    due = F.lit(heartbeats) & _due(F.col("_before.asserted_at"), as_of)
    return (
        F.when(before.isNull() & stays, "enter")
        .when(before.isNull(), None)
        .when(~stays, "exit")
        .when(~F.col("_now.attr_hash").eqNullSafe(F.col("_before.attr_hash")), "update")
        .when(due, "heartbeat")
    )
