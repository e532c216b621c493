"""SESS_TIMEOUT: sessions that end when nothing happens for a while."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.functions.arguments import LONGEST_SECONDS, column, whole
from cja_spark.functions.needs_window import NeedsWindow
from cja_spark.functions.session import gap, session
from cja_spark.functions.units import MICROS


def sess_timeout(timestamp: Column | str, seconds: int) -> NeedsWindow:
    """Number the sessions of a partition; one begins where more than `seconds` passed since the row before.

    Over a window it is a struct<timestamp_diff bigint, num bigint, is_new boolean, depth bigint>: whole seconds since the
    row before (0 on the first row), the session's number from 1, whether the row is its first, and which row it is, from 1.
    A gap of exactly `seconds` keeps the session; fractions of a second count. A row without a time opens no session but
    as the first row, and its `timestamp_diff` is null; the gap after it is counted from the newest time before.

    Cost:    one exchange and one sort; two window steps in the same order.
    Raises:  ConfigurationError for no column, or seconds that are no whole number from 0 on.
    Source:  Adobe Experience Platform, Query Service, Adobe-defined functions, SESS_TIMEOUT.
    """
    at = column("sess_timeout", "timestamp", timestamp)
    longest = whole("sess_timeout", "seconds", seconds, 0, LONGEST_SECONDS) * MICROS["seconds"]
    return NeedsWindow(
        "sess_timeout", lambda window: session(at, F.coalesce(gap(at, window) > longest, F.lit(False)), window)
    )
