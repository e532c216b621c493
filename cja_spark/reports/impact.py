"""Impact: what people do before and after a date, or before and after each one's own first use of something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import slots_of
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.impact_rows import LEFT_OUT, PEOPLE, SIDES, TIMES, TOTAL, compared, edges_of, finish, known_of
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.meets import meets
from cja_spark.reports.of_steps import OfSteps, require_names
from cja_spark.spec import AsTuple, Day
from cja_spark.view.calendar import instant_ms

MOST_INDICATORS, MOST_INTERVALS, MOST_DAYS = 3, 92, 732
DAY_MS = 86_400_000


class Impact(OfSteps):
    """What people do in equal intervals before and after a release, or before and after each one's own first use of something.

    With `release` the range is the intervals around it; where a range is said, what is not in it is not told. With `first_use` all intervals of a person
    have to lie in the range, and be over when the data ends: who has no such first use is left out and counted.

    Attributes:
        report: what changes with a release or with a first use.
        indicators: up to 3 metrics, segments or conditions; each event that meets one is one time.
        release: the day of the release; its beginning is the beginning of interval 0.
        first_use: what is used; each person's first such event is the beginning of its own interval 0.
        since: the day from which on first uses are looked for; without a word the first one of the range.
        days: how many days an interval has.
        intervals: how many intervals there are before, and as many after.
    """

    report: Literal["impact"] = "impact"
    indicators: Annotated[tuple[FalloutStep, ...], AsTuple] = Field(min_length=1, max_length=MOST_INDICATORS)
    release: Day | None = Field(default=None, strict=False)
    first_use: FalloutStep | None = None
    since: Day | None = Field(default=None, strict=False)
    days: int = Field(default=1, ge=1, le=MOST_INTERVALS)
    intervals: int = Field(default=7, ge=1, le=MOST_INTERVALS)

    @model_validator(mode="before")
    @classmethod
    def _around_the_release(cls, written: Any) -> Any:  # noqa: ANN401 - whatever the author wrote
        if not isinstance(written, Mapping) or written.get("release") is None or "range" in written:
            return written
        try:
            day = date.fromisoformat(str(written["release"]))
            reach = timedelta(days=int(written.get("days", 1)) * int(written.get("intervals", 7)))
            return {**written, "range": {"from": day - reach, "to": day + reach - timedelta(days=1)}}
        except (ValueError, TypeError, OverflowError):
            return written  # the fields say what is wrong

    @model_validator(mode="after")
    def _one_day_0(self) -> Self:
        if (self.release is None) == (self.first_use is None):
            raise ValueError("name 'release', a day, or 'first_use', what is used; not both.")
        if self.release is not None and self.since is not None:
            raise ValueError("since: first uses are looked for from a day on, and a release is one; leave out since.")
        if self.days * self.intervals > MOST_DAYS:
            raise ValueError(f"intervals: {self.intervals} of {self.days} days are more than {MOST_DAYS} days; ask for fewer.")
        return self

    @model_validator(mode="after")
    def _each_by_its_name(self) -> Self:
        require_names("indicators", self.indicators, self.own_steps())
        return self

    def own_steps(self) -> tuple[Step, ...]:
        """What is done, and what is used."""
        return (*self.indicators, *(() if self.first_use is None else (self.first_use,)))


def kernel(seen: Seen[Impact]) -> Cells:
    """Count per indicator who does it in which interval, how often, and who at all before and after.

    Source: CJA, guided analysis, release impact and first use impact; C2, C5, O6. Decision: intervals of a release are of local days, those of a
        first use of elapsed time; an interval holds its first instant, so the first use itself is in interval 0.
    """
    cells, places = Cells(), _of_release(seen)
    if seen.ask.report.first_use is not None:
        places = _of_first_uses(seen, seen.ask.report.first_use, cells)
    at = np.flatnonzero(places >= 0)
    _add(cells, seen, at, places, 0)
    for number, one in enumerate(seen.ask.report.indicators, 1):
        _add(cells, seen, at[meets(seen, one)[at]], places, number)
    return cells


def _of_release(seen: Seen[Impact]) -> Ints:
    """The interval that each masked event lies in, -1 for none that is told: int64[events]."""
    places, edges, known = np.full(seen.journeys.events, -1), np.array(edges_of(seen.ask), np.int64), np.array(known_of(seen.ask))
    if len(edges) == 0:
        return places
    at = np.flatnonzero(seen.masked() & (seen.journeys.t >= edges[0]) & (seen.journeys.t < edges[-1]))
    slots = slots_of(seen.journeys.t[at], edges).astype(np.int64)
    places[at] = np.where(known[slots], slots, -1)
    return places


def _of_first_uses(seen: Seen[Impact], used: Step, cells: Cells) -> Ints:
    """The same of each person's own intervals; who is looked at and who is left out are counted.

    Shapes: -> int64[events].
    Source: C5. Decision: who uses it first too early or too late in the range to have all intervals in it is left out.
    """
    report, window, mask, t = seen.ask.report, seen.ask.window, seen.masked(), seen.journeys.t
    people, size = np.asarray(seen.journeys.person_of_event(), np.int64), report.days * DAY_MS
    since = window.start if report.since is None else instant_ms(report.since, seen.ask.view.time_zone)
    uses = np.flatnonzero(mask & meets(seen, used) & (t >= since))
    uses = uses[run_starts(people[uses])] if len(uses) else uses
    reach = size * report.intervals
    whole = (t[uses] - reach >= window.start) & (t[uses] + reach <= min(window.end, window.complete))
    cells.add(TOTAL, np.count_nonzero(whole))
    cells.add(LEFT_OUT, np.count_nonzero(~whole))
    zero, counted = np.zeros(seen.journeys.persons, np.int64), np.zeros(seen.journeys.persons, bool)
    zero[people[uses[whole]]], counted[people[uses[whole]]] = t[uses[whole]], True
    places = (t - zero[people]) // size + report.intervals
    inside: Bools = mask & counted[people] & (places >= 0) & (places < 2 * report.intervals)
    return np.where(inside, places, -1)


def _add(cells: Cells, seen: Seen[Impact], at: Ints, places: Ints, part: int) -> None:
    """How often something happens per interval, to how many, and to how many at all on each side.

    Shapes: at int64[n], the events, places int64[events], the interval of each.
    """
    if len(at) == 0:
        return
    report, own = seen.ask.report, Cells()
    people, slots, middle = np.asarray(seen.journeys.person_of_event()[at], np.int64), places[at], report.intervals
    times, first = np.bincount(slots), run_starts(people * 2 * middle + slots)
    own.add(TIMES, times, np.arange(len(times)))
    own.add(PEOPLE, np.bincount(slots[first]), np.arange(len(times)))
    many = compared(known_of(seen.ask))
    for side, low in enumerate((middle - many, middle)):
        inside = people[(slots >= low) & (slots < low + many)]
        own.add(SIDES, len(run_starts(inside)) if len(inside) else 0, side)
    if part == 0 and report.first_use is None:
        own.add(TOTAL, len(run_starts(people)))
    cells.take(own, part)


REPORTS.register("impact")(Kind(Impact, kernel, finish))
