"""ATTRIBUTION_LAST_TOUCH_EXP_TIMEOUT: the last value of a channel within a time after."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import LONGEST_SECONDS, whole, yes_or_no
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.touch import Touch
from cja_spark.functions.units import MICROS
from cja_spark.functions.window_frames import apart, place, so_far

_NAME = "attribution_last_touch_exp_timeout"


def attribution_last_touch_exp_timeout(
    timestamp: Column | str, name: str, value: Column | str, seconds: int, *, looks_ahead: bool = True
) -> NeedsWindow:
    """Credit each row to the last value of a channel in the `seconds` after it, the row itself included.

    Over a window it is the struct of `attribution_first_touch`; null where no value lies within that time. A touch exactly
    `seconds` away counts. A row without a time is no touch and has none. With `looks_ahead=False` only rows up to this one
    are seen: the newest touch, where it is at most `seconds` old.

    Cost:    one exchange, two sorts, two window steps; each row looks at all rows of its partition in the time after it.
        With `looks_ahead=False` one sort, one window step, and no row is looked at twice.
    Raises:  ConfigurationError for no column, a name that is no text, seconds that are no whole number from 0 on, or looks_ahead
            that is neither True nor False.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, ATTRIBUTION_LAST_TOUCH_EXP_TIMEOUT.
        Decision: docs/decisions/functions.md, the text and not the frame of its example.
    """
    touch = Touch.of(_NAME, timestamp, name, value)
    longest = whole(_NAME, "seconds", seconds, 0, LONGEST_SECONDS) * MICROS["seconds"]

    def last(window: WindowSpec) -> Column:
        at = place(window)
        touched = F.struct(at.alias("place"), touch.credit.alias("credit"))
        found = F.max_by(touched, F.when(touch.timed, at)).over(apart(window, touch.micros, 0, longest))
        return F.when(found["place"] >= at, found["credit"])  # rows of the same time may come earlier

    def newest(window: WindowSpec) -> Column:
        found = F.last(F.when(touch.timed, touch.credit), ignorenulls=True).over(so_far(window))
        return F.when(touch.micros - F.unix_micros(found["timestamp"]) <= longest, found)

    return NeedsWindow(_NAME, last if yes_or_no(_NAME, "looks_ahead", looks_ahead) else newest)
