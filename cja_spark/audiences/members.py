"""Members: the published data set, derived from the outbox and never written otherwise (step 7)."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.outbox import changes_of
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import MEMBERS
from cja_spark.conflicts import merge_into
from cja_spark.driver_reads import Test, equal
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake


def members_of(audience_id: str) -> tuple[Test, ...]:
    """Tests for rows of `audience_members` of who is in an audience now."""
    return equal(audience_id=audience_id, status="realized")


def count_members(lake: Lake, audience_id: str) -> int:
    """How many members an audience has now."""
    return lake.table(MEMBERS).count(members_of(audience_id))


def realized(lake: Lake, audience_id: str) -> DataFrame:
    """Members of an audience now.

    Rows:    One per profile_key.
    Columns: returns the columns of `audience_members`.
    """
    return lake.table(MEMBERS).matching(members_of(audience_id))


def derive(lake: Lake, seal: Seal) -> None:
    """Bring the changes of a sealed run into the members; again and again with the same end.

    A row is only overwritten by a later run, so a replay changes nothing and no profile goes back. What a bootstrap tells
    a sink is what the members say already.
    """
    failpoint("members.before_merge")
    if seal.emitted and seal.target_sink is None:
        _merge(lake, seal)
    failpoint("members.after_merge")


def _merge(lake: Lake, seal: Seal) -> None:
    table = lake.table(MEMBERS)
    same = (F.col("t.audience_id") == F.lit(seal.audience_id)) & (F.col("t.profile_key") == F.col("s.profile_key"))
    changes = changes_of(lake, seal).where(F.col("op") != "erased")
    copied = {name: F.col(f"s.{name}") for name in _COPIED}
    enters, exits = F.col("s.op") == "enter", F.col("s.op") == "exit"
    times = {"exited_at": F.when(exits, F.col("s.asserted_at"))}
    entered = F.when(enters, F.col("s.asserted_at"))
    keys = {"audience_id": F.lit(seal.audience_id), "profile_key": F.col("s.profile_key")}
    newer = F.col("s.run_seq") > F.col("t.run_seq")
    merge_into(
        table,
        lambda target: target.merge(changes.alias("s"), same)
        .whenMatchedUpdate(condition=newer, set={**copied, **times, "entered_at": F.coalesce(entered, F.col("t.entered_at"))})
        .whenNotMatchedInsert(values={**copied, **times, "entered_at": entered, **keys}),
    )


_COPIED = (
    "namespace", "id", "person_ref", "status", "asserted_at", "valid_until", "attrs", "attr_hash", "definition_version",
    "run_seq", "change_id",
)  # fmt: skip
