"""The order in which events reach Python: by one number that settles most comparisons, then in the total order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.journeys.period import span_of

TIME_BITS = 22
PREFIX = -(1 << TIME_BITS)  # what a rank keeps of a person's key


def rank_of(periods: Sequence[int]) -> Column | None:
    """What to sort by first: 42 bits of the person, then 22 of the time since the period began.

    Spark compares the first column of a sort without opening the rows; of a person's events, all but those of the same
    second (month), eight seconds (year) or 32 milliseconds (day) are settled so. Persons that share 42 bits alternate:
    `by_person` parts them.

    Args:
        periods: numbers such as 202601; rows with others have no rank.

    Returns:
        None where a number is not of a period of days, months or years.

    Source:  Decision: docs/decisions/rank-of-events.md.
    """
    spans = {period: span for period in periods if (span := span_of(period))}
    if not spans or len(spans) < len(set(periods)):
        return None
    starts = [F.lit(x) for period, (begin, _) in spans.items() for x in (period, begin)]
    start = F.element_at(F.create_map(*starts), F.col("period"))
    shift = max(length for _, length in spans.values()).bit_length() - TIME_BITS
    time = F.shiftright(F.col("t") - start, shift)
    inside = F.least(F.greatest(time, F.lit(0)), F.lit((1 << TIME_BITS) - 1))
    return F.col("person").bitwiseAND(F.lit(PREFIX)).bitwiseOR(inside)


def by_person(events: pa.Table) -> pa.Table:
    """Events in the order of persons; those of one person keep their order."""
    period, person = (events[name].chunk(0).to_numpy() for name in ("period", "person"))
    same = period[1:] == period[:-1]
    if np.all((period[1:] > period[:-1]) | (same & (person[1:] >= person[:-1]))):
        return events
    return events.take(pa.array(np.lexsort((person, period)))).combine_chunks()
