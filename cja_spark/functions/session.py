"""The session of a row, whatever opens one."""

from __future__ import annotations

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.units import units
from cja_spark.functions.window_frames import before, place, so_far


def gap(timestamp: Column, window: WindowSpec) -> Column:
    """Microseconds since the newest time before; null without one, or without a time here."""
    micros = F.unix_micros(timestamp)
    return micros - F.last(micros, ignorenulls=True).over(before(window))


def session(timestamp: Column, opens: Column, window: WindowSpec) -> Column:
    """The session of each row: seconds since the row before, number, whether it is the first row, and which one it is.

    `opens` says, never null, that a session begins at a row; the first row of a partition begins one in any case.
    """
    at = place(window)
    opened = F.when((at == 1) | opens, at)  # one expression for both, so that Spark computes it once
    begun = F.max(opened).over(so_far(window))
    return F.struct(
        F.when(at == 1, F.lit(0)).otherwise(units(gap(timestamp, window), "seconds")).alias("timestamp_diff"),
        F.count(opened).over(so_far(window)).alias("num"),
        (at == begun).alias("is_new"),
        (at - begun + 1).cast("bigint").alias("depth"),
    )
