"""PostgreSQL as an author writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from cja_spark.secret import HOW, is_reference
from cja_spark.sinks.spec import SINKS, Chunked
from cja_spark.spec import Duration

# PostgreSQL reads the first two as everybody and nobody, however they are quoted; the third is its own schema.
TAKEN = ("public", "none", "information_schema")
LONGEST = timedelta(minutes=10)  # an attempt at a chunk takes no longer (K3)


def _reference(text: str) -> str:
    if not is_reference(text):
        raise ValueError(f"a connection string holds a secret: {HOW}.")
    return text


def _in_reach(time: timedelta) -> timedelta:
    if not timedelta(seconds=1) <= time <= LONGEST:
        raise ValueError("a time between 1 second and 10 minutes is expected.")
    return time


def _own(name: str) -> str:
    if name.lower().startswith("pg_") or name in TAKEN:
        raise ValueError(f"'{name}' is one of PostgreSQL's own names.")
    return name


Dsn = Annotated[str, AfterValidator(_reference)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"), AfterValidator(_own)]
Timeout = Annotated[Duration, AfterValidator(_in_reach)]


@SINKS.register("postgres")
class PostgresProfiles(Chunked):
    """A profile store in three tables of a PostgreSQL database, version 13 or later, made by `cja migrate`.

    A connection string is one of libpq: `host=… dbname=… user=…` or `postgresql://…`. It names its host; over a network
    it is encrypted and the server's certificate is verified (`sslmode=verify-full`).

    Attributes:
        sink: tables of profiles and their memberships in PostgreSQL.
        dsn: reference to the connection string of the role that delivers.
        erase_dsn: reference to that of the role that may delete, for `cja erase`.
        migrate_dsn: reference to that of the role that owns the tables, for `cja migrate`.
        schema_name: the schema of the tables.
        publish_role: the role that `cja migrate` lets read, insert and update.
        erase_role: the role that `cja migrate` lets delete as well.
        read_role: the role that `cja migrate` lets read profiles and memberships, and no more.
        connect_timeout: how long a connection may take.
        statement_timeout: how long a statement may take, and how long its answer is waited for.
        lock_timeout: how long a statement waits for another transaction.
    """

    sink: Literal["postgres"]
    dsn: Dsn
    erase_dsn: Dsn | None = None
    migrate_dsn: Dsn | None = None
    schema_name: Identifier = "cja"
    publish_role: Identifier = "cja_publish"
    erase_role: Identifier = "cja_erase"
    read_role: Identifier = "cja_read"
    connect_timeout: Timeout = timedelta(seconds=5)
    statement_timeout: Timeout = timedelta(seconds=30)
    lock_timeout: Timeout = timedelta(seconds=10)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        """Who delivers does not delete, and who deletes does not own the tables."""
        for fields in (("dsn", "erase_dsn", "migrate_dsn"), ("publish_role", "erase_role", "read_role")):
            given = [value for field in fields if (value := getattr(self, field)) is not None]
            if len(set(given)) < len(given):
                raise ValueError(f"{', '.join(fields)} are different ones, so that each may do no more than it must.")
        return self
