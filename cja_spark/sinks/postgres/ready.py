"""Whether a store is ready: looked at once by the driver, before the first chunk, so that a mistake is told in words."""

from __future__ import annotations

from cja_spark.errors import ConfigurationError, VersionError
from cja_spark.sinks.chunk import FatalError
from cja_spark.sinks.postgres.apply import Work
from cja_spark.sinks.postgres.connect import connect
from cja_spark.sinks.postgres.spec import PostgresProfiles
from cja_spark.sinks.postgres.statements import statements
from cja_spark.sinks.postgres.tables import VERSION

WORDS = {
    "dsn_missing": "there is nothing behind {}",
    "dsn_unreadable": "what stands behind {} is no connection string of libpq, such as 'host=… dbname=… user=…'",
    "dsn_service": "the connection string behind {} names a service; write its host",
    "dsn_no_host": "the connection string behind {} names no host",
    "dsn_sslmode": "the connection string behind {} has a weaker sslmode than verify-full, which a network needs",
}
NOT_THERE = ("42P01", "3F000")  # no such table, no such schema


def require_ready(sink: PostgresProfiles, audience_id: str) -> None:
    """Refuse a store that cannot be meant, is not migrated, or is newer than this program.

    Raises:
        ConfigurationError: the connection string cannot be meant, or there is no schema.
        VersionError: the schema is of another version.
        SinkError: it is away, or refuses.
    """
    try:
        connection = connect(sink, sink.dsn)
    except FatalError as error:
        if error.code not in WORDS:
            raise
        words = WORDS[error.code].format(sink.dsn)
    else:
        with connection:
            found = version_of(Work(connection, sink, statements(sink.schema_name)))
        _require(sink, found)
        return
    raise ConfigurationError(f"sink '{sink.name}': {words}.")


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


def _require(sink: PostgresProfiles, found: int) -> None:
    how = f"`cja migrate --sink {sink.name}`"
    if found == 0:
        raise ConfigurationError(f"sink '{sink.name}': there is no schema '{sink.schema_name}'. {how} makes it.")
    if found > VERSION:
        raise VersionError(f"sink '{sink.name}': its schema is of version {found}, this program knows {VERSION}.")
    if found < VERSION:
        raise VersionError(f"sink '{sink.name}': its schema is of version {found}; {how} brings it to {VERSION}.")
