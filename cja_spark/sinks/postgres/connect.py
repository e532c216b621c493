"""Connections: how they are made, that they are encrypted, and that none waits for ever (KP4, K3)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Timer
from typing import Any

from cja_spark.errors import ConfigurationError
from cja_spark.secret import revealed
from cja_spark.sinks.chunk import FatalError
from cja_spark.sinks.postgres.client import conninfo_to_dict, make_conninfo, psycopg
from cja_spark.sinks.postgres.errors import refused
from cja_spark.sinks.postgres.spec import PostgresProfiles

Connection = psycopg.Connection[tuple[Any, ...]]
APPLICATION = "cja_spark"
OLD_TLS = ("TLSv1", "TLSv1.1")
GRACE_S = 5.0  # a statement that the server should have ended itself is cut off after that
# A peer that is gone is found within half a minute: 10 s of silence, then four questions.
_ALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 30_000}


def connect(sink: PostgresProfiles, reference: str) -> Connection:
    """Connect with what a reference stands for; statements commit by themselves outside of a transaction.

    Raises:
        FatalError: nothing is behind the reference, or it cannot be meant, or the server refuses it.
        RetryableError: the server cannot be reached now.
    """
    given = conninfo(reference, sink.connect_timeout)
    try:
        connection = psycopg.connect(given, autocommit=True, prepare_threshold=None)
    except psycopg.Error as error:
        refusal = refused(error)
    else:
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        return connection
    raise refusal


def conninfo(reference: str, timeout: timedelta) -> str:
    """The connection string behind a reference, with what every connection of ours has.

    Raises:
        FatalError: by its code, nothing is behind the reference or it cannot be meant.
    """
    try:
        parts = conninfo_to_dict(revealed({"dsn": reference})["dsn"])
    except (psycopg.Error, UnicodeDecodeError, OSError):
        parts = None
    except ConfigurationError:
        raise FatalError("Configuration", "dsn_missing") from None
    if parts is None:
        raise FatalError("Configuration", "dsn_unreadable")
    if (code := fault_in(parts)) is not None:
        raise FatalError("Configuration", code)
    seconds = max(2, int(timeout.total_seconds()))  # libpq takes 2 at least
    ours = {"connect_timeout": seconds, "application_name": APPLICATION, "client_encoding": "UTF8", **_ALIVE}
    whole: dict[str, Any] = {**parts, **ours, **_encryption(parts)}
    return make_conninfo(**whole)


def fault_in(parts: Mapping[str, Any]) -> str | None:
    """What a connection string must not be: a code, None when it is right.

    A service file or an ambient host would hide where it leads and how.
    """
    if parts.get("service"):
        return "dsn_service"
    if not parts.get("host") and not parts.get("hostaddr"):
        return "dsn_no_host"
    weaker = parts.get("sslmode", "verify-full") != "verify-full" or parts.get("ssl_min_protocol_version") in OLD_TLS
    return "dsn_sslmode" if weaker and not is_local(parts) else None


def is_local(parts: Mapping[str, Any]) -> bool:
    """Whether every host is a socket of this machine's file system; what begins with @ the client looks up as a name."""
    hosts = str(parts.get("host") or "").split(",")
    return not parts.get("hostaddr") and all(host.startswith("/") for host in hosts)


def _encryption(parts: Mapping[str, Any]) -> dict[str, str]:
    """GSS would be tried first, and says nothing of the certificate; PGHOSTADDR would lead away from a socket."""
    return {"gssencmode": "disable"} | ({"hostaddr": ""} if is_local(parts) else {"sslmode": "verify-full"})


@contextmanager
def deadline(connection: Connection, seconds: float) -> Iterator[None]:
    """Cut the connection off after a while: who waits for an answer gets an error, whatever the server does."""

    def cut() -> None:
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as same:
            same.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
