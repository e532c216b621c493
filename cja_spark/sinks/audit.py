"""Audit: whether every past run adds up at every sink (C4), and whether the stores hold what the outbox told them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pydantic import Field

from cja_spark.audiences.receipts import RECEIPT_VERSION, versions
from cja_spark.lake import Lake
from cja_spark.sinks.reckoning import Reckoned
from cja_spark.sinks.run_facts import at_sink, facts_of
from cja_spark.sinks.spec import Sink
from cja_spark.sinks.store_audit import Asked, StoreAudit, members_audit, store_audit
from cja_spark.spec import Spec

COLUMNS = ("audience", "run", "sink", "emitted", "acked", "dead", "suppressed", "pending", "state")
REMOVED = "rows removed after retention"


class RunAudit(Spec):
    """One run at one sink; `emitted = acked + dead + suppressed + pending` unless `gaps` says what stands against it.

    Attributes:
        state: `removed`: retention took the run's rows (D13), and its seal alone is compared with the ledger.
    """

    audience: str
    audience_id: str
    run_seq: int
    sink: str
    state: Literal["done", "pending", "removed"]
    emitted: int
    acked: int
    dead: int
    suppressed: int
    pending: int
    gaps: tuple[str, ...] = ()

    def cells(self) -> tuple[str, ...]:
        """A row of the table for the person at the terminal."""
        state = REMOVED if self.state == "removed" else self.state
        ends = f"GAP: {'; '.join(self.gaps)}" if self.gaps else state
        counts = (self.emitted, self.acked, self.dead, self.suppressed, self.pending)
        return (self.audience, f"{self.run_seq}", self.sink, *(f"{count:,}" for count in counts), ends)


class AuditReceipt(Spec):
    """What `cja audit` found; the exit code is 1 at a gap, 6 where a store was away."""

    receipt_version: int = RECEIPT_VERSION
    command: Literal["audit"] = "audit"
    exit_code: int = 0
    reason: str | None = None
    runs: tuple[RunAudit, ...] = ()
    stores: tuple[StoreAudit, ...] = ()
    versions: dict[str, str] = Field(default_factory=versions)

    @classmethod
    def of(cls, runs: Iterable[RunAudit], stores: Iterable[StoreAudit]) -> AuditReceipt:
        """The receipt of what was found."""
        told, held = tuple(runs), tuple(stores)
        gaps = sum(len(run.gaps) for run in told) + sum(len(store.gaps) for store in held)
        reason = f"{gaps} gap{'s' if gaps > 1 else ''} between what was emitted and what arrived" if gaps else None
        away = [store.store for store in held if store.away]
        if away and not gaps:
            reason = f"a store is away and was not compared: {', '.join(away)}"
        return cls(exit_code=1 if gaps else 6 if away else 0, reason=reason, runs=told, stores=held)

    def text(self) -> str:
        """A table of runs, a line per store, and what it comes to, for the person at the terminal."""
        lines = [*_table([COLUMNS, *(run.cells() for run in self.runs)]), *(store.text() for store in self.stores)]
        return "\n".join([*(lines if self.runs or self.stores else ["nothing was published yet"]), self.reason or "everything adds up"])


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows with aligned columns; counts to the right, the last column as it is."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS) - 1)]
    left = (0, 2)  # audience and sink
    return [
        "  ".join([*(cell.ljust(width) if at in left else cell.rjust(width)
                     for at, (cell, width) in enumerate(zip(row[:-1], widths, strict=True))), row[-1]])
        for row in rows
    ]  # fmt: skip


class Audited(NamedTuple):
    """One audience and the sinks that the project gives it."""

    name: str
    audience_id: str
    sinks: tuple[Sink, ...]


def audit(lake: Lake, audited: Iterable[Audited], *, run: int | None = None, now: datetime | None = None) -> AuditReceipt:
    """Audit some audiences at their sinks; nothing is written.

    Args:
        lake: the lake.
        audited: the audiences, each with the sinks looked at; other sinks that the ledger knows are not.
        run: only this run.
        now: the instant that ages are taken from.
    """
    runs: list[RunAudit] = []
    stores: list[StoreAudit] = []
    for one in audited:
        facts, asked = facts_of(lake, one.audience_id), Asked(one.name, one.audience_id, run)
        if facts.seals:
            stores.append(members_audit(lake, asked, facts))
        for sink in one.sinks:
            found = at_sink(facts, sink.name, now or datetime.now(UTC))
            wanted = [reckoned for seq, reckoned in sorted(found.items()) if run in (None, seq)]
            runs += [RunAudit(audience=one.name, audience_id=one.audience_id, sink=sink.name, **each._asdict()) for each in wanted]
            if found:
                stores.append(store_audit(lake, asked, sink, facts, has_whole(found.values())))
    return AuditReceipt.of(runs, stores)


def has_whole(runs: Iterable[Reckoned]) -> int:
    """The last run before which nothing waits, 0 for none."""
    whole = 0
    for one in sorted(runs, key=lambda one: one.run_seq):
        if one.state == "pending":
            break
        whole = one.run_seq
    return whole
