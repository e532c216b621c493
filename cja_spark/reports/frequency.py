"""Frequency: how many persons or sessions did something how often, for several things side by side."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.bucketed import ALL_PEOPLE, PEOPLE, UNITS, add_units
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.meets import meets
from cja_spark.reports.of_steps import OfSteps, require_names
from cja_spark.spec import AsTuple, Spec

MOST_EVENTS, MOST_TIMES = 5, 1_000_000
AUTO = (1, 2, 3, 4, 5, 6, 11)
_Part = tuple[str, str | None, int | None, int | None]  # its kind, its numbers of times, where it begins and where the next one does
NAMES = ("row_kind", "step_name", "times", "at_least", "less_than")


class TimesBuckets(Spec):
    """Buckets of so many numbers of times each; the last one has no end.

    Attributes:
        from: the least number of times of the first bucket; who did it less often is in none.
        size: how many numbers of times a bucket has.
        count: how many buckets there are.
    """

    from_: int = Field(default=1, alias="from", ge=1, le=MOST_TIMES)
    size: int = Field(default=1, ge=1, le=MOST_TIMES)
    count: int = Field(default=10, ge=1, le=50)

    def starts(self) -> tuple[int, ...]:
        """The least number of times of each bucket."""
        return tuple(self.from_ + self.size * at for at in range(self.count))


class Frequency(OfSteps):
    """How many persons or sessions did something how often, of those that did it at all.

    Attributes:
        report: how often something is done.
        events: up to 5 metrics, segments or conditions; each event that meets one is one time.
        count: what is counted.
        buckets: the numbers of times that are told together; without a word 1, 2, 3, 4, 5, 6-10 and 11 or more.
    """

    report: Literal["frequency"] = "frequency"
    events: Annotated[tuple[FalloutStep, ...], AsTuple] = Field(min_length=1, max_length=MOST_EVENTS)
    count: Literal["people", "sessions"] = "people"
    buckets: TimesBuckets | None = None

    @model_validator(mode="after")
    def _each_by_its_name(self) -> Self:
        require_names("events", self.events)
        return self

    def own_steps(self) -> tuple[Step, ...]:
        """What is done."""
        return self.events

    def starts(self) -> tuple[int, ...]:
        """The least number of times of each bucket; the last one has no end."""
        return self.buckets.starts() if self.buckets else AUTO


def kernel(seen: Seen[Frequency]) -> Cells:
    """Count units per bucket of how often each did something.

    Source: CJA, guided analysis, frequency. Decision: a time is an event that meets what is asked for, of a metric one that carries it (O9),
        whatever its amount; a histogram is of sums.
    """
    cells, report, mask = Cells(), seen.ask.report, seen.masked()
    people = np.asarray(seen.journeys.person_of_event(), np.int64)
    units = people if report.count == "people" else np.asarray(seen.sessions, np.int64)
    for number, one in enumerate(report.events):
        at = np.flatnonzero(mask & meets(seen, one))
        if len(at) == 0:
            continue
        first, own = run_starts(units[at]), Cells()
        times = np.diff(np.append(first, len(at)))
        add_units(own, times, people[at[first]], report.starts(), are_people=report.count == "people")
        cells.take(own, number)
    return cells


def finish(sums: Sums, ask: Ask[Frequency], names: Names) -> pa.Table:
    """Per event, in the order written, all that did it, then those that did it less often than the first bucket says, where that may be, then each bucket.

    Columns: row_kind string (total, below, bucket), step_name string, the event, times string, at_least and less_than double (null where a row is
        open), the units counted, people where those are no people (not additive), percent_of_total, of all that did it, doubles.
    """
    report = ask.report
    rows = [row for number, one in enumerate(report.events) for row in _of_event(sums.of_part(number), one.name(), report)]
    columns = (*NAMES, report.count, *(() if report.count == "people" else ("people",)), "percent_of_total")
    kinds = {**dict.fromkeys(columns, pa.float64()), **dict.fromkeys(NAMES[:3], pa.string())}
    return pa.table({name: pa.array([row[name] for row in rows], kinds[name]) for name in columns})


def _of_event(sums: Sums, name: str, report: Frequency) -> list[dict[str, str | float | None]]:
    """The rows of one event."""
    starts = report.starts()
    counts, people, total = sums.by_key(UNITS), sums.by_key(PEOPLE), sum(sums.by_key(UNITS).values())
    parts: list[_Part] = [("below", f"< {starts[0]}", None, starts[0])]
    parts += [("bucket", _text(low, high), low, high) for low, high in zip(starts, (*starts[1:], None), strict=True)]
    figures: list[tuple[*_Part, float, float]] = [("total", None, None, None, total, sums.total(ALL_PEOPLE))]
    figures += [(*part, counts.get((place,), 0.0), people.get((place,), 0.0)) for place, part in enumerate(parts) if place or starts[0] > 1]
    return [
        {"row_kind": kind, "step_name": name, "times": said, "at_least": low, "less_than": high, "people": persons, report.count: units,
         "percent_of_total": units / total if total else None}
        for kind, said, low, high, units, persons in figures
    ]  # fmt: skip


def _text(low: int, high: int | None) -> str:
    """The numbers of times of a bucket."""
    if high is None:
        return f"{low}+"
    return str(low) if high == low + 1 else f"{low}-{high - 1}"


REPORTS.register("frequency")(Kind(Frequency, kernel, finish))
