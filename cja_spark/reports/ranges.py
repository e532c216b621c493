"""Date ranges of a report's segments: which days they are on the day of the run, and what is read of them (rule G6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from cja_spark.journeys.batch import Window
from cja_spark.spec import LAST_DAY, Spec
from cja_spark.view.condition import ContainerCondition, Segment, SegmentReference, container_of, parts_of
from cja_spark.view.ranges import DateRange, Days, common_days, days_in
from cja_spark.view.spec import View


@dataclass(frozen=True)
class Ranges:
    """What the date ranges of a report's segments are.

    Attributes:
        today: the last day of `last n days`.
        windows: for the days of each container with a range, inside the ranges around it, what is read for it.
    """

    today: date = LAST_DAY
    windows: Mapping[Days, Window] = field(default_factory=dict)

    def days(self, span: DateRange, around: Days | None, view: View) -> Days:
        """The days of a range that is written inside others, which share some days."""
        return common_days(days_in(span, self.today, view.calendar), around)

    def window(self, span: DateRange, around: Days | None, view: View) -> tuple[Days, Window]:
        """Those days, and what is read for them."""
        days = self.days(span, around, view)
        return days, self.windows[days]

    def up_to(self, last: int) -> Ranges:
        """The same where nothing is known from an instant on, ms."""
        windows = {days: replace(one, end=min(one.end, last), until=min(one.until, last)) for days, one in self.windows.items()}
        return replace(self, windows=windows)


NO_RANGES = Ranges()


def days_used(conditions: Iterable[Spec], view: View, ranges: Ranges, around: Days | None = None) -> Iterator[Days]:
    """The days of all containers with a range that some conditions look into, those of segments by name too.

    Args:
        conditions: conditions, none of which refers to itself.
        view: the view.
        ranges: what `last n days` are.
        around: the days of the container around them.
    """
    for condition in conditions:
        if isinstance(condition, SegmentReference):
            yield from days_used([container_of(view.segments[condition.segment])], view, ranges, around)
            continue
        days = around
        if isinstance(condition, ContainerCondition | Segment) and condition.range is not None:
            days = ranges.days(condition.range, around, view)
            yield days
        yield from days_used(parts_of(condition), view, ranges, days)
