"""Reckoning: whether what a sink says of a run adds up to what the run emitted (publishing.md, C4); plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple


class RunRows(NamedTuple):
    """What the outbox has of a run for one sink.

    Attributes:
        emitted: changes that the seal tells of.
        chunks: how many chunks the seal tells of.
        there: rows that the outbox has of the run, whoever they are for.
        of_chunk: rows per chunk that are for the sink; a chunk without rows is not in it.
        for_it: whether the run is for the sink: another sink's bootstrap has nothing for it.
    """

    run_seq: int
    emitted: int
    chunks: int
    there: int
    of_chunk: Mapping[int, int]
    for_it: bool = True


class LedgerRow(NamedTuple):
    """What the ledger has of one chunk that a sink has taken."""

    chunks: int
    acked: int
    dead: int
    suppressed: int

    @property
    def rows(self) -> int:
        """Rows that ended."""
        return self.acked + self.dead + self.suppressed


class Reckoned(NamedTuple):
    """One run at one sink: `emitted = acked + dead + suppressed + pending`, or what stands against it.

    Attributes:
        state: `done`, `pending`, or `removed`: the outbox does not have the run's rows any more, its seal alone is left.
        gaps: what does not add up, without any identity.
    """

    run_seq: int
    state: Literal["done", "pending", "removed"]
    emitted: int
    acked: int
    dead: int
    suppressed: int
    pending: int
    gaps: tuple[str, ...]


def reckon(
    run: RunRows, ledger: Mapping[int, LedgerRow], letters: int, *, rows_kept: bool = True, letters_kept: bool = True
) -> Reckoned:
    """Compare a run's outbox with what the ledger has of it.

    Args:
        run: the run.
        ledger: by chunk, each once.
        letters: dead letters of the run at this sink.
        rows_kept: whether the run is so young that none of its rows was removed after retention (D13).
        letters_kept: whether the run is so young that none of its letters was cleared away (D13).
    """
    removed = not rows_kept and not run.there and run.emitted > 0
    mine = (run.emitted if run.for_it else 0) if removed else sum(run.of_chunk.values())
    done = {at for at in ledger if 0 <= at < run.chunks}
    pending = sum(rows for at, rows in run.of_chunk.items() if at not in done)
    acked, dead, suppressed = (
        sum(getattr(row, name) for row in ledger.values()) for name in ("acked", "dead", "suppressed")
    )
    gaps = [*_of_outbox(run, removed=removed), *_of_chunks(run, ledger, removed=removed)]
    if removed and len(done) < run.chunks:
        gaps.append(f"rows were removed while {run.chunks - len(done)} of {run.chunks} chunks are open")
    if mine != acked + dead + suppressed + pending:
        gaps.append(f"emitted {mine}, acked {acked} + dead {dead} + suppressed {suppressed} + pending {pending}")
    if letters_kept and letters < dead:
        gaps.append(f"{dead} rows are dead and {letters} letters are kept")
    state: Literal["done", "pending"] = "done" if len(done) == run.chunks else "pending"
    return Reckoned(
        run.run_seq, "removed" if removed else state, mine, acked, dead, suppressed, pending, tuple(gaps)
    )  # fmt: skip


def _of_outbox(run: RunRows, *, removed: bool) -> list[str]:
    """A seal that tells of other rows than are there."""
    if removed or run.there == run.emitted:
        return []
    return [f"outbox: the seal tells of {run.emitted} changes, {run.there} are there"]


def _of_chunks(run: RunRows, ledger: Mapping[int, LedgerRow], *, removed: bool) -> list[str]:
    """Chunks of which the ledger says other than the outbox; the first ten."""
    found = []
    for at, row in sorted(ledger.items()):
        if not 0 <= at < run.chunks or row.chunks != run.chunks:
            found.append(f"chunk {at} of {row.chunks}: the run has {run.chunks} chunks")
        elif not removed and row.rows != (there := run.of_chunk.get(at, 0)):
            found.append(f"chunk {at}: {there} rows in the outbox, {row.rows} in the ledger")
    return found[:10]


def out_of_order(runs: Mapping[int, Reckoned], begun: Mapping[int, int]) -> list[tuple[int, str]]:
    """Runs of which a sink took chunks before it had all of the run before (step 9).

    Args:
        runs: by run_seq.
        begun: chunks that the ledger has, by run_seq.
    """
    found, waits = [], 0
    for at in sorted(runs):
        if waits and begun.get(at, 0):
            found.append((at, f"chunks were taken while run {waits} is not done"))
        if runs[at].state == "pending" and not waits:
            waits = at
    return found
