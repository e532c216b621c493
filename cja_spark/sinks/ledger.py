"""The ledger: which chunks of which runs a sink has taken. A row follows the effect, never an attempt (R1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import LEDGER, conformed
from cja_spark.driver_reads import equal
from cja_spark.errors import InputError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake


class Outcome(NamedTuple):
    """What became of the rows of one chunk."""

    chunk: int
    acked: int
    rejected: int
    suppressed: int
    duration_ms: int


class Taken(NamedTuple):
    """What a sink has taken of one run, each chunk counted once."""

    chunks: frozenset[int]
    rows: int


NOTHING = Taken(frozenset(), 0)


def sink_progress(lake: Lake) -> DataFrame:
    """The ledger with repeats removed.

    Rows:    One per (sink_id, audience_id, run_seq, chunk): the newest epoch's row.
    Columns: returns the columns of `sink_ledger`.
    """
    chunk = Window.partitionBy("sink_id", "audience_id", "run_seq", "chunk")
    newest = chunk.orderBy(F.desc("epoch"), F.desc("recorded_at"))
    rows = lake.table(LEDGER).read().where(F.col("state") == "done").withColumn("_newest", F.row_number().over(newest))
    return rows.where(F.col("_newest") == 1).drop("_newest")


def taken(lake: Lake, audience_id: str) -> Mapping[tuple[str, int], Taken]:
    """What every sink has taken of every run of an audience, by (sink_id, run_seq)."""
    rows = lake.table(LEDGER).rows(
        "sink_id", "run_seq", "chunk", "acked", "rejected", "suppressed", "epoch", "recorded_at",
        where=equal(audience_id=audience_id, state="done"),
    )  # fmt: skip
    chunks: dict[tuple[str, int], dict[int, int]] = {}
    for row in sorted(rows, key=lambda row: (row["epoch"], row["recorded_at"])):  # the newest epoch's row is the last
        handled = row["acked"] + row["rejected"] + row["suppressed"]
        chunks.setdefault((row["sink_id"], row["run_seq"]), {})[row["chunk"]] = handled
    return {run: Taken(frozenset(some), sum(some.values())) for run, some in chunks.items()}


def open_runs(sink_id: str, sealed: Sequence[Seal], done: Mapping[tuple[str, int], Taken]) -> list[Seal]:
    """Runs of which a sink has not all chunks, in order; n + 1 starts when n is done.

    Raises:
        InputError: `outbox_gap`, a run between is not in the outbox.
    """
    found = [seal for seal in sealed if len(done.get((sink_id, seal.run_seq), NOTHING).chunks) < seal.chunks]
    if not found:
        return []
    ahead = [seal.run_seq for seal in sealed if seal.run_seq >= found[0].run_seq]
    before = max((run for name, run in done if name == sink_id and run < found[0].run_seq), default=0)
    if ahead != list(range(before + 1, before + 1 + len(ahead))):
        raise InputError(f"outbox_gap: sink '{sink_id}' has runs up to {before}, the outbox has {ahead} after it.")
    return found


def append(lake: Lake, sink_id: str, seal: Seal, outcomes: Sequence[Outcome], run_id: str, epoch: int) -> None:
    """Note that a sink has taken some chunks."""
    table = lake.table(LEDGER)
    now = datetime.now(UTC)
    rows = [
        (sink_id, seal.audience_id, seal.run_seq, one.chunk, seal.chunks, "done", one.acked, one.rejected,
         one.suppressed, None, None, one.duration_ms, True, run_id, epoch, now)
        for one in outcomes
    ]  # fmt: skip
    failpoint("ledger.before_append")
    table.append(conformed(table, table.frame(rows)).coalesce(1))
    failpoint("ledger.after_append")
