"""Changes: people now against members before, one row per profile whose state has to be asserted (A12-A15)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.identity import change_id
from cja_spark.audiences.spec import HEARTBEAT

_IDENTITY = ("namespace", "id", "person_ref")


def changes(
    people: DataFrame,
    members: DataFrame,
    *,
    audience_id: str,
    run_seq: int,
    as_of: datetime,
    valid_until: datetime,
    definition_version: int,
    heartbeats: bool,
) -> DataFrame:
    """What has to be told: who enters, who leaves, whose attributes changed, whose membership would lapse.

    Rows:    One per profile_key that changes; the rest has no row. Both sides are unique per key, so the join keeps
             one row per key.
    Columns: reads of people profile_key, namespace, id, person_ref, attrs string, attr_hash bigint; reads of members
             (realized rows only) profile_key, namespace, id, person_ref, attrs string, attr_hash bigint,
             asserted_at timestamp; returns (the outbox's columns of a change, without chunk) audience_id string,
             run_seq bigint, op, change_id, profile_key, namespace, id, person_ref, status string, asserted_at,
             valid_until timestamp, attrs string, attr_hash bigint, definition_version int. An exit carries the stored identity (A13), and no
             valid_until: it does not lapse.
    """
    now = people.select("profile_key", F.struct(*_IDENTITY, "attrs", "attr_hash").alias("_now"))
    before = members.select("profile_key", F.struct(*_IDENTITY, "attrs", "attr_hash", "asserted_at").alias("_before"))
    joined = now.join(before, on="profile_key", how="full").withColumn("op", _op(as_of, heartbeats=heartbeats))
    state = F.coalesce(F.col("_now"), F.col("_before").dropFields("asserted_at"))
    told = joined.where(F.col("op").isNotNull()).withColumn("_state", state)
    return _stated(told, audience_id, run_seq, as_of, valid_until, definition_version)


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
    state = F.struct(*_IDENTITY, "attrs", "attr_hash").alias("_state")
    rows = told.select("profile_key", F.lit(op).alias("op"), state)
    return _stated(rows, audience_id, run_seq, as_of, valid_until, definition_version)


def _stated(
    told: DataFrame, audience_id: str, run_seq: int, as_of: datetime, valid_until: datetime, definition_version: int
) -> DataFrame:
    """The outbox's rows of what is told: `profile_key`, `op` and the `_state` to assert."""
    exits = F.col("op") == "exit"
    of = {name: F.col(f"_state.{name}") for name in (*_IDENTITY, "attrs", "attr_hash")}
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
    )


def _due(asserted_at: Column, as_of: datetime) -> Column:
    return asserted_at <= F.lit(as_of - HEARTBEAT)


def _op(as_of: datetime, *, heartbeats: bool) -> Column:
    now, before = F.col("_now"), F.col("_before")
    due = F.lit(heartbeats) & _due(F.col("_before.asserted_at"), as_of)
    return (
        F.when(before.isNull(), "enter")
        .when(now.isNull(), "exit")
        .when(~F.col("_now.attr_hash").eqNullSafe(F.col("_before.attr_hash")), "update")
        .when(due, "heartbeat")
    )
