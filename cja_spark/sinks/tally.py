"""What a delivery did to one sink so far: kept while it goes on, so that it is told also when a fault ends it."""

from __future__ import annotations

from dataclasses import dataclass

from cja_spark.sinks.ledger import Outcome


@dataclass
class Tally:
    """Rows by what became of them, and what that took.

    Attributes:
        acked: rows that the sink took; never those that it was only sent (T19).
        dead: rows that it refused, which are letters.
        suppressed: rows of erased persons, which it was not sent.
        created: profiles that were not there before.
        unconfirmed: acked rows that the sink accepted and does not say that it applied.
        redone: rows of chunks that the sink had before.
        repeats: whether all chunks are brought again, so that each one's rows are redone.
    """

    acked: int = 0
    dead: int = 0
    suppressed: int = 0
    created: int = 0
    unconfirmed: int = 0
    requests: int = 0
    sent_bytes: int = 0
    redone: int = 0
    repeats: bool = False

    def note(self, one: Outcome, created: int = 0, *, again: bool = False) -> None:
        """Add a chunk that was brought and noted in the ledger; `again` when the sink had it before."""
        self.acked += one.acked
        self.dead += one.rejected
        self.suppressed += one.suppressed
        self.created += created
        self.unconfirmed += 0 if one.confirmed else one.acked
        self.requests += one.requests or 0
        self.sent_bytes += one.sent_bytes or 0
        self.redone += one.acked if again or self.repeats else 0
