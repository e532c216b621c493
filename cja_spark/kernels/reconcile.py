"""The rows of two systems' numbers: what each counts, and which cause explains where they differ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cja_spark.kernels.clock import DAY_MS, local_ms
from cja_spark.kernels.sessions import Ints

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
CAUSES = (
    "dropped", "deduplicated", "test_profiles", "running_day", "not_yet_arrived", "time_zone", "young_range", "retries",
)  # fmt: skip
NO_CAUSE = len(CAUSES)
LOADED, DUPLICATE, DROPPED = range(3)


class Facts(NamedTuple):
    """What is known of rows, whichever metric they carry.

    Attributes:
        t: when they happened, int64[rows], ms UTC.
        arrived: when they came to the lake, int64[rows], ms UTC.
        state: LOADED, DUPLICATE (dropped, its id is there already) or DROPPED, int64[rows].
        test: whether they are of a test profile, bool[rows].
        kept: whether the segments of our side keep them, bool[rows].
    """

    t: Ints
    arrived: Ints
    state: Ints
    test: Bools
    kept: Bools


class Clock(NamedTuple):
    """The range and the instants of a comparison.

    Attributes:
        first_day: the first day of the range, in days since 1970.
        last_day: the last one.
        our_zone: the IANA time zone of our days.
        their_zone: that of the source's days.
        as_of: the instant of our numbers, ms UTC: what arrived later is not in them.
        reported_at: the instant of the source's numbers, ms UTC: what happened then or later is not in them.
        young_ms: how long before `as_of` retries may still come to an end.
    """

    first_day: int
    last_day: int
    our_zone: str
    their_zone: str
    as_of: int
    reported_at: int
    young_ms: int


class Counted(NamedTuple):
    """What the source counts of rows that are special.

    Attributes:
        repeats: whether a row whose id is there already.
        tests: whether rows of test profiles.
    """

    repeats: bool
    tests: bool


class Sides(NamedTuple):
    """Which side counts a row, and the first cause that it has.

    Attributes:
        ours: whether we count it, bool[rows].
        theirs: whether the source does, bool[rows].
        cause: the first of CAUSES but for those of retries, NO_CAUSE without one, int64[rows].
        young: whether its retries may not have come to an end, bool[rows].
    """

    ours: Bools
    theirs: Bools
    cause: Ints
    young: Bools


def sides(rows: Facts, clock: Clock, counted: Counted) -> Sides:
    """Say of each row who counts it, and why only one does: the first cause in the order of CAUSES.

    Shapes: rows [rows] -> [rows].
    Source: Decision (docs/decisions/reconcile.md): first what never becomes ours, then what time heals, then clocks.
    """
    our_day, their_day = (local_ms(rows.t, zone) // DAY_MS for zone in (clock.our_zone, clock.their_zone))
    our_range, their_range = (_within(day, clock) for day in (our_day, their_day))
    compared = rows.kept | rows.test  # what our segments drop, tests apart, is compared on neither side: the same filter
    ours = our_range & rows.kept & (rows.state == LOADED) & (rows.arrived <= clock.as_of)
    theirs = their_range & compared & (rows.t < clock.reported_at)
    if not counted.repeats:
        theirs &= rows.state != DUPLICATE
    if not counted.tests:
        theirs &= ~rows.test
    causes = [
        rows.state == DROPPED,
        rows.state == DUPLICATE,
        rows.test & (rows.kept != counted.tests),
        (our_day >= _day(clock.reported_at, clock.our_zone)) | (their_day >= _day(clock.reported_at, clock.their_zone)),
        rows.arrived > clock.as_of,
        our_range != their_range,
    ]
    cause = np.select(causes, range(len(causes)), NO_CAUSE).astype(np.int64)
    return Sides(ours, theirs, cause, np.asarray(rows.t >= clock.as_of - clock.young_ms, bool))


def _within(day: Ints, clock: Clock) -> Bools:
    return np.asarray((day >= clock.first_day) & (day <= clock.last_day), bool)


def _day(instant: int, zone: str) -> int:
    return int(local_ms(np.array([instant], np.int64), zone)[0]) // DAY_MS


def attributed(found: Sides, amounts: Floats, retries: Floats) -> tuple[Floats, Floats, Ints]:
    """Give each row's difference in one metric to one cause.

    Args:
        found: who counts the rows.
        amounts: what a row adds to the metric on both sides.
        retries: what it adds to the source's besides.

    Returns: what each row adds to ours, what to source less ours, and the cause of that; NO_CAUSE where it is 0.

    Shapes: amounts, retries float64[rows], 0 where not set -> float64[rows], float64[rows], int64[rows].
    """
    ours = np.where(found.ours, amounts, 0.0)
    difference = np.where(found.theirs, amounts + retries, 0.0) - ours
    counted_twice = np.where(found.young, CAUSES.index("young_range"), CAUSES.index("retries"))
    cause = np.where(found.cause == NO_CAUSE, counted_twice, found.cause)
    return ours, difference, np.where(difference == 0, NO_CAUSE, cause).astype(np.int64)
