"""The touch that a row is, and the stretches between expiries."""

from __future__ import annotations

from typing import NamedTuple, Self

from pyspark.sql import Column, WindowSpec
from pyspark.sql import functions as F

from cja_spark.functions.arguments import column, label
from cja_spark.functions.window_frames import before, so_far


class Touch(NamedTuple):
    """A row as a touch.

    Attributes:
        there: whether the row has a value.
        micros: its time.
        credit: struct<name, value, timestamp, fraction>; null where the row has no value.
    """

    there: Column
    micros: Column
    credit: Column

    @classmethod
    def of(cls, function: str, timestamp: Column | str, name: str, value: Column | str) -> Self:
        """The touch of a channel's value. An empty text is a value, null is none.

        Raises:
            ConfigurationError: no column, or a name that is no text.
        """
        at, touched = column(function, "timestamp", timestamp), column(function, "value", value)
        there = touched.isNotNull()
        credit = F.struct(
            F.lit(label(function, name)).alias("name"),
            touched.alias("value"),
            at.alias("timestamp"),
            F.lit(1.0).alias("fraction"),
        )
        return cls(there, F.unix_micros(at), F.when(there, credit))

    @property
    def timed(self) -> Column:
        """Whether the row has a value and a time."""
        return self.there & self.micros.isNotNull()


def stretch(expires: Column, window: WindowSpec, *, exp_before: bool) -> Column:
    """The number of a row's stretch, bigint from 0: one ends with each row that expires, or before it."""
    rows = so_far(window) if exp_before else before(window)
    return F.count(F.when(expires, F.lit(1))).over(rows)
