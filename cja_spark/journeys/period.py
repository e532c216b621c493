"""Periods that journeys are cut into: days, months or years in UTC, as numbers such as 202601; 0 holds profiles."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.view.spec import View

PROFILE_PERIOD = 0
DIGITS = {"day": 8, "month": 6, "year": 4}  # of a period's number
_FIRST_MS, _LAST_MS = (
    int(day.timestamp()) * 1000 for day in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
)
_SPARK = "yyyyMMdd"
_PYTHON = "%Y%m%d"
_DAYS = {8: 1, 6: 31, 4: 366}  # of a period at most, by the digits of its number


def period_of(ts: Column, view: View) -> Column:
    """The period that an instant lies in: int."""
    if view.period == "month":  # every build asks; this is cheaper than a text
        return F.year(ts) * 100 + F.month(ts)
    return F.date_format(ts, _SPARK[: DIGITS[view.period]]).cast("int")


def period_at(ms: int, view: View) -> int:
    """The period that an instant in ms lies in; the first or last one there can be for what lies beyond."""
    within = min(max(ms, _FIRST_MS), _LAST_MS)
    return period_on(datetime.fromtimestamp(within // 1000, UTC).date(), view)


def period_on(day: date, view: View) -> int:
    """The period that a day lies in."""
    number: int = (day.year * 10_000 + day.month * 100 + day.day) // 10 ** (8 - DIGITS[view.period])
    return number


def span_of(period: int) -> tuple[int, int] | None:
    """When a period begins and how long it is at most, both in ms; None for a number that is not a period's."""
    digits = len(str(period))
    if digits not in _DAYS:
        return None
    first = datetime.strptime(f"{period}0101"[:8], _PYTHON).replace(tzinfo=UTC)
    return int(first.timestamp()) * 1000, _DAYS[digits] * 86_400_000
