"""The outbox: the append-only table of changes, the one commit that is the truth."""

from __future__ import annotations

from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.runs import Counts, Seal, seals
from cja_spark.audiences.tables import CHANGES, conformed
from cja_spark.errors import ClaimError, InputError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake

CHUNK = 10_000
MAX_CHUNKS = 4096


class Content(NamedTuple):
    """What a set of changes adds up to: exact counts per op, all rows of them, and an order-free fingerprint."""

    counts: Counts
    rows: int
    fingerprint: str


def content(changes: DataFrame) -> Content:
    """Count staged or committed changes and take their fingerprint; columns are read, not statistics."""
    hashes = F.sum(F.xxhash64("change_id").cast("decimal(38,0)")).alias("hashes")
    per_op = {row["op"]: row for row in changes.groupBy("op").agg(F.count("change_id").alias("rows"), hashes).collect()}
    counts = Counts(**{op: row["rows"] for op, row in per_op.items() if op in Counts._fields})
    rows = sum(row["rows"] for row in per_op.values())
    return Content(counts, rows, f"{rows}:{sum(int(row['hashes']) for row in per_op.values())}")


def chunks_for(emitted: int) -> int:
    """How many chunks a run of so many changes has."""
    return min(max(-(-emitted // CHUNK), 1), MAX_CHUNKS)


def chunk_of(key: Column, chunks: int) -> Column:
    """The chunk of a profile key."""
    return F.pmod(F.xxhash64(key), F.lit(chunks)).cast("int")


def commit(lake: Lake, staged: DataFrame, seal: Seal) -> None:
    """Append all changes of a run and its seal in one commit, once (step 6)."""
    outbox = lake.table(CHANGES)
    changes = staged.withColumn("chunk", chunk_of(F.col("profile_key"), seal.chunks))
    if seal.chunks > 1:  # so that a wave of chunks reads its own part of the files and not all of them
        changes = changes.repartitionByRange("chunk").sortWithinPartitions("chunk", "profile_key")
    told = (
        seal.run_id, seal.epoch, seal.kind, seal.as_of, seal.emitted, seal.chunks, seal.fingerprint,
        seal.definition_version, tuple(seal.counts),
    )  # fmt: skip
    width = len(outbox.spec.schema or ())
    row = (seal.audience_id, seal.run_seq, "seal", *([None] * (width - 5)), seal.target_sink, told)
    rows = conformed(outbox, changes).unionByName(outbox.frame([row]).coalesce(1))
    failpoint("outbox.before_commit")
    outbox.append(rows, app_id=f"outbox:{seal.audience_id}", txn=seal.run_seq)
    failpoint("outbox.after_commit")


def read_back(lake: Lake, wrote: Seal) -> Seal:
    """The seal that stands in the outbox after a commit: ours, or that of another run which we adopt.

    Raises:
        InputError: `write_skipped`, no seal is there; `outbox_gap`, its rows are not those that it tells of.
    """
    found = [seal for seal in seals(lake, wrote.audience_id) if seal.run_seq == wrote.run_seq]
    if not found:
        raise InputError(f"write_skipped: run {wrote.run_seq} of {wrote.audience_id} is not in the outbox.")
    require_complete(lake, found[0])
    return found[0]


def require_complete(lake: Lake, seal: Seal) -> None:
    """Compare a run's rows with its seal; what an erasure made anonymous still counts.

    Raises:
        InputError: `outbox_gap`, rows are missing, doubled or others.
    """
    there = content(changes_of(lake, seal))
    if there.fingerprint != seal.fingerprint:
        hint = "" if there.rows else " Where maintenance removed them, begin with the members: cja deliver --rebuild SINK."
        raise InputError(
            f"outbox_gap: run {seal.run_seq} of {seal.audience_id} tells of {seal.emitted} changes, "
            f"{there.rows} are there or they are others.{hint}"
        )


def changes_of(lake: Lake, seal: Seal) -> DataFrame:
    """The changes of one sealed run.

    Rows:    One per profile_key; the seal itself is left out.
    Columns: returns the columns of `audience_changes`.
    """
    mine = (F.col("audience_id") == seal.audience_id) & (F.col("run_seq") == seal.run_seq)
    return lake.table(CHANGES).read().where(mine & (F.col("op") != "seal"))


def require_newest(seal: Seal, run_id: str, own_epoch: int) -> None:
    """Go on with another run's commit only under the newest claim.

    Raises:
        ClaimError: another run committed and holds the newer claim.
    """
    if seal.run_id != run_id and seal.epoch > own_epoch:
        raise ClaimError(f"Another run committed run {seal.run_seq} of {seal.audience_id} and goes on with it.")
