"""SESS_END_IF: sessions that end where something happens."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.functions.arguments import column, holds
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.session import session
from cja_spark.functions.window_frames import before


def sess_end_if(timestamp: Column | str, condition: Column | str) -> NeedsWindow:
    """Number the sessions of a partition; one ends with each row where the condition is true, however long it lasts.

    Over a window it is the struct of `sess_timeout`. The row of the condition belongs to the session that it ends, the
    next row begins one; a condition that is null is not true.

    Cost:    one exchange and one sort; two window steps in the same order.
    Raises:  ConfigurationError for no column.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, SESS_END_IF.
    """
    at = column("sess_end_if", "timestamp", timestamp)
    ends = holds("sess_end_if", "condition", condition)
    return NeedsWindow(
        "sess_end_if",
        lambda window: session(at, F.coalesce(F.last(ends).over(before(window)), F.lit(False)), window),
    )
