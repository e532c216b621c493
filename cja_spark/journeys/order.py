"""The order in which events reach Python: by one number that settles most comparisons, then in the total order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql import functions as F

TIME_BITS = 22
PREFIX = -(1 << TIME_BITS)  # what a rank keeps of a person's key
_DAY = 86_400_000
_LENGTHS = {8: _DAY, 6: 31 * _DAY, 4: 366 * _DAY}  # of periods, by the digits of their numbers
_FORMATS = {8: "%Y%m%d", 6: "%Y%m", 4: "%Y"}


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
    digits = {len(str(period)) for period in periods}
    if len(digits) != 1 or not digits <= _LENGTHS.keys():
        return None
    kind = digits.pop()
    starts = {period: _start(period, kind) for period in periods}
    start = F.element_at(F.create_map(*(F.lit(x) for pair in starts.items() for x in pair)), F.col("period"))
    shift = _LENGTHS[kind].bit_length() - TIME_BITS
    time = F.shiftright(F.col("t") - start, shift)
    inside = F.least(F.greatest(time, F.lit(0)), F.lit((1 << TIME_BITS) - 1))
    return F.col("person").bitwiseAND(F.lit(PREFIX)).bitwiseOR(inside)


def _start(period: int, digits: int) -> int:
    """Milliseconds of the instant at which a period begins."""
    return int(datetime.strptime(str(period), _FORMATS[digits]).replace(tzinfo=UTC).timestamp()) * 1000


def by_person(events: pa.Table) -> pa.Table:
    """Events in the order of persons; those of one person keep their order."""
    period, person = (events[name].chunk(0).to_numpy() for name in ("period", "person"))
    same = period[1:] == period[:-1]
    if np.all((period[1:] > period[:-1]) | (same & (person[1:] >= person[:-1]))):
        return events
    return events.take(pa.array(np.lexsort((person, period)))).combine_chunks()
