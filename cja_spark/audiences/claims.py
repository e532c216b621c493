"""Claims: who may publish or deliver an audience now. They decide liveness only; two owners do no harm."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cja_spark.audiences.leases import kept_alive
from cja_spark.audiences.tables import CLAIMS
from cja_spark.errors import ClaimError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.lock import locked
from cja_spark.steps import about, timed
from cja_spark.stopping import stop_here

LEASE = timedelta(minutes=15)
RENEW_AFTER = timedelta(minutes=5)
EVERYTHING = "*"


class _Held(NamedTuple):
    """One claim as its rows say: its ticket, what it covers, until when."""

    claim: int
    scope: str
    lease_until: datetime


class _Claims(NamedTuple):
    """What the table says: the newest ticket, whether one's own row is there, the claims that were not released."""

    newest: int
    won: bool
    held: tuple[_Held, ...]


@dataclass
class Claim:
    """A claim that this process holds.

    Attributes:
        epoch: the ticket of its acquire row; every row that is written under the claim carries it.
        newest: the newest ticket that this process saw.
    """

    lake: Lake
    epoch: int
    scope: str
    run_id: str
    command: str
    renewed_at: datetime
    newest: int = 0
    alone: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self) -> None:
        """Read the claim again, and renew its lease when it is due; a safe place to stop at, when a signal asked for it.

        Raises:
            ClaimError: somebody took it over.
            Stopped: somebody asked the program to end.
        """
        stop_here()
        self.renew()

    def renew(self) -> None:
        """Read the claim again, and renew its lease when it is due.

        Raises:
            ClaimError: somebody took it over.
        """
        with self.alone:
            claims = _claims(self.lake)
            self.newest = claims.newest
            if self.epoch not in {held.claim for held in claims.held}:
                raise ClaimError(
                    f"The claim on {self.scope} was taken over by another run. Run the same command again."
                )
            if datetime.now(UTC) - self.renewed_at >= RENEW_AFTER:
                _append(self, "renewed", self.epoch)
                self.renewed_at = datetime.now(UTC)

    def release(self) -> None:
        """Give the claim back."""
        with self.alone:
            _append(self, "released", self.epoch)


@contextmanager
def claimed(lake: Lake, scope: str, run_id: str, command: str, *, take_over: bool = False) -> Iterator[Claim]:
    """Hold the claim on an audience, or on everything (`*`).

    A lake on a local disk is locked as a whole by the operating system first: whoever still stands in its claims table
    is dead then. Elsewhere a dead owner's lease runs out after 15 minutes; a living one renews it every 5.

    Raises:
        ClaimError: another run holds a claim that covers the scope.
        Stopped: somebody asked the program to end before there was a claim.
    """
    stop_here()
    told = about(run_id=run_id, audience_id=scope, command=command)
    with told, timed(command), locked(lake, "audiences", "publishes or delivers") as alone:
        wish = Claim(lake, 0, scope, run_id, command, datetime.now(UTC))
        claim = acquire(wish, take_over=take_over or alone)
        failpoint("claim.acquired")
        try:
            with kept_alive(claim.renew, RENEW_AFTER):
                yield claim
        except BaseException:  # also when somebody interrupts it
            claim.release()
            raise
        failpoint("claim.before_release")
        claim.release()


def acquire(wish: Claim, *, take_over: bool) -> Claim:
    """Take the next ticket; whoever covers the scope already is waited for, or taken over when that is asked.

    Raises:
        ClaimError: another run holds a claim that covers the scope.
    """
    before = _claims(wish.lake)
    wish.newest = before.newest
    ticket, held = _append(wish, "acquired")
    claim = replace(wish, epoch=ticket)
    now = datetime.now(UTC)
    for other in held:
        if other.claim >= claim.epoch or not _covers(other.scope, claim.scope):
            continue
        if take_over or other.lease_until <= now:
            _append(claim, "released", other.claim)
        else:
            claim.release()
            wait = int((other.lease_until - now).total_seconds()) + 1
            raise ClaimError.held(other.scope, wait)
    return claim


def _covers(held: str, wanted: str) -> bool:
    return EVERYTHING in (held, wanted) or held == wanted


def _append(claim: Claim, event: str, of: int | None = None) -> tuple[int, tuple[_Held, ...]]:
    """Append a row under the ticket after the newest that is known; give the ticket and who holds claims then.

    Of concurrent writers one wins a ticket; the others fail, or Delta passes over them in silence: reading back tells. So
    does who is alone: a lock that another machine does not see, as on some network drives, keeps it from nothing.
    """
    from delta.exceptions import ConcurrentTransactionException, DeltaConcurrentModificationException

    table = claim.lake.table(CLAIMS)
    while True:
        ticket = claim.newest + 1
        row = (ticket, of or ticket, claim.scope, event, claim.run_id, claim.command, datetime.now(UTC) + LEASE)
        with suppress(ConcurrentTransactionException, DeltaConcurrentModificationException):
            table.append(table.frame([row]).coalesce(1), app_id="claims", txn=ticket)
        claims = _claims(claim.lake, (ticket, claim.run_id, event))
        claim.newest = claims.newest
        if claims.won:
            return ticket, claims.held


def _claims(lake: Lake, mine: tuple[int, str, str] | None = None) -> _Claims:
    """The claims, read once; `mine` (ticket, run id, event) tells one's own row."""
    rows = lake.table(CLAIMS).rows("ticket", "claim", "scope", "event", "run_id", "lease_until")
    released = {row["claim"] for row in rows if row["event"] == "released"}
    held: dict[int, _Held] = {}
    for row in sorted(rows, key=lambda row: row["lease_until"]):
        if row["claim"] not in released:
            held[row["claim"]] = _Held(row["claim"], row["scope"], row["lease_until"].astimezone(UTC))
    return _Claims(
        max((row["ticket"] for row in rows), default=0),
        any((row["ticket"], row["run_id"], row["event"]) == mine for row in rows),
        tuple(sorted(held.values())),
    )
