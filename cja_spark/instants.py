"""Instants as callers give them: one without a zone is in UTC already, whatever this machine's zone is."""

from __future__ import annotations

from datetime import UTC, datetime

from cja_spark.errors import ConfigurationError

FIRST_YEAR, LAST_YEAR = 1900, 9997  # from which look-backs and lifetimes can be reckoned


def in_utc(instant: datetime | None) -> datetime | None:
    """An instant in UTC.

    Raises:
        ConfigurationError: it is too far away to reckon from.
    """
    if instant is None:
        return None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ConfigurationError(f"The instant {instant.isoformat()} is not between the years {FIRST_YEAR} and {LAST_YEAR}.")
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def milliseconds_of(instant: datetime) -> int:
    """An instant in ms UTC."""
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
