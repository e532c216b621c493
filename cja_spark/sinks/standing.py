"""Where sinks stand: of every run emitted = acked + dead + suppressed + pending (C4), counted apart and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import CHANGES
from cja_spark.driver_reads import equal, one_of
from cja_spark.errors import ReconcileError
from cja_spark.lake import Lake
from cja_spark.sinks.ledger import NOTHING, Taken, owed
from cja_spark.sinks.letters import open_letters
from cja_spark.sinks.spec import Sink

OPS = ("enter", "update", "exit", "heartbeat", "erase", "erased")


class Standing(NamedTuple):
    """What became of one run's rows in one sink.

    Attributes:
        dead: rows that it refused, of chunks that are done.
        pending: rows of chunks that are not done.
        letters: those of the dead that wait for somebody.
    """

    run_seq: int
    emitted: int
    acked: int
    dead: int
    suppressed: int
    pending: int
    letters: int = 0

    @property
    def gap(self) -> int:
        """Rows that are nowhere; below zero, rows that are there twice."""
        return self.emitted - self.acked - self.dead - self.suppressed - self.pending


def standings(
    lake: Lake,
    audience_id: str,
    sinks: Sequence[Sink],
    sealed: Sequence[Seal],
    done: Mapping[tuple[str, int], Taken],
    wanted: Sequence[Seal],
) -> dict[tuple[str, int], Standing]:
    """Where each sink stands with some runs, by (sink_id, run_seq); a run that a sink need not have is not in it.

    What is pending is counted in the outbox, chunk by chunk, and never taken from the other numbers.
    """
    if not wanted:
        return {}
    letters = open_letters(lake, audience_id)
    rows = _rows(lake, audience_id, wanted)
    found = {}
    for sink in sinks:
        due = {seal.run_seq for seal in owed(sink.name, sealed, done)}
        for seal in (one for one in wanted if one.run_seq in due):
            has = done.get((sink.name, seal.run_seq), NOTHING)
            waits = sum(
                count for (run, chunk, target), count in rows.items()
                if run == seal.run_seq and target in (None, sink.name) and chunk not in has.chunks
            )  # fmt: skip
            found[sink.name, seal.run_seq] = Standing(
                seal.run_seq, seal.emitted, has.acked, has.dead, has.suppressed, waits,
                letters.get((sink.name, seal.run_seq), 0),
            )  # fmt: skip
    return found


def _rows(lake: Lake, audience_id: str, wanted: Sequence[Seal]) -> dict[tuple[int, int, str | None], int]:
    some = (*equal(audience_id=audience_id), *one_of(run_seq=[seal.run_seq for seal in wanted], op=OPS))
    counted = lake.table(CHANGES).totals(("run_seq", "chunk", "target_sink"), {"rows": ("count", "op")}, where=some)
    return {(row["run_seq"], row["chunk"], row["target_sink"]): row["rows"] for row in counted}


def require_balance(sink_id: str, audience_id: str, found: Iterable[Standing]) -> None:
    """Check that no row is lost and none is there twice (C4).

    Raises:
        ReconcileError: the first run where rows are missing or too many.
    """
    for one in found:
        if one.gap:
            where = f"sink '{sink_id}', run {one.run_seq} of {audience_id}"
            raise ReconcileError.gap(where, one.emitted, one.emitted - one.gap)
