"""SESS_START_IF: sessions that begin where something happens."""

from __future__ import annotations

from pyspark.sql import Column

from cja_spark.functions.arguments import column, holds
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.session import session


def sess_start_if(timestamp: Column | str, condition: Column | str) -> NeedsWindow:
    """Number the sessions of a partition; one begins at each row where the condition is true, however long it lasts.

    Over a window it is the struct of `sess_timeout`. The first row begins a session in any case; a condition that is null
    is not true.

    Cost:    one exchange and one sort; two window steps in the same order.
    Raises:  ConfigurationError for no column.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, SESS_START_IF.
    """
    at = column("sess_start_if", "timestamp", timestamp)
    begins = holds("sess_start_if", "condition", condition)
    return NeedsWindow("sess_start_if", lambda window: session(at, begins, window))
