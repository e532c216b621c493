"""NEXT: the value some rows after."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import MOST_ROWS, column, whole, yes_or_no
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.window_frames import apart, so_far


def next_value(key: Column | str, shift: int = 1, *, ignore_nulls: bool = False) -> NeedsWindow:
    """Give the value that a column has `shift` rows after, or `shift` values after with `ignore_nulls`.

    Over a window it is a struct<value>; null where there is no such row or its value is null. Python's `next` keeps its
    name, so this one has a longer one, and PREVIOUS the like.

    Cost:    one exchange, one sort, one window step; with `ignore_nulls` two sorts and two steps.
    Raises:  ConfigurationError for no column, a shift that is no whole number from 1 on, or ignore_nulls that is neither True nor
            False.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, NEXT.
    """
    of = column("next_value", "key", key)
    ahead = whole("next_value", "shift", shift, 1, MOST_ROWS)

    def rows_after(window: WindowSpec) -> Column:
        return F.first(of).over(window.rowsBetween(ahead, ahead))

    def values_after(window: WindowSpec) -> Column:
        seen = F.count(of).over(so_far(window))
        return F.first(of, ignorenulls=True).over(apart(window, seen, ahead, ahead))

    chosen = values_after if yes_or_no("next_value", "ignore_nulls", ignore_nulls) else rows_after

    def value(window: WindowSpec) -> Column:
        found = chosen(window)
        return F.when(found.isNotNull(), F.struct(found.alias("value")))

    return NeedsWindow("next_value", value)
