"""Receipts of maintenance: what was done to which table, and how its files lie now."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from cja_spark.maintenance.health import Health
from cja_spark.spec import Spec

RECEIPT_VERSION = 1
Action = Literal[
    "append_only_restored", "rows_removed", "staging_removed", "checkpoint_removed", "files_compacted", "orphans_removed",
    "vacuum", "vacuum_full",
]


class Deed(Spec):
    """Something that was done, or in a dry run would be.

    Attributes:
        target: the table, or the folder.
        count: rows or files.
        run_seq: of outbox rows the newest run that lost them; 0 of everything else.
    """

    target: str
    action: Action
    count: int = 0
    run_seq: int = 0

    def text(self) -> str:
        """One line for the person at the terminal."""
        return f"  {self.target}: {self.action.replace('_', ' ')}" + (f", {self.count:,}" if self.count else "")


class MaintainReceipt(Spec):
    """One maintenance of a lake.

    Attributes:
        dry_run: nothing was done: these are the things that would be.
        retry_after_s: where another run was at work, in how many seconds its claim can be over; None when that is not known.
        deeds: what was done, in order.
        tables: how the files of each table lie afterwards.
    """

    receipt_version: int = RECEIPT_VERSION
    command: Literal["maintain"] = "maintain"
    run_id: str | None = None
    at: datetime | None = None
    dry_run: bool = False
    exit_code: int = 0
    reason: str | None = None
    retry_after_s: int | None = None
    deeds: tuple[Deed, ...] = ()
    tables: tuple[Health, ...] = Field(default=())

    def text(self) -> str:
        """Some lines for the person at the terminal."""
        head = "would be done:" if self.dry_run else "done:"
        done = [one.text() for one in self.deeds] or ["  nothing"]
        return "\n".join([head, *done, "tables:", *(one.text() for one in self.tables)])
