"""A PostgreSQL profile store as a sink of chunks: one connection, opened when it is first needed (KP4)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress

from cja_spark.sinks.chunk import Applied, Change, ErasedKey, FatalError, RetryableError, RunFacts, Token
from cja_spark.sinks.kinds import OPEN, OWN
from cja_spark.sinks.postgres.apply import Work, apply, done, settle
from cja_spark.sinks.postgres.client import psycopg
from cja_spark.sinks.postgres.connect import connect
from cja_spark.sinks.postgres.erase import erase
from cja_spark.sinks.postgres.ready import require_fit, require_ready
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.statements import statements


class PostgresSink:
    """One task's way into the store; what breaks its connection costs a new one at the next call."""

    def __init__(self, sink: PostgresProfiles) -> None:
        self._sink = sink
        self._run_id = str(uuid.uuid4())
        self._works: dict[str, Work] = {}

    def is_done(self, token: Token) -> bool:
        """Whether the store's own ledger has the chunk whole."""
        return done(self._work(self._sink.dsn), token) is not None

    def apply(self, changes: Sequence[Change], token: Token, run: RunFacts) -> Applied:
        """Assert the state of every change, once; a chunk that is done stays as it is.

        Raises:
            RetryableError: also where another writer made it done meanwhile, with letters: `is_done` says so next.
            FatalError: the sink stops.
        """
        work = self._work(self._sink.dsn)
        applied = apply(work, changes, token, run)
        if applied is not None:
            return applied
        counts = done(work, token)
        if counts is None or counts.rejected or counts.acked != len(changes):
            raise RetryableError("Ledger", "done_by_another", retry_after=0, costs_attempt=False)
        return Applied(counts.acked, created=counts.created)

    def settle(self, token: Token) -> None:
        """Remember that the letters of the chunk's refused rows are durable."""
        settle(self._work(self._sink.dsn), token)

    def erase(self, keys: Sequence[ErasedKey], token: Token) -> str:
        """Delete profiles and their memberships of all audiences.

        Raises:
            FatalError: also without `erase_dsn`.
            RetryableError: as `apply`.
        """
        if self._sink.erase_dsn is None:
            raise FatalError("Configuration", "erase_dsn_missing")
        return erase(self._work(self._sink.erase_dsn), keys)

    def close(self) -> None:
        """Give back the connections."""
        for work in self._works.values():
            with suppress(psycopg.Error, OSError):
                work.connection.close()
        self._works.clear()

    def _work(self, reference: str) -> Work:
        work = self._works.get(reference)
        if work is None or work.connection.closed:
            work = self._works[reference] = self._opened(reference)
        return work

    def _opened(self, reference: str) -> Work:
        work = Work(connect(self._sink, reference), self._sink, statements(self._sink.schema_name), self._run_id)
        try:
            require_fit(work)
        except BaseException:
            work.connection.close()
            raise
        return work


@OPEN.register("postgres")
def open_postgres(sink: PostgresProfiles, audience_id: str, slot: int) -> PostgresSink:
    """Open the store for one task."""
    return PostgresSink(sink)


OWN.register("postgres")(require_ready)
