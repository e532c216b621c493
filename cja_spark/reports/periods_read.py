"""Which journeys some reports read: those of the periods of their own time, and of those that their segments look into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.journeys.period import PROFILE_PERIOD, period_at
from cja_spark.reports.ask import Ask
from cja_spark.reports.one_pass import place_of
from cja_spark.stored import Stored
from cja_spark.table import Table
from cja_spark.view.spec import View


def journeys_read(journeys: Table, version: int | None, asks: Sequence[Ask], view: View) -> Stored:
    """The journeys of one pinned version that some reports read.

    Args:
        journeys: the table.
        version: its version; the newest if none is given.
        asks: the reports.
        view: their view.

    Source: O7; G6: also days outside the reports' ranges.
    """
    spans = _spans(asks, view)

    def listed() -> list[str]:
        periods = {file: place_of(file)[0] for file in journeys.files(version)}
        return [file for file, period in periods.items() if period == PROFILE_PERIOD or any(low <= period <= high for low, high in spans)]

    return Stored(journeys.read(version).where(_is_read(F.col("period"), spans)), listed)


def _is_read(period: Column, spans: Iterable[tuple[int, int]]) -> Column:
    """Whether a period holds profiles, or time that some report reads; what lies between two times is not read."""
    return reduce(or_, (period.between(low, high) for low, high in spans), period == PROFILE_PERIOD)


def _spans(asks: Iterable[Ask], view: View) -> list[tuple[int, int]]:
    """The first and the last period of each time that some report reads."""
    windows = (one for ask in asks for one in ask.windows())
    return sorted({(period_at(one.read_from, view), period_at(max(one.until, one.end), view)) for one in windows})
