"""The client's package: only who delivers to PostgreSQL installs it, on executors too."""

from __future__ import annotations

from cja_spark.errors import MissingToolError

try:
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
except ImportError as error:
    raise MissingToolError("A sink of the kind 'postgres' needs psycopg: install cja_spark[postgres].") from error

__all__ = ["conninfo_to_dict", "make_conninfo", "psycopg", "sql"]
