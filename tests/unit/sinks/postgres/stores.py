"""Profile stores in a PostgreSQL server, each in a database of its own with roles that may do what they must."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import sql

from cja_spark.sinks.chunk import Change, RunFacts, Token
from cja_spark.sinks.postgres.apply import Work
from cja_spark.sinks.postgres.connect import connect
from cja_spark.sinks.postgres.migrate import migrate
from cja_spark.sinks.postgres.sink import PostgresSink
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.statements import statements
from tests.servers.postgres import PASSWORD, Postgres

AUDIENCE = "aud_0123456789ab"
BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


@dataclass
class Store:
    """A migrated store; everything is done by the role that delivers, but what is read to compare."""

    server: Postgres
    database: str
    spec: PostgresProfiles

    def sink(self) -> PostgresSink:
        return PostgresSink(self.spec)

    def apply(self, changes, seq=1, chunk=0, **facts):
        sink = self.sink()
        try:
            return sink.apply(changes, token(seq, chunk), run(seq, **facts))
        finally:
            sink.close()

    def rows(self, query):
        with self.server.admin(self.database) as connection:
            return connection.execute(query).fetchall()

    def memberships(self):
        return {row[0]: row[1:] for row in self.rows("SELECT profile_key, status, run_seq, change_id FROM cja.profile_memberships")}

    def ledger(self):
        return self.rows("SELECT run_seq, chunk, state, acked, rejected, created FROM cja.sink_ledger ORDER BY 1, 2")

    def work(self, **settings):
        """The connection of the role that delivers, as a chunk has it."""
        spec = self.spec.model_copy(update=settings)
        return Work(connect(spec, spec.dsn), spec, statements(spec.schema_name))

    def do(self, *texts):
        with self.server.admin(self.database) as connection:
            for text in texts:
                connection.execute(text)


def make_roles(server: Postgres) -> None:
    """The roles and who is in them, once per server."""
    with server.admin() as connection:
        for name in ("cja_publish", "cja_erase", "cja_read"):
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
        for name, role in (("writer", "cja_publish"), ("eraser", "cja_erase"), ("reader", "cja_read"), ("owner", None)):
            text = "CREATE ROLE {} LOGIN PASSWORD {}" + (" IN ROLE {}" if role else "")
            parts = [sql.Identifier(name), sql.Literal(PASSWORD), *([sql.Identifier(role)] if role else [])]
            connection.execute(sql.SQL(text).format(*parts))


def new_store(server: Postgres, folder, *, migrated=True, **settings) -> Store:
    """A store in a database of its own, new or left empty by another test."""
    database = server.spare.pop() if server.spare else _new_database(server)
    given = {"name": "people", "sink": "postgres"}
    for field, user in (("dsn", "writer"), ("erase_dsn", "eraser"), ("migrate_dsn", "owner")):
        file = folder / f"{database}.{field}"
        file.write_text(server.dsn(user=user, database=database))
        given[field] = f"${{file:{file}}}"
    store = Store(server, database, PostgresProfiles.model_validate({**given, **settings}))
    if migrated:
        migrate(store.spec)
    return store


def _new_database(server: Postgres) -> str:
    database = f"store_{uuid.uuid4().hex[:12]}"
    with server.admin() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER owner").format(sql.Identifier(database)))
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    with server.admin(database) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    return database


def token(seq=1, chunk=0, chunks=1):
    return Token("people", AUDIENCE, seq, chunk, chunks)


def run(seq=1, **facts):
    return RunFacts(**{"kind": "refresh", "as_of": BEGIN + timedelta(days=seq), "definition_version": 1, "name": "buyers",
                       "description": None, **facts})  # fmt: skip


def change(id_, op="enter", seq=1, **facts):
    status = "exited" if op == "exit" else "realized"
    when = BEGIN + timedelta(days=seq)
    return Change(**{
        "op": op, "change_id": f"c{seq}-{op}-{id_}", "profile_key": f"crm:{id_}", "namespace": "CRM", "id": id_,
        "person_ref": f"ref-{id_}", "status": status, "asserted_at": when,
        "valid_until": None if op == "exit" else when + timedelta(days=16), "attrs": None, "definition_version": 1, **facts,
    })  # fmt: skip


def changes(ids, op="enter", seq=1, **facts):
    return [change(id_, op, seq, **facts) for id_ in ids]
