"""Buckets of lengths of time that people can read: minutes, hours, days (rule E)."""

from __future__ import annotations

from collections.abc import Sequence

from cja_spark.kernels.clock import DAY_MS

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
LADDER = (
    *(count * SECOND for count in (1, 10, 30)), *(count * MINUTE for count in (1, 2, 5, 10, 30)), *(count * HOUR for count in (1, 2, 6, 12)),
    *(count * DAY_MS for count in (1, 2, 3, 7, 14, 30, 60, 90, 180, 365)),
)  # fmt: skip
_UNITS = (("d", DAY_MS), ("h", HOUR), ("min", MINUTE), ("s", SECOND))


def ends(own: Sequence[int], tail: int | None) -> list[int]:
    """Where buckets end, ms; with a tail the last one ends there, without one what is longer lies above them.

    Source: E. Decision: a bucket has its end in it, as *within* has (O6), so that the share by an end is the share within it.
    """
    chosen = own or LADDER
    return [*chosen] if tail is None else [*(one for one in chosen if one < tail), tail]


def bucket_name(low: int | None, high: int | None) -> str:
    """What people call the times above `low` up to `high`, ms; null is no bound."""
    if high is None:
        return f"> {' '.join(_amount(low or 0))}"
    if low is None:
        return f"≤ {' '.join(_amount(high))}"
    (one, unit), (other, larger) = _amount(low), _amount(high)
    return f"{one}–{other} {larger}" if unit == larger else f"{one} {unit}–{other} {larger}"


def _amount(length: int) -> tuple[str, str]:
    """A length in the largest unit that divides it."""
    found = ((str(length // size), unit) for unit, size in _UNITS if length and length % size == 0)
    return next(found, (str(length), "ms"))
