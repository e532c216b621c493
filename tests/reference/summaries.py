"""Summaries of some values, in plain Python."""

from __future__ import annotations

import math
import statistics
from datetime import datetime


def dated(how: str, dates: list[tuple[datetime, object]]) -> object:
    """The value of the earliest or latest date; of equal ones the first."""
    if not dates:
        return None
    wanted = min(when for when, _ in dates) if how == "earliest" else max(when for when, _ in dates)
    return next(value for when, value in dates if when == wanted)


def summary(how: str, values: list) -> object:
    """One value for a scope."""
    if how in ("count", "count_distinct"):
        return float(len(values) if how == "count" else len(set(values)))
    if how == "distinct":
        return list(dict.fromkeys(values))
    if not values:
        return None
    if how in ("most_common", "least_common"):
        counts = {one: values.count(one) for one in values}
        wanted = max(counts.values()) if how == "most_common" else min(counts.values())
        return next(one for one in counts if counts[one] == wanted)
    return {
        "first": lambda: values[0], "last": lambda: values[-1], "max": lambda: max(values), "min": lambda: min(values),
        "sum": lambda: math.fsum(values), "mean": lambda: math.fsum(values) / len(values), "median": lambda: statistics.median(values),
    }[how]()  # fmt: skip
