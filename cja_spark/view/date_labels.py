"""Days and instants of a field, shown as the year, quarter, month, week, day, hour, minute or second that each lies in."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from cja_spark.view.calendar import label_of_day
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.text_numbers import days_of

DayGranularity = Literal["day", "week", "month", "quarter", "year"]
DateGranularity = Literal[DayGranularity, "hour", "minute", "second"]
_CLOCKS = ("hour", "minute", "second")
_DAYS: dict[DateGranularity, DayGranularity] = {
    "hour": "day", "minute": "day", "second": "day", "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip
_CLOCK = r"\A(?P<day>.{10})[ T](?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?P<second>:[0-5][0-9])?(?:[^0-9:]|\z)"


def labels_of(texts: pa.Array, granularity: DateGranularity, calendar: Calendar) -> pa.Array:
    """The bucket of the day or instant that each text begins with, named as in a trend; a text that begins with none is not set.

    Source: O4. Decision: the day is the first ten characters, as rules of days have it, and the time of day is what follows it:
        both are shown as they are written, in no other zone.
    """
    days = days_of(texts).dictionary_encode()
    names = pa.array([_label(day, _DAYS[granularity], calendar) for day in days.dictionary.to_pylist()], pa.string())
    named = names.take(days.indices)
    return pc.binary_join_element_wise(named, _clock(texts, granularity), " ") if granularity in _CLOCKS else named


def _clock(texts: pa.Array, granularity: DateGranularity) -> pa.Array:
    """The start of the hour, minute or second of the day that each text has after its day, null where it has none: string."""
    parts = pc.extract_regex(texts, _CLOCK)
    minute = ":00" if granularity == "hour" else pc.binary_join_element_wise("", pc.struct_field(parts, "minute"), ":")
    found = pc.binary_join_element_wise(pc.struct_field(parts, "hour"), minute, "")
    if granularity != "second":
        return found
    second = pc.struct_field(parts, "second")
    return pc.binary_join_element_wise(found, pc.if_else(pc.equal(second, ""), ":00", second), "")


def _label(day: str, granularity: DayGranularity, calendar: Calendar) -> str | None:
    try:
        return label_of_day(date.fromisoformat(day), granularity, calendar)
    except ValueError:  # 2025-02-30
        return None
