"""Receipts: what a publish or a delivery did, for people and for files."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from cja_spark.spec import Spec


class PublishReceipt(Spec):
    """One publish: counts are exact (A20), no identity is in it."""

    run_id: str
    audience: str
    audience_id: str
    run_seq: int
    kind: str
    state: str
    exit_code: int = 0
    reason: str | None = None
    as_of: datetime
    window: tuple[datetime, datetime]
    inputs: dict[str, int]
    people: int
    enter: int = 0
    update: int = 0
    exit: int = 0
    heartbeat: int = 0
    rejected: int = 0
    suppressed: int = 0
    guard: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    versions: dict[str, str]

    def text(self) -> str:
        """One line for the person at the terminal."""
        if self.reason:
            return f"{self.audience}: {self.state}, {self.reason}; {self.people:,} people"
        changes = ", ".join(f"{getattr(self, op):,} {op}" for op in ("enter", "update", "exit", "heartbeat"))
        lost = (
            f"; {self.rejected:,} rejected, {self.suppressed:,} suppressed" if self.rejected + self.suppressed else ""
        )
        return f"{self.audience}: run {self.run_seq} {self.state}; {self.people:,} people; {changes}{lost}"


class SinkReceipt(Spec):
    """What one sink took of one audience's runs in one delivery."""

    sink: str
    audience: str
    audience_id: str
    runs: tuple[int, ...]
    acked: int
    dead: int = 0
    suppressed: int = 0
    pending: int = 0
    profiles_created: int = 0
    seconds: float = 0.0


class DeliverReceipt(Spec):
    """One delivery: an entry per sink and audience that had something to take."""

    run_id: str
    sinks: tuple[SinkReceipt, ...]
    exit_code: int = 0

    def text(self) -> str:
        """Some lines for the person at the terminal."""
        if not self.sinks:
            return "every sink has every change; nothing to do"
        return "\n".join(
            f"{one.sink} <- {one.audience}: runs {', '.join(map(str, one.runs))}; {one.acked:,} changes taken, "
            f"{one.profiles_created:,} profiles created, {one.suppressed:,} suppressed, {one.pending:,} pending"
            for one in self.sinks
        )


def write_receipt(receipt: PublishReceipt | DeliverReceipt, file: Path) -> Path:
    """Write a receipt as JSON, readable by its owner only; a reader never sees half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as written:
        written.write(receipt.model_dump_json(indent=2))
    return new.replace(file)
