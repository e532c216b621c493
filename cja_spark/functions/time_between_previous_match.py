"""TIME_BETWEEN_PREVIOUS_MATCH: how long ago something was."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import column, holds, one_of
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.units import MICROS, units
from cja_spark.functions.window_frames import so_far

_NAME = "time_between_previous_match"


def time_between_previous_match(
    timestamp: Column | str, condition: Column | str, unit: str = "seconds"
) -> NeedsWindow:
    """Tell how long ago the condition was last true, in whole units; 0 on a row where it is.

    Over a window it is a bigint; null where it was not true up to this row, or the row has no time. Units are days of 24
    hours, hours, minutes and seconds. A condition that is null, or true on a row without a time, does not match.

    Cost:    one exchange, one sort, one window step.
    Raises:  ConfigurationError for no column, or an unknown unit.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, TIME_BETWEEN_PREVIOUS_MATCH.
    """
    micros = F.unix_micros(column(_NAME, "timestamp", timestamp))
    match, of = holds(_NAME, "condition", condition), one_of(_NAME, "unit", unit, tuple(MICROS))

    def time_since(window: WindowSpec) -> Column:
        return units(micros - F.last(F.when(match, micros), ignorenulls=True).over(so_far(window)), of)

    return NeedsWindow(_NAME, time_since)
