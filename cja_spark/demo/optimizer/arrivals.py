"""When rows arrive: feedback in batches up to two hours late, some tracking days late, shops at night, some rows twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.row import DAY, HOUR, MINUTE, Row, ms
from cja_spark.demo.optimizer.spec import Asked

BATCH = 15 * MINUTE
MOST_MINUTES = {"email_tracking": 10, "push_tracking": 10, "journey_steps": 15, "inbound": 10, "web": 30}
FEEDBACK_MINUTES = (5, 105)  # before its batch is closed
LATE_SHARE, LATE_DAYS, LATE = 0.03, 4, ("email_tracking", "push_tracking")
REPEATED_SHARE, REPEATED_HOURS = 0.01, 6
NEVER_REPEATED = ("entities", "web", "store")


class Arrival(NamedTuple):
    """A row and when it arrived, ms UTC."""

    row: Row
    at: int


def arrivals(rows: Sequence[Row], chance: Chance) -> list[Arrival]:
    """All rows with their arrival, repeated ones twice, in the order in which they arrive."""
    latest: dict[str, int] = {}
    found: list[Arrival] = []
    for row in sorted(rows, key=lambda row: (row.t, row.body["_id"])):
        at = max(_arrival(row, chance), latest.get(row.delivery, 0)) if row.delivery else _arrival(row, chance)
        if row.delivery:
            latest[row.delivery] = at
        found.append(Arrival(row, at))
        found += _again(row, at, chance)
    return sorted(found, key=lambda arrival: (arrival.at, arrival.row.body["_id"], arrival.row.copied))


def _arrival(row: Row, chance: Chance) -> int:
    row_id = row.body["_id"]
    if row.dataset == "feedback":
        ready = row.t + chance.between(*FEEDBACK_MINUTES, "lag", row_id) * MINUTE
        return -(-ready // BATCH) * BATCH
    if row.dataset == "store":
        return (row.t // DAY + 1) * DAY + 2 * HOUR
    if row.dataset == "entities":
        return row.t + 30 * MINUTE
    lag = chance.between(1, MOST_MINUTES[row.dataset] * MINUTE, "lag", row_id)
    if row.dataset in LATE and chance.happens(LATE_SHARE, "late", row_id):
        lag += chance.between(1, LATE_DAYS, "days late", row_id) * DAY
    return row.t + lag


def _again(row: Row, at: int, chance: Chance) -> Iterator[Arrival]:
    row_id = row.body["_id"]
    repeatable = row.dataset not in NEVER_REPEATED and not row.dropped
    if repeatable and chance.happens(REPEATED_SHARE, "again", row_id):
        later = chance.between(0, REPEATED_HOURS * HOUR, "again after", row_id)
        yield Arrival(row._replace(copied=True), at + later)


def load_of(at: int, asked: Asked) -> int:
    """The load (ms UTC) that brings what arrives at an instant; what arrived before the story comes with the first one.

    >>> load_of(ms(Asked().begin) + 6 * HOUR, Asked()) - ms(Asked().begin) == 12 * HOUR
    True
    """
    begin, step = ms(asked.begin), asked.load_hours * HOUR
    return max(begin, begin + ((at - begin) // step + 1) * step)
