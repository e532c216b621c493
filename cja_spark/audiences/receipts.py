"""Receipts: what a publish or a delivery did, for people and for files."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Self

from pydantic import Field

from cja_spark.errors import CjaError, ClaimError, UnavailableError, UnwritableError
from cja_spark.spec import Spec
from cja_spark.stopping import Stopped
from cja_spark.worker_errors import worker_error

RECEIPT_VERSION = 1
# What to do after an exit code of a publish and of a delivery (publishing.md section 9).
NEXT_OF_PUBLISH = {
    1: "report it with this receipt; the tables are as the last finished step left them",
    2: "mend the setting that the reason names, then the same again",
    3: "mend the table that the reason names, then the same again",
    4: "see dead_letters, mend the rows in their source and load them again; the next publish takes them",
    5: "look at what the guard says; 'cja approve' lets the run through once, or mend the source and publish again",
    6: "mend what the reason names, then the same again",
    7: "wait for the other run, then the same again",
    8: "use the versions and the pepper that the tables were written with",
}
NEXT = {
    1: "report it with this receipt; the rows that wait are in the outbox",
    3: "mend the table that the reason names; where the outbox lost runs that a sink needs, 'cja deliver --rebuild SINK'",
    4: "see dead_letters, mend the rows or the sink, then 'cja deliver --retry-dead-letters'",
    6: "mend the sink, then 'cja deliver' again",
    7: "wait for the other run, then 'cja deliver' again",
}


def versions() -> dict[str, str]:
    """Versions of what computed it."""
    return {name: version(name) for name in ("pyspark", "delta-spark")}


class PublishReceipt(Spec):
    """One publish: counts are exact (A20), no identity is in it.

    Attributes:
        state: of the run; `failed` when an error ended the publish, which `reason` then tells.
        letters: identities that this run put into the dead letters; `rejected` counts known ones too.
        next_action: what to do now; None when there is nothing to do.
    """

    run_id: str
    audience: str
    audience_id: str | None = None
    run_seq: int = 0
    kind: str = "refresh"
    state: str
    exit_code: int = 0
    reason: str | None = None
    as_of: datetime | None = None
    window: tuple[datetime, datetime] | None = None
    inputs: dict[str, int] = Field(default_factory=dict)
    people: int | None = None
    enter: int = 0
    update: int = 0
    exit: int = 0
    heartbeat: int = 0
    rejected: int = 0
    suppressed: int = 0
    letters: int = 0
    guard: tuple[str, ...] = ()
    retry_after_s: int | None = None
    next_action: str | None = None

    @classmethod
    def failed(cls, audience: str, run_id: str, error: CjaError) -> Self:
        """A publish that an error ended."""
        return cls(
            run_id=run_id, audience=audience, state="failed", exit_code=error.exit_code, reason=str(error),
            retry_after_s=retry_after(error), next_action=NEXT_OF_PUBLISH.get(error.exit_code),
        )  # fmt: skip

    def text(self) -> str:
        """One line for the person at the terminal."""
        if self.exit_code and self.reason:
            return f"{self.audience}: {self.state}: {self.reason}"
        if self.reason and self.state != "dry_run":
            return f"{self.audience}: {self.state}, {self.reason}; {self.people or 0:,} people{self._letters()}"
        changes = ", ".join(f"{getattr(self, op):,} {op}" for op in ("enter", "update", "exit", "heartbeat"))
        lost = (
            f"; {self.rejected:,} rejected, {self.suppressed:,} suppressed" if self.rejected + self.suppressed else ""
        )
        people, why = f"{self.people or 0:,} people", f"; {self.reason}" if self.reason else ""
        return f"{self.audience}: run {self.run_seq} {self.state}; {people}; {changes}{lost}{self._letters()}{why}"

    def _letters(self) -> str:
        return f"; {self.letters:,} of them new letters in dead_letters" if self.letters else ""


class PublishRun(Spec):
    """What one `cja publish`, `cja run-due` or `cja delete` did: a receipt per audience."""

    receipt_version: int = RECEIPT_VERSION
    command: Literal["publish", "run-due", "delete"] = "publish"
    exit_code: int = 0
    reason: str | None = None
    audiences: tuple[PublishReceipt, ...] = ()
    versions: dict[str, str] = Field(default_factory=versions)


class Balance(Spec):
    """What became of the rows of some runs in a sink, in this delivery and before: emitted is the sum of the others (C4)."""

    emitted: int = 0
    acked: int = 0
    dead: int = 0
    suppressed: int = 0
    pending: int = 0

    def text(self) -> str:
        """The equation."""
        parts = " + ".join(f"{getattr(self, part):,} {part}" for part in ("acked", "dead", "suppressed", "pending"))
        return f"{self.emitted:,} emitted = {parts}"


class LettersSent(Spec):
    """What became of letters that were sent again.

    Attributes:
        resolved: the sink took the row.
        superseded: a later run tells of the profile; not sent.
        discarded: the person was erased; not sent.
        refused: the sink refused the row again; the letter is open.
        waits: the sink did not answer; the letter is open.
    """

    resolved: int = 0
    superseded: int = 0
    discarded: int = 0
    refused: int = 0
    waits: int = 0

    def plus(self, other: Self) -> Self:
        """The sum."""
        return self.model_copy(update={name: count + getattr(other, name) for name, count in self.model_dump().items()})

    def text(self) -> str:
        """What became of them."""
        return "letters: " + ", ".join(f"{count:,} {name}" for name, count in self.model_dump().items() if count)


class SinkReceipt(Spec):
    """What one sink took of one audience's runs in one delivery.

    Attributes:
        state: `done`; `paused`, its settings hold it; `unavailable`, the sink is away and its rows are pending; `failed`
            for any other error.
        runs: the runs that were open.
        dead: rows that it refused in this delivery: letters.
        pending: rows of those runs that the sink has not taken.
        unconfirmed: rows that it accepted and does not say that it applied.
        redo_rows: rows that it was sent or asked for again though it had them.
        lag_runs: runs that it lacks, whole or in part.
        balance: what became of all rows of those runs.
        letters: what became of letters, where those were sent again.
        next_action: what to do now; None when there is nothing to do.
    """

    sink: str
    audience: str
    audience_id: str
    state: Literal["done", "paused", "unavailable", "failed"] = "done"
    exit_code: int = 0
    reason: str | None = None
    runs: tuple[int, ...] = ()
    acked: int = 0
    dead: int = 0
    suppressed: int = 0
    pending: int = 0
    profiles_created: int = 0
    unconfirmed: int = 0
    requests: int = 0
    sent_bytes: int = 0
    redo_rows: int = 0
    lag_runs: int = 0
    seconds: float = 0.0
    balance: Balance | None = None
    letters: LettersSent | None = None
    retry_after_s: int | None = None
    next_action: str | None = None

    def after(self, error: CjaError) -> Self:
        """The same after an error ended it."""
        return self.model_copy(
            update={
                "state": "unavailable" if isinstance(error, UnavailableError) else "failed",
                "exit_code": error.exit_code,
                "reason": str(error),
                "retry_after_s": retry_after(error),
                "next_action": NEXT.get(error.exit_code),
            }
        )

    def text(self) -> str:
        """One line for the person at the terminal."""
        told = (
            f"{self.sink} <- {self.audience}: runs {', '.join(map(str, self.runs)) or '-'}; {self.acked:,} changes taken, "
            f"{self.profiles_created:,} profiles created, {self.suppressed:,} suppressed, {self.dead:,} refused, "
            f"{self.pending:,} pending"
        )
        told += f"; {self.letters.text()}" if self.letters else ""
        told += f"; {self.balance.text()}" if self.balance else ""
        if self.state == "paused":
            told += "; paused"
        return f"{told}; {self.state}: {self.reason}" if self.reason else told


class DeliverReceipt(Spec):
    """One delivery: an entry per sink and audience that had something to take."""

    receipt_version: int = RECEIPT_VERSION
    command: Literal["deliver"] = "deliver"
    run_id: str | None = None
    exit_code: int = 0
    reason: str | None = None
    sinks: tuple[SinkReceipt, ...] = ()
    versions: dict[str, str] = Field(default_factory=versions)

    def text(self) -> str:
        """Some lines for the person at the terminal."""
        return "\n".join(one.text() for one in self.sinks) or "every sink has every change; nothing to do"


def retry_after(error: CjaError | Exception | Stopped) -> int | None:
    """Seconds after which the same command can succeed; None when that is not known."""
    return error.retry_after_s if isinstance(error, ClaimError) else None


def ended_by(error: Exception | Stopped) -> tuple[int, str]:
    """The exit code and the reason of a command that an error or a signal ended; 1 and its kind where it is none of our own."""
    if isinstance(error, Stopped):
        return error.exit_code, str(error)
    own = error if isinstance(error, CjaError) else worker_error(error)
    return (1, type(error).__name__) if own is None else (own.exit_code, str(own))


def receipt_place(asked: str | None, project: str, command: str) -> Path:
    """Where a receipt goes when the command line does not say."""
    return Path(asked) if asked else Path("build") / Path(project).name / f"{command}.json"


def require_file(file: Path) -> None:
    """Check, before anything is computed, that a receipt can be written.

    Raises:
        UnwritableError: its folder cannot be made or written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=file.parent):
            return
    except OSError as fault:
        raise UnwritableError.place(str(file), fault.strerror or type(fault).__name__) from fault


def write_receipt(receipt: Spec, file: Path) -> Path:
    """Write a receipt as JSON, readable by its owner only; a reader never sees half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as written:
        written.write(receipt.model_dump_json(indent=2))
    return new.replace(file)
