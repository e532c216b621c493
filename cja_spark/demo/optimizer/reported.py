"""What the source system's report shows, and why a count of the loaded rows differs.

The report sees what happened before it was extracted, in days of its own zone, whether or not it was loaded. It counts
attempts as sent, rows that come twice as often as `repeats_counted` says, and tests where `tests_counted` says so. A count of
the loaded rows follows the documented formulas: each `_id` once, tests among them, no retries, days of the view's zone.

Each row that the two count differently belongs to the first cause that it has, so that reported + causes = count for every
date, channel and metric: `dropped`, `deduplicated`, `test_profiles` (what never becomes equal), `running_day`, `not_yet_arrived`
(what time heals), `time_zone`, `young_range` and `retries` (attempts of the last week, and older ones).

Source: Journey Optimizer, differences between its reports and CJA.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from cja_spark.demo.optimizer.arrivals import Arrival, load_of
from cja_spark.demo.optimizer.counting import campaign_of, channel_of, is_test, numbers
from cja_spark.demo.optimizer.row import DAY, Row, ms
from cja_spark.demo.optimizer.spec import Asked

YOUNG = 7 * DAY
COUNTED = ("feedback", "email_tracking", "inbound", "journey_steps")


class Number(NamedTuple):
    """What a number is about; `campaign` is an id, empty where the number is not by campaign."""

    day: date
    channel: str
    campaign: str
    metric: str


class Cause(NamedTuple):
    """What a difference is about, and its cause; `reason` is that of the quarantine."""

    day: date
    channel: str
    metric: str
    cause: str
    reason: str = ""


def reported(found: Iterable[Arrival], asked: Asked, *, by_campaign: bool = False) -> Counter[Number]:
    """The numbers of the report; by campaign only messages of campaigns are among them."""
    shown: Counter[Number] = Counter()
    for row, _ in found:
        campaign = campaign_of(row.body) if by_campaign and row.dataset in COUNTED else ""
        if row.dataset not in COUNTED or not _is_reported(row, asked) or (by_campaign and not campaign):
            continue
        day, channel = asked.day_of(row.t, asked.report_zone), channel_of(row.body)
        for metric, count in numbers(row).items():
            shown[Number(day, channel, campaign, "sent" if metric == "retries" else metric)] += count
    return shown


def causes(found: Iterable[Arrival], asked: Asked) -> Counter[Cause]:
    """What to add to the report's numbers to get a count of the loaded rows, by cause."""
    added: Counter[Cause] = Counter()
    for row, at in found:
        if row.dataset in COUNTED:
            loaded = load_of(at, asked) <= ms(asked.loaded_at)
            for cause, count in _causes_of(row, asked, loaded=loaded):
                added[cause] += count
    return added


def _is_reported(row: Row, asked: Asked) -> bool:
    in_time = row.t < ms(asked.reported_at)
    counted = asked.tests_counted or not is_test(row.body)
    return in_time and counted and not (row.copied and asked.repeats_counted == "once")


def _causes_of(row: Row, asked: Asked, *, loaded: bool) -> Iterator[tuple[Cause, int]]:
    shown, ours = asked.day_of(row.t, asked.report_zone), asked.day_of(row.t, asked.view_zone)
    in_report, in_count = _is_reported(row, asked), loaded and not row.copied and not row.dropped
    for metric, count in numbers(row).items():
        name, counted = ("sent", 0) if metric == "retries" else (metric, count * in_count)
        there = count * in_report
        if there != counted or (there and shown != ours):
            cause = _cause(row, asked, loaded=loaded) or ("time_zone" if counted else _of_retries(row, asked))
            channel = channel_of(row.body)
            yield Cause(shown, channel, name, cause, row.dropped), -there
            yield Cause(ours, channel, name, cause, row.dropped), counted


def _cause(row: Row, asked: Asked, *, loaded: bool) -> str:
    """The first cause for which one side has not the row; empty where both have it."""
    running = any(
        asked.day_of(row.t, zone) >= asked.day_of(ms(asked.reported_at), zone) for zone in (asked.report_zone, asked.view_zone)
    )
    holds = {
        "dropped": bool(row.dropped),
        "deduplicated": row.copied,
        "test_profiles": is_test(row.body) and not asked.tests_counted,
        "running_day": running,
        "not_yet_arrived": not loaded,
    }
    return next((cause for cause, there in holds.items() if there), "")


def _of_retries(row: Row, asked: Asked) -> str:
    return "young_range" if row.t >= ms(asked.loaded_at) - YOUNG else "retries"
