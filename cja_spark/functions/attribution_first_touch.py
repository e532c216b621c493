"""ATTRIBUTION_FIRST_TOUCH: the first value of a channel."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.touch import Touch
from cja_spark.functions.window_frames import so_far


def attribution_first_touch(timestamp: Column | str, name: str, value: Column | str) -> NeedsWindow:
    """Credit each row to the first value of a channel up to it.

    Over a window it is a struct<name string, value, timestamp timestamp, fraction double>: the channel's name as given, its
    value, when it was, and 1.0. Null up to the first value. An empty text is a value, null is none.

    Cost:    one exchange and one sort; one window step.
    Raises:  ConfigurationError for no column, or a name that is no text.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, ATTRIBUTION_FIRST_TOUCH.
    """
    touch = Touch.of("attribution_first_touch", timestamp, name, value)
    return NeedsWindow(
        "attribution_first_touch", lambda window: F.first(touch.credit, ignorenulls=True).over(so_far(window))
    )
