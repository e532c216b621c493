"""A chunk into PostgreSQL: one transaction, with the chunk's ledger row in it (publishing.md 5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import Applied, Change, RunFacts, Token
from cja_spark.sinks.isolate import isolate
from cja_spark.sinks.postgres.client import psycopg
from cja_spark.sinks.postgres.connect import APPLICATION, GRACE_S, Connection, deadline
from cja_spark.sinks.postgres.errors import guarded
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.statements import SETTINGS, Statements
from cja_spark.sinks.postgres.texts import parted

ROWS = 10_000  # of one statement
ATTEMPT_S = 600.0
TEXT = 64_000_000  # characters of attributes of one statement; a message to the server holds 1 GB


class Counts(NamedTuple):
    """What the store's own ledger says of a chunk that is done."""

    acked: int
    rejected: int
    created: int


@dataclass
class Work:
    """One connection at work for one sink.

    Attributes:
        run_id: who claims chunks: one per opened sink.
    """

    connection: Connection
    sink: PostgresProfiles
    statements: Statements
    run_id: str = ""

    def execute(self, statement: Any, given: dict[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:  # noqa: ANN401 - psycopg's own type wants a literal
        """Execute a statement; a server that never answers is cut off."""
        with deadline(self.connection, self.sink.statement_timeout.total_seconds() + GRACE_S):
            return self.connection.execute(statement, given)

    def once(self, statement: Any, given: dict[str, Any]) -> list[tuple[Any, ...]]:  # noqa: ANN401 - as execute
        """A statement in a transaction of its own, and its rows.

        Raises:
            SinkError: by class and code.
        """
        return guarded(lambda: self._once(statement, given))

    def _once(self, statement: Any, given: dict[str, Any]) -> list[tuple[Any, ...]]:  # noqa: ANN401 - as execute
        with self.connection.transaction():
            self.begin()
            found = self.execute(statement, given)
            return found.fetchall() if found.description else []

    def begin(self) -> None:
        """Bound the transaction that was just begun; what it does depends on no setting of the role or the database."""
        given = {"statement": self.sink.statement_timeout, "lock": self.sink.lock_timeout, "idle": 2 * self.sink.statement_timeout}
        shown = {name: f"{int(time.total_seconds() * 1000)}ms" for name, time in given.items()}
        self.execute(SETTINGS, {**shown, "name": APPLICATION})


def done(work: Work, token: Token) -> Counts | None:
    """What the ledger says of a chunk; None where it is not done whole.

    Raises:
        SinkError: the store cannot be asked.
    """
    rows = work.once(work.statements.done, _of(token))
    return Counts(*rows[0]) if rows else None


def apply(work: Work, changes: Sequence[Change], token: Token, run: RunFacts) -> Applied | None:
    """Assert the state of every change; None where the chunk is done already.

    A row is overwritten by a later run's alone, and an exit is written where no row is (K8). A change that cannot be
    stored is given back, and keeps the chunk `partial` until somebody settles it.

    Raises:
        RetryableError: the chunk may be tried again.
        FatalError: it is of no use to try.
    """
    return guarded(lambda: _applied(work, changes, token, run))


def settle(work: Work, token: Token) -> None:
    """Call a chunk with refused rows done, now that their letters are durable; one that is done stays so.

    Raises:
        SinkError: the store cannot be told.
    """
    work.once(work.statements.settle, _of(token))


def unique(changes: Sequence[Change]) -> list[Change]:
    """One change per profile, sorted by its key: a second one of a statement passes unseen, or fails it (KP1)."""
    newest = {change.profile_key: change for change in sorted(changes, key=lambda change: change.change_id)}
    return [newest[key] for key in sorted(newest)]


def groups(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """Changes in statements of about equal size, none above its bounds."""
    most = max((len(change.attrs or "") for change in changes), default=0)
    rows = max(1, min(ROWS, TEXT // (most + 1)))
    count = -(-len(changes) // rows)
    for number in range(count):
        yield changes[number * len(changes) // count : (number + 1) * len(changes) // count]


def _applied(work: Work, changes: Sequence[Change], token: Token, run: RunFacts) -> Applied | None:
    good, rejected = parted(changes)
    sending = _Sending(work, token, run)
    with deadline(work.connection, ATTEMPT_S), work.connection.transaction():
        failpoint("pg.connected")
        work.begin()
        claim = {**_of(token), "chunks": token.chunks, "run_id": work.run_id}
        if work.execute(work.statements.claim, claim).fetchone() is None:
            return None
        failpoint("pg.after_ledger_claim")
        for group in groups(unique(good)):
            rejected += isolate(group, sending.send)
        failpoint("pg.after_upsert")
        acked = len(changes) - len(rejected)
        created = _count(work, token, Counts(acked, len(rejected), sending.created))
        failpoint("pg.before_commit")
    failpoint("pg.after_commit")
    return Applied(acked, rejected, created, sending.requests)


@dataclass
class _Sending:
    """Statements of one chunk; what a refused one had done is undone, the rest of the transaction stands."""

    work: Work
    token: Token
    run: RunFacts
    created: int = 0
    requests: int = 0

    def send(self, changes: Sequence[Change]) -> None:
        self.requests += 1
        self.created += guarded(lambda: self._sent(changes))

    def _sent(self, changes: Sequence[Change]) -> int:
        given = {**_of(self.token), "as_of": self.run.as_of, **_columns(changes)}
        with self.work.connection.transaction():  # a savepoint
            created = self.work.execute(self.work.statements.profiles, given).rowcount
            self.work.execute(self.work.statements.memberships, given)
        return created


def _of(token: Token) -> dict[str, Any]:
    return {"sink": token.sink_id, "aud": token.audience_id, "run_seq": token.run_seq, "chunk": token.chunk}


def _columns(changes: Sequence[Change]) -> dict[str, list[Any]]:
    names = {
        "keys": "profile_key", "status": "status", "namespaces": "namespace", "own_ids": "id", "refs": "person_ref",
        "versions": "definition_version", "attrs": "attrs", "ids": "change_id",
    }  # fmt: skip
    columns: dict[str, list[Any]] = {name: [getattr(change, field) for change in changes] for name, field in names.items()}
    # As texts, since a list of nothing but nulls has no type of its own.
    columns["asserted"] = [change.asserted_at.isoformat() for change in changes]
    columns["valid"] = [None if change.valid_until is None else change.valid_until.isoformat() for change in changes]
    return columns


def _count(work: Work, token: Token, counts: Counts) -> int:
    """Note a chunk's counts; `done` if nothing was refused. Gives the profiles that all its attempts have created."""
    state = "partial" if counts.rejected else "done"
    row = work.execute(work.statements.counts, {**_of(token), **counts._asdict(), "state": state}).fetchone()
    assert row is not None
    return int(row[0])
