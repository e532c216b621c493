"""Contribution: which values of dimensions, or which segments, make the difference of a metric between two ranges or two segments."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.compared import Compare, Pair, before_of, days_before
from cja_spark.reports.contribution_rows import finish, tables
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.row_segments import RowSegments, named_segments, segments_in_place
from cja_spark.reports.spec import Report
from cja_spark.reports.table_cells import kernel as table_cells
from cja_spark.reports.window import days_of
from cja_spark.spec import AsTuple, EachOnce, Name, Spec
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.ranges import Days
from cja_spark.view.standard import TIMES

MOST_DIMENSIONS, MOST_SEGMENTS = 20, 50  # each is a part of the cells, before and after


class Contribution(Report):
    """How much of the difference of a metric each value of some dimensions makes, and each of some segments.

    Attributes:
        report: what makes the difference of a metric.
        metric: the metric, one that is summed or counted.
        dimensions: whose values are looked through, each dimension by itself.
        by_segments: segments that are looked through too, each with what it keeps.
        compare: what comes before: `previous_period`, as many days right before the range; `year_ago`, the same days of the
            calendar a year before; a range; or two segments, the first of which is before and the second after.
        rows: how many values of each dimension are shown; the rest of a dimension is *other*.
    """

    report: Literal["contribution"] = "contribution"
    metric: Name
    dimensions: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=(), max_length=MOST_DIMENSIONS)
    by_segments: Annotated[RowSegments, Field(max_length=MOST_SEGMENTS)] = ()
    compare: Compare = "previous_period"
    rows: int = Field(default=10, ge=1, le=1_000)

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.dimensions and not self.by_segments:
            raise ValueError("give 'dimensions' or 'by_segments': what may make the difference.")
        return self

    def pair(self) -> Pair | None:
        """The segments that are compared, if segments are."""
        return self.compare if isinstance(self.compare, tuple) else None

    def days_compared(self, today: date, calendar: Calendar) -> tuple[Days, ...]:
        """The days before, then those of the range; none where segments are compared."""
        if isinstance(self.compare, tuple):
            return ()
        own = days_of(self, today, calendar)
        return days_before(self.compare, own, today, calendar), own

    def metrics_used(self) -> tuple[str, ...]:
        """The metric, and the people that each row is about."""
        return tuple(dict.fromkeys((self.metric, "people")))

    def metrics_of_events(self) -> tuple[str, ...]:
        """The metric: what a formula gives is no sum that could be parted."""
        return (self.metric,)

    def dimensions_used(self) -> tuple[str, ...]:
        """Those that are looked through."""
        return self.dimensions

    def dimensions_combined(self) -> tuple[str, ...]:
        """None: each is looked through by itself."""
        return ()

    def credited_dimensions(self) -> tuple[str, ...]:
        """Those whose values events set before; times are of the conversion itself."""
        return tuple(name for name in self.dimensions if name not in TIMES)

    def segments_used(self) -> tuple[str, ...]:
        """Those that are rows by name, and those that are compared."""
        return tuple(dict.fromkeys((*named_segments(self.by_segments), *(self.pair() or ()))))

    def conditions(self) -> tuple[Spec, ...]:
        """Those that are rows and written in place."""
        return segments_in_place(self.by_segments)


def sides(seen: Seen[Contribution]) -> Iterator[Seen[Any]]:
    """What the report sees before, and after."""
    ask = seen.ask
    pair = ask.report.pair()
    if pair is None:
        yield seen.at(before_of(ask))
        yield seen
        return
    for name in pair:
        own: Seen[Any] = copy.copy(seen)
        own.ask = replace(ask, report=ask.report.model_copy(update={"segments": (*ask.report.segments, name)}))
        yield own


def kernel(seen: Seen[Contribution]) -> Cells:
    """The cells of a table in total, by each dimension and of each segment, before and after.

    Source: T1, T2, M6. Decision: the time before is seen as a report of that time would see it, sessions and what persists included; who has
        too many events in one of both is left out of both (docs/decisions/contribution.md).
    """
    cells = Cells()
    for side, of_side in enumerate(sides(seen)):
        for number, ask in enumerate(tables(of_side.ask)):
            own: Seen[Any] = copy.copy(of_side)
            own.ask = ask
            cells.take(table_cells(own), 2 * number + side)
    return cells


REPORTS.register("contribution")(Kind(Contribution, kernel, finish))
