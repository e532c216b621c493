"""What PostgreSQL or its client says, as one of the four kinds of refusal; never its text, which holds values (KP3, KP5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from cja_spark.sinks.chunk import DataError, FatalError, RetryableError, SinkError
from cja_spark.sinks.postgres.client import psycopg
from cja_spark.sinks.postgres.tables import OURS

T = TypeVar("T")
RETRYABLE = re.compile(r"08...|25P03|40001|40003|40P01|53...|55P03|57014|57P0[123]|23505")
DATA = re.compile(r"21000|22...|23502|23514|54000")
# What a server says before anybody is connected comes without its SQLSTATE; this is how the words are told apart. In
# another language none fits: it is tried again, and ends as what cannot be reached.
REFUSALS = (
    (r"no pg_hba\.conf entry|role +does not exist|authentication failed|no password supplied|not permitted to log in", "28000"),
    (r"database +does not exist", "3D000"),
    (r"permission denied for database", "42501"),
    (r"certificate|not support SSL|sslmode|channel binding", "tls"),
    (r"too many (clients|connections)|connection slots", "53300"),
    (r"starting up|shutting down|in recovery|not yet accepting", "57P03"),
)


def guarded(call: Callable[[], T]) -> T:
    """Call; what PostgreSQL or its client raises becomes a refusal by class and code alone.

    Raises:
        SinkError: one of its kinds.
    """
    try:
        return call()
    except (psycopg.Error, UnicodeEncodeError) as error:
        refusal = told(error)
    raise refusal  # outside of the handler: what was said must not be chained to it


def told(error: Exception) -> SinkError:
    """The refusal that an error is."""
    if not isinstance(error, psycopg.Error):
        return DataError(type(error).__name__, "not_utf8")
    if error.sqlstate is None:
        return _of_client(error)
    code = ":".join([error.sqlstate, *_named(error)])
    if RETRYABLE.fullmatch(error.sqlstate):
        return RetryableError(type(error).__name__, code)
    if DATA.fullmatch(error.sqlstate):
        return DataError(type(error).__name__, code)
    return FatalError(type(error).__name__, code)


def _named(error: psycopg.Error) -> list[str]:
    """The constraint and the column, where they are ours: the names of others may be anything."""
    return [name for name in (error.diag.constraint_name, error.diag.column_name) if name in OURS]


def _of_client(error: psycopg.Error) -> SinkError:
    """A fault without a SQLSTATE: the client's own, or a connection that broke off."""
    kind = type(error).__name__
    if isinstance(error, psycopg.DataError):
        return DataError(kind, "client")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return RetryableError(kind, "connection")
    return FatalError(kind, "client")


def refused(error: psycopg.Error) -> SinkError:
    """Why there is no connection."""
    if error.sqlstate is not None:
        return told(error)
    said = re.sub('"[^"]*"', "", str(error))  # names of hosts, roles, databases
    code = next((code for words, code in REFUSALS if re.search(words, said)), "connection")
    known = RETRYABLE.fullmatch(code) or code == "connection"
    return RetryableError(type(error).__name__, code) if known else FatalError(type(error).__name__, code)
