"""PREVIOUS: the value some rows before."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import MOST_ROWS, column, whole, yes_or_no
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.window_frames import apart, before


def previous_value(key: Column | str, shift: int = 1, *, ignore_nulls: bool = False) -> NeedsWindow:
    """Give the value that a column has `shift` rows before, or `shift` values before with `ignore_nulls`.

    Over a window it is a struct<value>; null where there is no such row or its value is null.

    Cost:    one exchange, one sort, one window step; with `ignore_nulls` two sorts and two steps.
    Raises:  ConfigurationError for no column, a shift that is no whole number from 1 on, or ignore_nulls that is neither True nor
            False.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, PREVIOUS.
    """
    of = column("previous_value", "key", key)
    back = whole("previous_value", "shift", shift, 1, MOST_ROWS)

    def rows_before(window: WindowSpec) -> Column:
        return F.first(of).over(window.rowsBetween(-back, -back))

    def values_before(window: WindowSpec) -> Column:
        passed = F.count(of).over(before(window))
        return F.first(of, ignorenulls=True).over(apart(window, passed, -back, -back))

    chosen = values_before if yes_or_no("previous_value", "ignore_nulls", ignore_nulls) else rows_before

    def value(window: WindowSpec) -> Column:
        found = chosen(window)
        return F.when(found.isNotNull(), F.struct(found.alias("value")))

    return NeedsWindow("previous_value", value)
