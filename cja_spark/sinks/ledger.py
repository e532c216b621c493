"""The ledger: which chunks of which runs a sink has taken. A row follows the effect, never an attempt (R1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from cja_spark.audiences.register import Registered
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import LEDGER, conformed
from cja_spark.driver_reads import equal
from cja_spark.errors import InputError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sinks.spec import Sink
from cja_spark.steps import step_line


class Outcome(NamedTuple):
    """What became of the rows of one chunk.

    Attributes:
        confirmed: whether the sink says that it has applied them, not only accepted.
    """

    chunk: int
    acked: int
    rejected: int
    suppressed: int
    duration_ms: int
    requests: int | None = None
    sent_bytes: int | None = None
    confirmed: bool = True


class Taken(NamedTuple):
    """What a sink has taken of one run, each chunk counted once.

    Attributes:
        dead: rows that it refused.
    """

    chunks: frozenset[int]
    acked: int
    dead: int = 0
    suppressed: int = 0


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
    chunks: dict[tuple[str, int], dict[int, tuple[int, int, int]]] = {}
    for row in sorted(rows, key=lambda row: (row["epoch"], row["recorded_at"])):  # the newest epoch's row is the last
        counts = (row["acked"], row["rejected"], row["suppressed"])
        chunks.setdefault((row["sink_id"], row["run_seq"]), {})[row["chunk"]] = counts
    return {run: Taken(frozenset(some), *map(sum, zip(*some.values(), strict=True))) for run, some in chunks.items()}


def concerned(lake: Lake, entry: Registered, sinks: Sequence[Sink]) -> list[Sink]:
    """The sinks of an audience's file that have to hear of it.

    Of a deleted audience those alone that took some of it, so that its last exits reach them (A19): a sink that is new
    since would be told of its members for the first time, and nobody would tell it that they left.
    """
    if entry.status != "deleted":
        return [*sinks]
    took = {name for name, _ in taken(lake, entry.audience_id)}
    return [sink for sink in sinks if sink.name in took]


def owed(sink_id: str, sealed: Sequence[Seal], done: Mapping[tuple[str, int], Taken]) -> list[Seal]:
    """Runs that a sink has, or has to have: those that speak to it. Its newest bootstrap stands for what it lacked (R3)."""
    mine = [seal for seal in sealed if seal.target_sink in (None, sink_id)]
    first = _bootstrap(mine)
    return [seal for seal in mine if seal.run_seq >= first or not _lacks(sink_id, seal, done)]


def open_runs(sink_id: str, sealed: Sequence[Seal], done: Mapping[tuple[str, int], Taken]) -> list[Seal]:
    """Runs of which a sink has not all chunks, in order; n + 1 starts when n is done.

    Raises:
        InputError: `outbox_gap`, a run between is not in the outbox.
    """
    mine = owed(sink_id, sealed, done)
    found = [seal for seal in mine if _lacks(sink_id, seal, done)]
    if not found:
        return []
    has = max((run for name, run in done if name == sink_id and run < found[0].run_seq), default=0)
    before = max(has, _bootstrap(mine) - 1)
    ahead = [seal.run_seq for seal in sealed if seal.run_seq > before]
    if ahead != list(range(before + 1, before + 1 + len(ahead))):
        raise InputError(f"outbox_gap: sink '{sink_id}' has runs up to {before}, the outbox has {ahead} after it.")
    return found


def _bootstrap(mine: Sequence[Seal]) -> int:
    return max((seal.run_seq for seal in mine if seal.kind == "bootstrap"), default=0)


def _lacks(sink_id: str, seal: Seal, done: Mapping[tuple[str, int], Taken]) -> bool:
    return len(done.get((sink_id, seal.run_seq), NOTHING).chunks) < seal.chunks


def append(lake: Lake, sink_id: str, seal: Seal, outcomes: Sequence[Outcome], run_id: str, epoch: int) -> None:
    """Note that a sink has taken some chunks."""
    table = lake.table(LEDGER)
    now = datetime.now(UTC)
    rows = [
        (sink_id, seal.audience_id, seal.run_seq, one.chunk, seal.chunks, "done", one.acked, one.rejected,
         one.suppressed, one.requests, one.sent_bytes, one.duration_ms, one.confirmed, run_id, epoch, now)
        for one in outcomes
    ]  # fmt: skip
    failpoint("ledger.before_append")
    table.append(conformed(table, table.frame(rows)).coalesce(1))
    failpoint("ledger.after_append")
    for one in outcomes:
        step_line(
            "chunk.done", sink=sink_id, run_seq=seal.run_seq, chunk=one.chunk, chunks=seal.chunks, ms=one.duration_ms,
            rows=one.acked + one.rejected + one.suppressed,
        )  # fmt: skip
