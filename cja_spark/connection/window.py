"""The rolling window of a connection: events of days before it are not taken, and go once they lie before it."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import functions as F

from cja_spark.connection.load import Load
from cja_spark.connection.staging import Staged
from cja_spark.connection.stitching.stitch import EPOCH
from cja_spark.lake import Lake
from cja_spark.span import Months, Span

REASON = "before_window"


def first_day(window: Span, now: datetime) -> date:
    """The first day (UTC) of a window that ends with the day of an instant; months reach back to the same day, or the month's last.

    >>> first_day(Months(count=13), datetime(2026, 3, 31, tzinfo=UTC))
    datetime.date(2025, 2, 28)
    """
    today = now.astimezone(UTC).date()
    if not isinstance(window, Months):
        return today - window
    year, month = divmod(today.year * 12 + today.month - 1 - window.count, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def window_end(load: Load, newest: datetime | None) -> datetime | None:
    """The instant that a load counts its window back from; None when there is none.

    `--as-of`, else the newest event, but not one of the time to come: a wrong clock must not end the window of all others.

    Args:
        load: the load; what it takes was written when it came.
        newest: the time of the newest event.
    """
    if load.as_of is not None or newest is None:
        return load.as_of
    came = max((item.modified_ms for item in load.items), default=0)
    return min(newest, EPOCH + timedelta(milliseconds=came)) if came > 0 else newest


def within(rows: Staged, window: Span | None, now: datetime | None) -> Staged:
    """The rows of a load, those of days before the window with the reason `before_window`.

    Rows:    The same.
    Columns: reads ts timestamp; changes reason.
    Source:  CJA, create a connection, rolling data window: by event timestamps. Decision: whole days.
    """
    if window is None or now is None:
        return rows
    early = F.to_date("ts") < F.lit(first_day(window, now))
    told = F.coalesce("reason", F.when(early, REASON))
    return replace(rows, datasets={name: one.withColumn("reason", told) for name, one in rows.datasets.items()})


def leave(lake: Lake, window: Span | None, now: datetime | None) -> None:
    """Delete the events of days before the window in one commit; nothing is written where there are none."""
    if window is None or now is None or not lake.events.exists():
        return
    day = first_day(window, now)
    before = lake.events.read().where(F.col("event_date") < F.lit(day))
    if not before.isEmpty():
        lake.events.overwrite(before.limit(0), where=f"event_date < '{day.isoformat()}'")
