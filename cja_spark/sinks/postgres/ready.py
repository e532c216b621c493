"""Whether a store is ready: looked at once by the driver, before the first chunk, so that a mistake is told in words."""

from __future__ import annotations

from cja_spark.errors import ConfigurationError, VersionError
from cja_spark.sinks.chunk import FatalError
from cja_spark.sinks.postgres.apply import Work
from cja_spark.sinks.postgres.connect import connect
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.statements import SERVER, statements
from cja_spark.sinks.postgres.tables import OLDEST_SERVER, VERSION

WORDS = {
    "dsn_missing": "there is nothing behind {}",
    "dsn_unreadable": "what stands behind {} is no connection string of libpq, such as 'host=… dbname=… user=…'",
    "dsn_service": "the connection string behind {} names a service; write its host",
    "dsn_no_host": "the connection string behind {} names no host",
    "dsn_sslmode": "the connection string behind {} asks for less than sslmode=verify-full and TLS 1.2, which a network needs",
    "server_version": f"the server is older than PostgreSQL {OLDEST_SERVER}",
    "server_encoding": "the database does not keep texts in UTF8; make one with ENCODING 'UTF8'",
    "server_logs_values": (
        "the server writes parameters of statements into its log, and with them who people are. Its administrator sets, "
        "for the role that connects: ALTER ROLE … SET log_parameter_max_length = 0, auto_explain.log_min_duration = -1, "
        "pgaudit.log_parameter = off (docs/sinks-postgres.md)"
    ),
}
NOT_THERE = ("42P01", "3F000")  # no such table, no such schema


def require_ready(sink: PostgresProfiles, audience_id: str) -> None:
    """Refuse a store that cannot be meant, is not migrated, or is newer than this program.

    Raises:
        ConfigurationError: the connection string cannot be meant, the server does not fit, or there is no schema.
        VersionError: the schema is of another version.
        SinkError: it is away, or refuses.
    """
    try:
        with connect(sink, sink.dsn) as connection:
            work = Work(connection, sink, statements(sink.schema_name))
            _require_server(work)
            found = version_of(work)
    except FatalError as error:
        if error.code not in WORDS:
            raise
        words = WORDS[error.code].format(sink.dsn)
    else:
        _require(sink, found)
        return
    raise ConfigurationError(f"sink '{sink.name}': {words}.")


def require_fit(work: Work) -> None:
    """Refuse a server that does not keep values as they are, or tells them in its log, and a schema of another version.

    Raises:
        FatalError: by its code.
        SinkError: it cannot be asked.
    """
    _require_server(work)
    if (found := version_of(work)) != VERSION:
        raise FatalError("Version", f"schema_version_{found}")


def version_of(work: Work) -> int:
    """The version of the schema; 0 where there is none.

    Raises:
        SinkError: it cannot be asked.
    """
    try:
        [(found,)] = work.once(work.statements.version, {})
    except FatalError as error:
        if error.code not in NOT_THERE:
            raise
        return 0
    return int(found or 0)


def _require_server(work: Work) -> None:
    if work.connection.info.server_version < OLDEST_SERVER * 10_000:
        raise FatalError("Configuration", "server_version")
    [(keeps_texts, keeps_silent)] = work.once(SERVER, {})
    if not keeps_texts:
        raise FatalError("Configuration", "server_encoding")
    if not keeps_silent:
        raise FatalError("Configuration", "server_logs_values")


def _require(sink: PostgresProfiles, found: int) -> None:
    how = f"`cja migrate --sink {sink.name}`"
    if found == 0:
        raise ConfigurationError(f"sink '{sink.name}': there is no schema '{sink.schema_name}'. {how} makes it.")
    if found > VERSION:
        raise VersionError(f"sink '{sink.name}': its schema is of version {found}, this program knows {VERSION}.")
    if found < VERSION:
        raise VersionError(f"sink '{sink.name}': its schema is of version {found}; {how} brings it to {VERSION}.")
