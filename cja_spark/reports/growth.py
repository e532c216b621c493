"""Growth: who is active in each period of the calendar, how many of them are new, there again or back, and how many are not any more."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.cohort import Stays
from cja_spark.kernels.growth import NEVER, growth
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.cohort_criteria import Criteria, Written, counting, met, met_before, periods_of
from cja_spark.reports.growth_rows import CLASS, TOTAL, finish
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.spec import Report
from cja_spark.reports.whole_periods import MOST_PERIODS, Size, edges_of, known_of, periods_before, refuse_too_many
from cja_spark.spec import Spec
from cja_spark.view.condition import MetricCondition

LOOKBACK: dict[Size, int] = {"day": 90, "week": 52, "month": 13, "quarter": 8, "year": 3}  # Decision: CJA does not say


class Growth(Report):
    """Who is active in each period, and where they come from: new, active in the period before too, or back after a while.

    The range is widened to whole periods. What is not over when the data ends is not told.

    Attributes:
        report: how many come, stay, come back and go.
        active: what a person has to have in a period to be active in it; without a word any event.
        granularity: how long a period is.
        lookback: who has not been active in so many periods before a period is new in it; without a word 90 days, 52 weeks, 13 months,
            8 quarters or 3 years.
    """

    report: Literal["growth"] = "growth"
    active: Written = Criteria(metrics=(MetricCondition(metric="events", at_least=1),))
    granularity: Size = "week"
    lookback: int | None = Field(default=None, ge=1, le=MOST_PERIODS)

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        refuse_too_many(self.range, self.granularity)
        return self

    def effective(self) -> Self:
        """The same growth with its lookback."""
        return self.model_copy(update={"lookback": self.periods_before()})

    def whole_periods(self) -> Size:
        """The periods: the range has whole ones (C1)."""
        return self.granularity

    def periods_before(self) -> int:
        """The lookback of the first period; later ones have theirs."""
        return self.lookback or LOOKBACK[self.granularity]

    def segments_used(self) -> tuple[str, ...]:
        """Segments whose events count."""
        return self.active.segments

    def conditions(self) -> tuple[Spec, ...]:
        """Metrics with what they have to be."""
        return self.active.metrics


def kernel(seen: Seen[Growth]) -> Cells:
    """Count who is of which class in each period.

    Source: CJA, guided analysis, active growth; C1, C2. Decision: the lookback and the period before the first one lie before the range, so
        events are read from there on, under the same segments: those of events and sessions are asked of the events there, and who is in a
        segment of persons is by the range, as for cohorts (O7). The period that lies right before the range is told by nothing but its dormant.
    """
    cells, report = Cells(), seen.ask.report
    starts, known = np.array(edges_of(seen.ask), np.int64), known_of(seen.ask)
    if known == 0:
        return cells
    periods = periods_of(seen, seen.masked(), starts)
    found = met(seen, report.active, periods, counting(seen, report.active)) & (periods.numbers < known)
    active = Stays(periods.people[found], periods.numbers[found])
    cells.add(TOTAL, float(len(run_starts(active.people))))
    counts = growth(active, _last_before(seen), known, report.periods_before())
    classes, numbers = np.nonzero(counts)
    cells.add(CLASS, counts[classes, numbers], classes, numbers)
    return cells


def _last_before(seen: Seen[Growth]) -> Ints:
    """Each person's last active period before the range, counted back from it, in the lookback of its first period: int64[persons]."""
    report, view, start = seen.ask.report, seen.ask.view, seen.ask.window.start
    last = np.full(seen.journeys.persons, NEVER)
    stays = met_before(seen, report.active, periods_before(start, report, view), report.granularity)
    np.maximum.at(last, stays.people, stays.periods - report.periods_before())
    return last


REPORTS.register("growth")(Kind(Growth, kernel, finish))
