"""What sinks took of an audience's runs, as the metrics count it; from the ledger and the seals, without a Spark job."""

from __future__ import annotations

from cja_spark.audiences.runs import seals
from cja_spark.audiences.tables import LEDGER
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.watch.metrics import RunCounts

OPS = ("enter", "update", "exit", "heartbeat")


def taken_by_sinks(lake: Lake, audience_id: str) -> list[RunCounts]:
    """Per run and sink what ended, and how long its chunks took; each chunk counts once."""
    rows = lake.table(LEDGER).rows(
        "sink_id", "run_seq", "chunk", "acked", "rejected", "suppressed", "duration_ms", "epoch", "recorded_at",
        where=equal(audience_id=audience_id, state="done"),
    )  # fmt: skip
    ops = {seal.run_seq: {op: getattr(seal.counts, op) for op in OPS} for seal in seals(lake, audience_id)}
    newest = {
        (row["sink_id"], row["run_seq"], row["chunk"]): row
        for row in sorted(rows, key=lambda row: (row["epoch"], row["recorded_at"]))
    }
    found: dict[tuple[str, int], RunCounts] = {}
    for (sink, run, _), row in sorted(newest.items(), key=lambda each: each[0]):
        before = found.get((sink, run), RunCounts(sink, ops.get(run, {}), 0, 0, 0, ()))
        found[(sink, run)] = RunCounts(
            sink, before.ops, before.acked + row["acked"], before.rejected + row["rejected"],
            before.suppressed + row["suppressed"], (*before.seconds, (row["duration_ms"] or 0) / 1000),
        )  # fmt: skip
    return list(found.values())
