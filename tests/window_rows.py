"""Rows that Spark gives for window functions, as the reference writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(instant: datetime) -> int:
    """An instant as microseconds; one without a zone is of this machine's, as Spark gives it."""
    return (instant.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


def plain(value: Any) -> Any:
    """A cell without Spark's types: structs are tuples, times microseconds."""
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    return micros(value) if isinstance(value, datetime) else value
