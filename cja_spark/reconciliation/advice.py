"""Advice: whether a comparison can mean anything yet, as Journey Optimizer's documentation has it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cja_spark.reconciliation.reported import Days
from cja_spark.reconciliation.spec import Reconciliation
from cja_spark.spec import Spec, duration_text
from cja_spark.view.calendar import instant_ms


class Moment(NamedTuple):
    """The instants of a comparison.

    Attributes:
        as_of: of our numbers.
        reported_at: of the source's.
        newest: the newest event of ours; None without one.
    """

    as_of: datetime
    reported_at: datetime
    newest: datetime | None = None


class Advice(Spec):
    """One sentence about a comparison.

    Attributes:
        rule: a word for it.
        waits: whether the comparison means nothing before it is followed.
        text: the sentence.
    """

    rule: str
    waits: bool
    text: str


def advice(days: Days, moment: Moment, spec: Reconciliation, our_zone: str) -> list[Advice]:
    """Check a range before it is compared.

    Args:
        days: its first and last day.
        moment: when both sides were read.
        spec: the zone of the source, what it counts, how long rows and retries take.
        our_zone: the zone of our days.

    Source: AJO, reports/cja-ajo.md and journey-live-report.md: exclude the current day, end at least a week ago, expect
        gaps in the last 2 hours, compare on the same filter.
    """
    zones = (our_zone, spec.time_zone)
    end = max(_end_of(days[1], zone) for zone in zones)
    now = min(moment.as_of, moment.reported_at)
    today = min(now.astimezone(ZoneInfo(zone)).date() for zone in zones)
    found = []
    if days[1] >= today:
        found.append(_wait("running_day", f"{today} is not over for both sides; end the range on {today - timedelta(days=1)}."))
    elif end > now - spec.settled:
        found.append(_wait("settled", f"the range ended less than {duration_text(spec.settled)} ago, and its last rows may be on their way; compare later."))
    if end > now - spec.young:
        oldest = (now - spec.young).astimezone(ZoneInfo(zones[0])).date() - timedelta(days=1)
        found.append(_wait("young_range", f"retries of the last {duration_text(spec.young)} may not have come to an end; end the range on {oldest} or earlier."))
    if moment.newest is None or moment.newest < end - timedelta(days=1):
        until = "there is no event" if moment.newest is None else f"our events end at {moment.newest:%Y-%m-%d %H:%M} UTC"
        found.append(_wait("loaded", f"{until}, before the last day of the range; run 'cja connect', or end the range earlier."))
    return found + _same_counting(spec, our_zone)


def _same_counting(spec: Reconciliation, our_zone: str) -> list[Advice]:
    found = []
    if spec.time_zone != our_zone:
        found.append(_note("time_zone", f"days are of {spec.time_zone} there and of {our_zone} here; export the report in {our_zone} to compare the same days."))
    if spec.source_counts.repeats:
        found.append(_note("deduplicated", "the source counts repeated rows, and we count each id once."))
    if spec.test_profiles is None:
        found.append(_note("test_profiles", "'test_profiles' is not given, so that tests are told apart on neither side."))
    return found


def _end_of(day: date, zone: str) -> datetime:
    return datetime.fromtimestamp(instant_ms(day + timedelta(days=1), zone) / 1000, ZoneInfo("UTC"))


def _wait(rule: str, text: str) -> Advice:
    return Advice(rule=rule, waits=True, text=text)


def _note(rule: str, text: str) -> Advice:
    return Advice(rule=rule, waits=False, text=text)
