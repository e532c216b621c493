"""Which periods of the journeys some reports read: those of their own time, and those that their segments look into."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from pyspark.sql import Column

from cja_spark.journeys.period import PROFILE_PERIOD, period_at
from cja_spark.reports.ask import Ask
from cja_spark.view.spec import View


def is_read(period: Column, asks: Iterable[Ask], view: View) -> Column:
    """Whether a period holds profiles, or time that some report reads; what lies between two times is not read.

    Source: O7; G6: also days outside the reports' ranges.
    """
    spans = {
        (period_at(one.read_from, view), period_at(max(one.until, one.end), view)) for ask in asks for one in ask.windows()
    }
    return reduce(or_, (period.between(low, high) for low, high in sorted(spans)), period == PROFILE_PERIOD)
