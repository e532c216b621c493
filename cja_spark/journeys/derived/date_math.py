"""Date math as a column."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.calendar import instant_ms
from cja_spark.view.derived.date_math import DateMath, Day, Moment
from cja_spark.view.derived.input import Input

MICROSECONDS = {
    "second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000,
}  # fmt: skip
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def date_math(spec: DateMath, reading: Reading) -> Value:
    """Whole units from start to end, towards zero.

    Raises:
        InputError: an input is a number.
    """
    start, end = (_moment(one, reading) for one in spec.moments())
    local = [F.from_utc_timestamp(one, reading.zone) for one in (start, end)]
    if spec.unit in MONTHS:
        return Value(_towards_zero(_months(*local), MONTHS[spec.unit]), T.LongType())
    between = _towards_zero(F.unix_micros(end) - F.unix_micros(start), MICROSECONDS[spec.unit])
    if spec.unit in ("day", "week"):
        midnights = [one == F.date_trunc("DAY", one) for one in local]
        days = F.datediff(local[1], local[0]).cast("bigint")
        calendar = _towards_zero(days, 7 if spec.unit == "week" else 1)
        return Value(F.when(midnights[0] & midnights[1], calendar).otherwise(between), T.LongType())
    return Value(between, T.LongType())


def _moment(one: Moment, reading: Reading) -> Column:
    if isinstance(one, Day):
        return F.timestamp_millis(F.lit(instant_ms(one.day, reading.zone)))
    assert isinstance(one, Input)  # scopes and clocks are asked by reports
    return reading.instant(one)


def _months(start: Column, end: Column) -> Column:
    """Whole months between two local times: as many as can be added to the start, the day clamped to the month's (O6)."""
    months = (F.year(end) - F.year(start)) * 12 + F.month(end) - F.month(start)
    due = _within_month(F.least(F.dayofmonth(start), F.dayofmonth(F.last_day(end))), start)
    there = _within_month(F.dayofmonth(end), end)
    early = F.when((months > 0) & (due > there), -1).when((months < 0) & (due < there), 1).otherwise(0)
    return (months + early).cast("bigint")


def _within_month(day: Column, local: Column) -> Column:
    return day * F.lit(MICROSECONDS["day"]) + F.unix_micros(local) - F.unix_micros(F.date_trunc("DAY", local))


def _towards_zero(amount: Column, unit: int) -> Column:
    return F.round((amount - amount % unit) / unit).cast("bigint")  # % has the sign of the amount; the rest divides evenly
