"""Retention: how many come back so long after they started, by elapsed time and not by the calendar (rule C5)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
import pyarrow as pa
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.clock import DAY_MS
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.meets import meets
from cja_spark.reports.of_steps import OfSteps

Size = Literal["24 hours", "7 days", "30 days"]
DAYS: dict[Size, int] = {"24 hours": 1, "7 days": 7, "30 days": 30}
WORDS: dict[Size, str] = {"24 hours": "day", "7 days": "week", "30 days": "period"}
STARTED, BACK, RESERVED = range(3)  # what cells count


def _mode(value: object) -> object:
    """YAML reads the word `on` as true."""
    return "on" if value is True else value


_Word = Literal["on", "on_or_after"]
Mode = Annotated[_Word, BeforeValidator(_mode, json_schema_input_type=_Word | Literal[True])]


class Retention(OfSteps):
    """How many persons come back so long after their first start. Periods are of elapsed time, not of the calendar.

    Who starts too late to have all periods within the range is not counted, but printed as reserved.

    Attributes:
        report: how many come back.
        start: what makes a person one of those who may come back; the first such event counts.
        return: what coming back is; without a word the start again.
        size: how long a period is.
        buckets: the last period; the first is 0, the time right after the start.
        mode: whether a person has to come back `on` the very period, or `on_or_after` its beginning.
    """

    report: Literal["retention"] = "retention"
    start: FalloutStep
    return_: FalloutStep | None = Field(default=None, alias="return")
    size: Size = "24 hours"
    buckets: Annotated[int, Field(ge=1, le=365)] = 7
    mode: Mode = "on"

    @model_validator(mode="after")
    def _no_next(self) -> Self:
        if any(step.next for step in self.both()):
            raise ValueError("next: true says what comes right after another step of a fallout; leave it out.")
        return self

    def both(self) -> tuple[Step, Step]:
        """What starts, and what coming back is."""
        return self.start, self.return_ or self.start

    def effective(self) -> Self:
        """The same retention with what coming back is."""
        return self.model_copy(update={"return_": self.both()[1]})

    def size_ms(self) -> int:
        """How long a period is, ms: as long on days when clocks change (O6)."""
        return DAYS[self.size] * DAY_MS

    def own_steps(self) -> tuple[Step, ...]:
        """What starts, and what coming back is."""
        return self.both()


def kernel(seen: Seen[Retention]) -> Cells:
    """Count who starts, who of them is back per period, and who starts too late.

    Source: C5.
    """
    cells = Cells()
    report, mask = seen.ask.report, seen.masked()
    people, t = seen.journeys.person_of_event(), seen.journeys.t
    starts = np.flatnonzero(mask & meets(seen, report.start))
    if len(starts) == 0:
        return cells
    starts = starts[run_starts(people[starts])]
    in_time = t[starts] + (report.buckets + 1) * report.size_ms() <= seen.ask.window.end
    cells.add(STARTED, float(np.count_nonzero(in_time)))
    cells.add(RESERVED, float(np.count_nonzero(~in_time)))
    first = np.full(seen.journeys.persons, seen.journeys.events, np.int64)  # nothing is later than the last event
    first[people[starts[in_time]]] = starts[in_time]
    counts = _back(seen, first, mask & meets(seen, report.both()[1]))
    cells.add(BACK, counts, np.arange(len(counts)))
    return cells


def _back(seen: Seen[Retention], first: Ints, returns: Bools) -> Ints:
    """How many persons are back per period.

    Shapes: first int64[persons] (position of the start, the number of events for nobody who counts), returns bool[events]
        -> int64[buckets + 1].
    """
    report, t = seen.ask.report, seen.journeys.t
    at = np.flatnonzero(returns)
    people = seen.journeys.person_of_event()[at]
    later = at > first[people]
    at, people = at[later], people[later]
    periods, size = (t[at] - t[first[people]]) // report.size_ms(), report.buckets + 1
    if report.mode == "on_or_after":  # a person's last return is later than all others
        ends = np.append(run_starts(people)[1:], len(people))[: len(people)] - 1
        lasting = np.bincount(np.minimum(periods[ends], report.buckets), minlength=size)
        return np.cumsum(lasting[::-1])[::-1]
    on = periods < size
    people, periods = people[on].astype(np.int64), periods[on]
    once = run_starts(people * size + periods)  # a person's returns ascend in time
    return np.bincount(periods[once], minlength=size)


def finish(sums: Sums, ask: Ask[Retention], names: Names) -> pa.Table:
    """Those who start in time, then those who are back per period, and those who start too late.

    Columns: row_kind string (total, then `on` or `on_or_after`, reserved), elapsed bigint (periods, from 0) and label string
        (both null but of periods), people double (not additive: a person is back in several periods), retention_rate double, the
        share of those who start in time (null where none does, and of those reserved).
    """
    report = ask.report
    base, back = sums.total(STARTED), sums.by_key(BACK)
    periods = range(report.buckets + 1)
    after = " or later" if report.mode == "on_or_after" else ""
    people = [base, *(back.get((period,), 0.0) for period in periods)]
    return pa.table(
        {
            "row_kind": pa.array(["total", *[report.mode] * len(periods), "reserved"], pa.string()),
            "elapsed": pa.array([None, *periods, None], pa.int64()),
            "label": pa.array([None, *(f"{WORDS[report.size]} {period}{after}" for period in periods), None], pa.string()),
            "people": pa.array([*people, sums.total(RESERVED)], pa.float64()),
            "retention_rate": pa.array([*(one / base if base else None for one in people), None], pa.float64()),
        }
    )


REPORTS.register("retention")(Kind(Retention, kernel, finish))
