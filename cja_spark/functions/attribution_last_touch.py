"""ATTRIBUTION_LAST_TOUCH: the newest value of a channel."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.touch import Touch
from cja_spark.functions.window_frames import so_far


def attribution_last_touch(timestamp: Column | str, name: str, value: Column | str) -> NeedsWindow:
    """Credit each row to the newest value of a channel up to it.

    Over a window it is the struct of `attribution_first_touch`; null up to the first value.

    Cost:    one exchange and one sort; one window step.
    Raises:  ConfigurationError for no column, or a name that is no text.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, ATTRIBUTION_LAST_TOUCH.
    """
    touch = Touch.of("attribution_last_touch", timestamp, name, value)
    return NeedsWindow(
        "attribution_last_touch", lambda window: F.last(touch.credit, ignorenulls=True).over(so_far(window))
    )
