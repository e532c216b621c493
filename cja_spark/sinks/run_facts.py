"""What the tables have of an audience's runs at its sinks, read once, and reckoned; without a Spark job on a local disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cja_spark.audiences.runs import Seal, seals
from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, LEDGER
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.sinks.reckoning import LedgerRow, Reckoned, RunRows, out_of_order, reckon

# Retention counts from the announcement of a run or the end of a letter (D13), which come after the run's instant.
ROWS_KEPT = timedelta(days=30)
LETTERS_KEPT = timedelta(days=90)


class Facts(NamedTuple):
    """What the tables have of an audience.

    Attributes:
        outbox: rows by run and chunk, without seals.
        ledger: by sink, run and chunk, each chunk once.
        letters: by sink and run.
    """

    seals: Sequence[Seal]
    outbox: Sequence[Mapping[str, Any]]
    ledger: Mapping[str, Mapping[int, Mapping[int, LedgerRow]]]
    letters: Mapping[tuple[str, int], int]

    @property
    def removed(self) -> set[int]:
        """Runs whose rows were removed after retention (D13)."""
        there = {row["run_seq"] for row in self.outbox}
        return {seal.run_seq for seal in self.seals if seal.emitted and seal.run_seq not in there}


def facts_of(lake: Lake, audience_id: str) -> Facts:
    """Read what the outbox, the ledger and the letters have of an audience."""
    mine = equal(audience_id=audience_id)
    outbox = lake.table(CHANGES).totals(("run_seq", "chunk"), {"rows": ("count", "op")}, mine)
    letters = lake.table(DEAD_LETTERS).totals(("sink_id", "run_seq"), {"rows": ("count", "letter_id")}, mine)
    return Facts(
        seals(lake, audience_id),
        [row for row in outbox if row["chunk"] is not None],
        _ledger(lake, audience_id),
        {(row["sink_id"], row["run_seq"]): row["rows"] for row in letters},
    )


def _ledger(lake: Lake, audience_id: str) -> dict[str, dict[int, dict[int, LedgerRow]]]:
    rows = lake.table(LEDGER).rows(
        "sink_id", "run_seq", "chunk", "chunks", "acked", "rejected", "suppressed", "epoch", "recorded_at",
        where=equal(audience_id=audience_id, state="done"),
    )  # fmt: skip
    found: dict[str, dict[int, dict[int, LedgerRow]]] = {}
    for row in sorted(rows, key=lambda row: (row["epoch"], row["recorded_at"])):  # the newest epoch's row is the last
        one = LedgerRow(row["chunks"], row["acked"], row["rejected"], row["suppressed"])
        found.setdefault(row["sink_id"], {}).setdefault(row["run_seq"], {})[row["chunk"]] = one
    return found


def at_sink(facts: Facts, sink: str, now: datetime) -> dict[int, Reckoned]:
    """Reckon every run that a sink has or has to have: those that speak to it, from its newest bootstrap on (R3)."""
    ledger, rows = facts.ledger.get(sink, {}), _rows_by_run(facts.outbox)
    mine = [seal for seal in facts.seals if seal.run_seq in ledger or seal.target_sink in (None, sink)]
    begins = max((seal.run_seq for seal in mine if seal.target_sink == sink), default=0)
    found = {}
    for seal in mine:
        has, age = ledger.get(seal.run_seq, {}), now - seal.as_of
        if len(has) < seal.chunks and seal.run_seq < begins:
            continue
        letters = facts.letters.get((sink, seal.run_seq), 0)
        found[seal.run_seq] = reckon(
            _of_run(rows.get(seal.run_seq, {}), seal, sink), has, letters, rows_kept=age < ROWS_KEPT, letters_kept=age < LETTERS_KEPT
        )  # fmt: skip
    for at, gap in out_of_order(found, {seq: len(chunks) for seq, chunks in ledger.items()}):
        found[at] = found[at]._replace(gaps=(*found[at].gaps, gap))
    return found


def _rows_by_run(outbox: Sequence[Mapping[str, Any]]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for row in outbox:
        chunks = found.setdefault(row["run_seq"], {})
        chunks[row["chunk"]] = chunks.get(row["chunk"], 0) + row["rows"]
    return found


def _of_run(chunks: Mapping[int, int], seal: Seal, sink: str) -> RunRows:
    mine = seal.target_sink in (None, sink)
    return RunRows(seal.run_seq, seal.emitted, seal.chunks, sum(chunks.values()), chunks if mine else {}, for_it=mine)
