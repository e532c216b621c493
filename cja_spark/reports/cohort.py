"""Cohort table: who did something in a period of the calendar, and who of them is back in the periods after (rules C1 to C4)."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Bools, Ints, Items
from cja_spark.kernels.cohort import Back, Counts, Stays, back, chained, included
from cja_spark.kernels.counting import coded, first_per_code
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.cohort_criteria import Criteria, Periods, Written, counting, met, met_before, periods_of
from cja_spark.reports.cohort_rows import BACK, BASE, INCLUDED, TOTAL, finish
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.retention import Mode
from cja_spark.reports.spec import Report
from cja_spark.reports.standard import first_seen_from
from cja_spark.reports.whole_periods import Size, edges_of, known_of, refuse_too_many
from cja_spark.spec import Name, Spec


class Cohort(Report):
    """Who of those that did something in a period did something in the periods after it, by the view's calendar.

    The range is widened to whole periods. What is not over when the data ends is not told.

    Attributes:
        report: who of whom comes back.
        inclusion: what a person has to have in a period to be in its cohort.
        return: what coming back is; without a word the inclusion again.
        granularity: how long a period is.
        entry: which cohorts a person is in: of `every` period that meets the inclusion, of the `first` one in the range, or of that
            only where none of the 13 months before the range meets it (`first_ever`).
        mode: whether a person has to come back `on` the very period, or `on_or_after` its beginning.
        type: whether those that are back are counted, or those that are not.
        rolling: whether a person has to be back in all periods up to the one that is told; rates are of the period before.
        latency: whether periods before the inclusion are told too.
        dimension: rows are its values, as events of the period of inclusion set them, in place of periods.
        rows: how many values are shown.
    """

    report: Literal["cohort"] = "cohort"
    inclusion: Written
    return_: Written | None = Field(default=None, alias="return")
    granularity: Size = "week"
    entry: Literal["every", "first", "first_ever"] = "every"
    mode: Mode = "on"
    type: Literal["retention", "churn"] = "retention"
    rolling: bool = False
    latency: bool = False
    dimension: Name | None = None
    rows: int = Field(default=14, ge=1, le=400)

    @model_validator(mode="after")
    def _no_two_ways(self) -> Self:
        for name, set_ in (("rolling", self.rolling), ("latency", self.latency)):
            if set_ and self.mode == "on_or_after":
                raise ValueError(f"{name}: {'every period counts' if name == 'rolling' else 'periods before count'} by itself; leave out mode: on_or_after.")
        if self.rolling and self.latency:
            raise ValueError("latency: rolling goes on from the inclusion; leave out one of rolling and latency.")
        if self.latency and self.dimension is not None:
            raise ValueError("latency: periods before the inclusion are told of cohorts of periods; leave out latency or dimension.")
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        refuse_too_many(self.range, self.granularity)
        return self

    def criteria(self) -> tuple[Criteria, Criteria]:
        """Inclusion, and what coming back is."""
        return self.inclusion, self.return_ or self.inclusion

    def effective(self) -> Self:
        """The same cohorts with what coming back is."""
        return self.model_copy(update={"return_": self.criteria()[1]})

    def whole_periods(self) -> Size:
        """The periods: the range has whole ones (C1)."""
        return self.granularity

    def knows_newcomers(self) -> bool:
        """Who was included in the 13 months before the range is in no cohort."""
        return self.entry == "first_ever"

    def dimensions_used(self) -> tuple[str, ...]:
        """The rows."""
        return () if self.dimension is None else (self.dimension,)

    def segments_used(self) -> tuple[str, ...]:
        """Segments whose events count."""
        return tuple(dict.fromkeys(name for one in self.criteria() for name in one.segments))

    def conditions(self) -> tuple[Spec, ...]:
        """Metrics with what they have to be."""
        return tuple(metric for one in self.criteria() for metric in one.metrics)

    def row_kind(self) -> str:
        """What the rows are of those that are back, or that are not."""
        kind = "churned" if self.type == "churn" else "retained"
        return f"{kind}_{self.mode}" if self.mode == "on_or_after" else kind

    def how(self) -> Back:
        """What being back is, for the kernel."""
        return "rolling" if self.rolling else "latency" if self.latency else self.mode


def kernel(seen: Seen[Cohort]) -> Cells:
    """Count who is in each cohort, and who of them is back after how many periods.

    Source: C1-C3.
    """
    cells, report, starts = Cells(), seen.ask.report, np.array(edges_of(seen.ask), np.int64)
    periods = periods_of(seen, seen.masked(), starts)
    known = known_of(seen.ask)
    if len(periods.at) == 0 or not known:
        return cells
    inclusion, returning = (met(seen, one, periods, counting(seen, one)) for one in report.criteria())
    entered = _entered(seen, periods, inclusion)
    entered &= periods.numbers < known
    cells.add(TOTAL, float(len(run_starts(periods.people[entered]))))
    entries, rows, names = _entries(seen, periods, entered)
    returns, size = Stays(periods.people[returning], periods.numbers[returning]), len(names)
    _add(cells, INCLUDED, included(entries, rows, size, len(starts)), names)
    _add(cells, BACK, back(entries, rows, returns, size, len(starts), known, report.how()), names)
    if report.rolling:
        _add(cells, BASE, chained(entries, rows, returns, size, len(starts), known), names)
    return cells


def _add(cells: Cells, number: int, counts: Counts, names: Ints) -> None:
    cells.add(number, counts.people, names[counts.rows], counts.after)


def _entered(seen: Seen[Cohort], periods: Periods, inclusion: Bools) -> Bools:
    """The periods of persons whose cohorts they are in, of those that meet the inclusion: bool[periods of persons].

    Source: C1.
    """
    entry = seen.ask.report.entry
    if entry == "every":
        return inclusion
    found = np.zeros(len(inclusion), bool)
    at = np.flatnonzero(inclusion)
    found[at[run_starts(periods.people[at])]] = True
    return found & ~_included_before(seen)[periods.people] if entry == "first_ever" else found


def _included_before(seen: Seen[Cohort]) -> npt.NDArray[np.bool_]:
    """Persons who meet the inclusion in a period of the 13 months before the range: bool[persons].

    Source: C1, O7. Decision: the first of those periods has what is in the 13 months.
    """
    since = first_seen_from(seen.ask.window.start, seen.ask.view.time_zone)
    found = np.zeros(seen.journeys.persons, bool)
    found[met_before(seen, seen.ask.report.inclusion, since, seen.ask.report.granularity).people] = True
    return found


def _entries(seen: Seen[Cohort], periods: Periods, entered: Bools) -> tuple[Stays, Ints, Ints]:
    """The periods of inclusion, the cohorts that they are of, and what those are: periods, or ids of values.

    Shapes: entered bool[periods of persons] -> int64[entries], int64[cohorts].
    Source: C3: own values of the events of the period that count for inclusion.
    """
    report = seen.ask.report
    if report.dimension is None:
        numbers = periods.numbers[entered]
        return Stays(periods.people[entered], numbers), numbers, np.arange(len(edges_of(seen.ask)))
    some = entered[periods.codes] & counting(seen, report.inclusion)[periods.at]
    ids, counts = _own(seen, report.dimension, periods.at[some])
    codes = np.repeat(periods.codes[some].astype(np.int64), counts)[ids != 0]
    names, rows = coded(ids[ids != 0])
    once = first_per_code(codes, rows, len(names))
    codes = codes[once]
    return Stays(periods.people[codes], periods.numbers[codes]), rows[once].astype(np.int64), names


def _own(seen: Seen[Cohort], dimension: str, at: Ints) -> tuple[Ints, Ints]:
    """The values that some events set themselves, one after the other, and how many each has.

    Shapes: at int64[n] ascending -> int64[values], int64[n].
    """
    own = seen.journeys.own_values(dimension)
    if not isinstance(own, Items):
        return own[at], np.ones(len(at), np.int64)
    kept = np.zeros(seen.journeys.events, bool)
    kept[at] = True
    some = own.kept(kept)
    return some.values, np.diff(some.offsets)


REPORTS.register("cohort")(Kind(Cohort, kernel, finish))
