"""The schema of a PostgreSQL profile store, brought to this version by the role that owns it (KP4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cja_spark.errors import ConfigurationError, UnavailableError, VersionError
from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import SinkError
from cja_spark.sinks.postgres.client import sql
from cja_spark.sinks.postgres.connect import Connection, connect, deadline
from cja_spark.sinks.postgres.errors import guarded
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.tables import EXCESS, GRANTS, MIGRATIONS, ROLES, VERSION

LONGEST_S = 600.0
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('cja_spark'), hashtext(%s))"
_SETTINGS = "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true), pg_catalog.set_config('lock_timeout', '10s', true)"
_SCHEMA = "CREATE SCHEMA {schema}"
_VERSIONS = """CREATE TABLE IF NOT EXISTS {schema}.schema_version (
  version int CONSTRAINT schema_version_pkey PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
)"""
_FOUND = "SELECT coalesce(max(version), 0) FROM {schema}.schema_version"
_MAY_MAKE_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_HAS = """SELECT has_database_privilege(%(role)s::name, current_database(), 'TEMPORARY'), coalesce(
  (SELECT has_schema_privilege(%(role)s::name, oid, 'CREATE') FROM pg_namespace WHERE nspname = 'public'), false)"""
_NOTE = "INSERT INTO {schema}.schema_version (version) VALUES ({version})"


class Migrated(NamedTuple):
    """What a migration found and left.

    Attributes:
        excess: what the role that delivers may do beyond its tables, as everybody may in this database.
    """

    before: int
    after: int
    excess: tuple[str, ...] = ()


def migrate(sink: PostgresProfiles) -> Migrated:
    """Bring the schema to this version and grant the roles what they need, in one transaction; again it does nothing.

    Roles that are not there are made, where the connection may make some.

    Raises:
        ConfigurationError: no `migrate_dsn`, or a role is not there and cannot be made.
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
        _make_roles(connection, sink)
        failpoint("migrate.roles_made")
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
        failpoint("migrate.tables_made")
        excess = _excess(connection, sink)
        failpoint("migrate.before_commit")
    failpoint("migrate.after_commit")
    return Migrated(before, VERSION, excess)


def _make_roles(connection: Connection, sink: PostgresProfiles) -> None:
    wanted = [sink.publish_role, sink.erase_role, sink.read_role]
    found = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", (wanted,))}
    missing = [name for name in wanted if name not in found]
    if not missing:
        return
    [(may,)] = connection.execute(_MAY_MAKE_ROLES).fetchall()
    if not may:
        raise ConfigurationError(
            f"sink '{sink.name}': the server has no role '{missing[0]}', and 'migrate_dsn' may make none. "
            f"`cja migrate --sink {sink.name} --sql` prints what makes it; or name yours under 'publish_role', 'erase_role' "
            "and 'read_role'."
        )
    for name in missing:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))


def _excess(connection: Connection, sink: PostgresProfiles) -> tuple[str, ...]:
    """Rights of the role that delivers which nobody has to have, by what takes them away."""
    [has] = connection.execute(_HAS, {"role": sink.publish_role}).fetchall()
    return tuple(right for right, may in zip(EXCESS, has, strict=True) if may)


def steps(before: int) -> Iterator[str]:
    """The statements that lead from a version to this one."""
    for version, texts in enumerate(MIGRATIONS[before:], start=before + 1):
        yield from texts
        yield _NOTE.replace("{version}", str(version))


def script(sink: PostgresProfiles) -> str:
    """All of it as SQL for whoever administers the database: roles, schema, tables, grants."""
    texts = (*ROLES, *EXCESS.values(), _SCHEMA, _VERSIONS, *steps(0), *GRANTS)
    return "".join(f"{filled(text, sink).as_string(None)};\n" for text in texts)


def filled(text: str, sink: PostgresProfiles) -> sql.Composed:
    """A statement with the names of the sink's schema and roles."""
    return sql.SQL(text).format(
        schema=sql.Identifier(sink.schema_name), publish=sql.Identifier(sink.publish_role),
        erase=sql.Identifier(sink.erase_role), read=sql.Identifier(sink.read_role),
    )  # fmt: skip
