"""Engagement: how widely several things are done among those who are active in a period, and how often by those who do them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from cja_spark.kernels.engagement import done
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.cohort_criteria import periods_of
from cja_spark.reports.engagement_rows import OF_PERIODS, PEOPLE, TIMES, finish
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.meets import meets
from cja_spark.reports.of_steps import OfSteps, require_names
from cja_spark.reports.whole_periods import edges_of, known_of, refuse_too_many
from cja_spark.spec import AsTuple

MOST_EVENTS = 10


class Engagement(OfSteps):
    """How widely several things are done among those who are active in a period, and how often by those who do them.

    The range is widened to whole periods. What is not over when the data ends is not told.

    Attributes:
        report: how widely and how often things are done.
        events: up to 10 metrics, segments or conditions; each event that meets one is one time.
        granularity: how long a period is: whether those active in a day, a week, a month or a quarter are looked at.
    """

    report: Literal["engagement"] = "engagement"
    events: Annotated[tuple[FalloutStep, ...], AsTuple] = Field(min_length=1, max_length=MOST_EVENTS)
    granularity: Literal["day", "week", "month", "quarter"] = "week"

    @model_validator(mode="after")
    def _each_by_its_name(self) -> Self:
        require_names("events", self.events)
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        refuse_too_many(self.range, self.granularity)
        return self

    def own_steps(self) -> tuple[Step, ...]:
        """What is done."""
        return self.events

    def whole_periods(self) -> Literal["day", "week", "month", "quarter"]:
        """The periods: the range has whole ones (C1)."""
        return self.granularity


def kernel(seen: Seen[Engagement]) -> Cells:
    """Count who is active in each period, and per thing who does it there and how often.

    Source: CJA, guided analysis, engagement; C1, C2. Decision: active in a period is who has an event there that the report's segments
        leave; a time is an event that meets what is asked for, of a metric one that carries it (O9).
    """
    cells, starts, known = Cells(), np.array(edges_of(seen.ask), np.int64), known_of(seen.ask)
    if known == 0:
        return cells
    over = seen.ask.window.end if known == len(starts) else starts[known]
    mask = seen.masked() & np.asarray(seen.journeys.t < over, bool)
    periods = periods_of(seen, mask, starts)
    for part, met in enumerate((mask, *(meets(seen, one) for one in seen.ask.report.events))):
        found, own = done(met, periods.at, periods.codes, periods.people, periods.numbers, len(starts)), Cells()
        own.add(PEOPLE, found.people)
        own.add(OF_PERIODS, found.of_periods, np.arange(len(starts)))
        own.add(TIMES, found.times)
        cells.take(own, part)
    return cells


REPORTS.register("engagement")(Kind(Engagement, kernel, finish))
