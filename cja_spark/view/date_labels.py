"""Days of a field, shown as the week, month, quarter or year that each lies in."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pyarrow as pa

from cja_spark.view.calendar import label_of_day
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.text_numbers import days_of

DayGranularity = Literal["day", "week", "month", "quarter", "year"]


def labels_of(texts: pa.Array, granularity: DayGranularity, calendar: Calendar) -> pa.Array:
    """The bucket of the day that each text begins with, named as in a trend; a text that begins with no day is not set.

    Source: O4. Decision: the day is the first ten characters, as rules of days have it.
    """
    days = days_of(texts).dictionary_encode()
    named = [_label(day, granularity, calendar) for day in days.dictionary.to_pylist()]
    return pa.array(named, pa.string()).take(days.indices)


def _label(day: str, granularity: DayGranularity, calendar: Calendar) -> str | None:
    try:
        return label_of_day(date.fromisoformat(day), granularity, calendar)
    except ValueError:  # 2025-02-30
        return None
