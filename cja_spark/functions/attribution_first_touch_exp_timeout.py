"""ATTRIBUTION_FIRST_TOUCH_EXP_TIMEOUT: the first value of a channel within a time before."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import LONGEST_SECONDS, whole
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.touch import Touch
from cja_spark.functions.units import MICROS
from cja_spark.functions.window_frames import apart, place

_NAME = "attribution_first_touch_exp_timeout"


def attribution_first_touch_exp_timeout(
    timestamp: Column | str, name: str, value: Column | str, seconds: int
) -> NeedsWindow:
    """Credit each row to the first value of a channel in the `seconds` before it, the row itself included.

    Over a window it is the struct of `attribution_first_touch`; null where no value lies within that time. A touch that is
    exactly `seconds` old counts. A row without a time is no touch and has none.

    Cost:    one exchange, two sorts, two window steps; each row looks at all rows of its partition in the time before it.
    Raises:  ConfigurationError for no column, a name that is no text, or seconds that are no whole number from 0 on.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, ATTRIBUTION_FIRST_TOUCH_EXP_TIMEOUT.
    """
    touch = Touch.of(_NAME, timestamp, name, value)
    longest = whole(_NAME, "seconds", seconds, 0, LONGEST_SECONDS) * MICROS["seconds"]

    def first(window: WindowSpec) -> Column:
        at = place(window)
        touched = F.struct(at.alias("place"), touch.credit.alias("credit"))
        found = F.min_by(touched, F.when(touch.timed, at)).over(apart(window, touch.micros, -longest, 0))
        return F.when(found["place"] <= at, found["credit"])  # rows of the same time may come later

    return NeedsWindow(_NAME, first)
