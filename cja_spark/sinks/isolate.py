"""Find the rows that a sink refuses for what they are: halve what fails until a single row does (K6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from cja_spark.sinks.chunk import DataError, Rejected


class Refusable(Protocol):
    """A row, or what is sent for it."""

    @property
    def change_id(self) -> str:
        """The id of its change."""


Row = TypeVar("Row", bound=Refusable)


def isolate(rows: Sequence[Row], send: Callable[[Sequence[Row]], None]) -> tuple[Rejected, ...]:
    """Send rows; where the sink refuses some, send each half, and so on; what is not given back is taken.

    With p refused rows of n, at most 2p * ceil(log2 n) calls more than one. `send` takes all or nothing of what it is
    given, and raises DataError for nothing.
    """
    if not rows:
        return ()
    try:
        send(rows)
    except DataError as error:
        if len(rows) == 1:
            return (Rejected(rows[0].change_id, error.error_class, error.code),)
        middle = len(rows) // 2
        return isolate(rows[:middle], send) + isolate(rows[middle:], send)
    return ()
