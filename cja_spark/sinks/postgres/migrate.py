"""The schema of a PostgreSQL profile store, brought to this version by the role that owns it (KP4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from psycopg import sql

from cja_spark.errors import ConfigurationError, UnavailableError, VersionError
from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import SinkError
from cja_spark.sinks.postgres.connect import Connection, connect, deadline
from cja_spark.sinks.postgres.errors import guarded
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.tables import GRANTS, MIGRATIONS, ROLES, VERSION

LONGEST_S = 600.0
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('cja_spark'), hashtext(%s))"
_SETTINGS = "SELECT set_config('search_path', 'pg_catalog', true), set_config('lock_timeout', '10s', true)"
_SCHEMA = "CREATE SCHEMA {schema}"
_VERSIONS = """CREATE TABLE IF NOT EXISTS {schema}.schema_version (
  version int CONSTRAINT schema_version_pkey PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
)"""
_FOUND = "SELECT coalesce(max(version), 0) FROM {schema}.schema_version"
_NOTE = "INSERT INTO {schema}.schema_version (version) VALUES ({version})"


class Migrated(NamedTuple):
    """What a migration found and left."""

    before: int
    after: int


def migrate(sink: PostgresProfiles) -> Migrated:
    """Bring the schema to this version and grant the two roles what they need, in one transaction; again it does nothing.

    Raises:
        ConfigurationError: no `migrate_dsn`, or a role that is not there.
        VersionError: a newer version of the program made the schema.
        UnavailableError: the server is away or refuses it; nothing was changed.
    """
    if sink.migrate_dsn is None:
        raise ConfigurationError(f"sink '{sink.name}': 'migrate_dsn' is needed, the connection of the role that owns the tables.")
    try:
        connection = connect(sink, sink.migrate_dsn)
        try:
            return guarded(lambda: _migrated(connection, sink))
        finally:
            connection.close()
    except SinkError as error:
        refusal = UnavailableError(f"sink '{sink.name}': the schema was not migrated: {error}. Nothing was changed.")
    raise refusal


def _migrated(connection: Connection, sink: PostgresProfiles) -> Migrated:
    with deadline(connection, LONGEST_S), connection.transaction():
        connection.execute(_SETTINGS)
        connection.execute(_LOCK, (sink.schema_name,))
        _require_roles(connection, sink)
        if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (sink.schema_name,)).fetchone() is None:
            connection.execute(filled(_SCHEMA, sink))
        connection.execute(filled(_VERSIONS, sink))
        row = connection.execute(filled(_FOUND, sink)).fetchone()
        before = int(row[0]) if row else 0
        if before > VERSION:
            raise VersionError(
                f"sink '{sink.name}': schema '{sink.schema_name}' is of version {before}, this program knows {VERSION}. "
                "Use the newer program."
            )
        for text in (*steps(before), *GRANTS):
            connection.execute(filled(text, sink))
        failpoint("migrate.before_commit")
    failpoint("migrate.after_commit")
    return Migrated(before, VERSION)


def _require_roles(connection: Connection, sink: PostgresProfiles) -> None:
    wanted = [sink.publish_role, sink.erase_role]
    found = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (wanted,))}
    if missing := [name for name in wanted if name not in found]:
        raise ConfigurationError(
            f"sink '{sink.name}': the server has no role '{missing[0]}'. `cja migrate --sink {sink.name} --sql` prints "
            "what makes it; or name yours under 'publish_role' and 'erase_role'."
        )


def steps(before: int) -> Iterator[str]:
    """The statements that lead from a version to this one."""
    for version, texts in enumerate(MIGRATIONS[before:], start=before + 1):
        yield from texts
        yield _NOTE.replace("{version}", str(version))


def script(sink: PostgresProfiles) -> str:
    """All of it as SQL for whoever administers the database: roles, schema, tables, grants."""
    texts: Sequence[str] = (*ROLES, _SCHEMA, _VERSIONS, *steps(0), *GRANTS)
    return "".join(f"{filled(text, sink).as_string(None)};\n" for text in texts)


def filled(text: str, sink: PostgresProfiles) -> sql.Composed:
    """A statement with the names of the sink's schema and roles."""
    return sql.SQL(text).format(
        schema=sql.Identifier(sink.schema_name), publish=sql.Identifier(sink.publish_role),
        erase=sql.Identifier(sink.erase_role),
    )  # fmt: skip
