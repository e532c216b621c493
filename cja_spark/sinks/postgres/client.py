"""The client's package: only who delivers to PostgreSQL installs it, on executors too."""

from __future__ import annotations

import logging

from cja_spark.errors import MissingToolError

try:
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
except ImportError as error:
    raise MissingToolError("A sink of the kind 'postgres' needs psycopg: install cja_spark[postgres].") from error



def _says_nothing(record: logging.LogRecord) -> bool:
    """Keep the client from writing hosts, users, databases and what a server said into logs (S8); codes of errors say enough."""
    return False


for _name in ("psycopg", "psycopg.transaction"):
    logging.getLogger(_name).addFilter(_says_nothing)

__all__ = ["conninfo_to_dict", "make_conninfo", "psycopg", "sql"]
