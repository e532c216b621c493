"""Instants as callers give them: one without a zone is in UTC already, whatever this machine's zone is."""

from __future__ import annotations

from datetime import UTC, datetime


def in_utc(instant: datetime | None) -> datetime | None:
    """An instant in UTC."""
    if instant is None:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def milliseconds_of(instant: datetime) -> int:
    """An instant in ms UTC."""
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
