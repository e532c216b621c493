"""TIME_BETWEEN_NEXT_MATCH: how long it is until something."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import column, holds, one_of
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.units import MICROS, units
from cja_spark.functions.window_frames import apart, before

_NAME = "time_between_next_match"


def time_between_next_match(timestamp: Column | str, condition: Column | str, unit: str = "seconds") -> NeedsWindow:
    """Tell how long it is until the condition is true, in whole units and below zero; 0 on a row where it is.

    Over a window it is a bigint; null where it is not true from this row on, or the row has no time. Units are days of 24
    hours, hours, minutes and seconds. A condition that is null, or true on a row without a time, does not match.

    Cost:    one exchange, two sorts, two window steps.
    Raises:  ConfigurationError for no column, or an unknown unit.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, TIME_BETWEEN_NEXT_MATCH.
    """
    micros = F.unix_micros(column(_NAME, "timestamp", timestamp))
    match, of = holds(_NAME, "condition", condition), one_of(_NAME, "unit", unit, tuple(MICROS))

    def time_until(window: WindowSpec) -> Column:
        matched = F.when(match, micros)
        passed = F.count(matched).over(before(window))  # rows up to a match have the number of those before it
        return units(micros - F.max(matched).over(apart(window, passed, 0, 0)), of)

    return NeedsWindow(_NAME, time_until)
