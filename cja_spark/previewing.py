"""Preview: how many persons, sessions and events a view has, beside those of its connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cja_spark import plan
from cja_spark.instants import milliseconds_of
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.names import names_from
from cja_spark.reports.periods_read import journeys_read
from cja_spark.reports.readers import Reader, run_pass
from cja_spark.reports.trend import Trend
from cja_spark.sources.failures import spark_errors
from cja_spark.view.calendar import local_day
from cja_spark.view.containers import Containers

CONTAINERS = {"person": "people", "session": "sessions", "event": "events"}


@dataclass(frozen=True)
class Preview:
    """What the last 90 days hold.

    Attributes:
        days: the first day and the last one, of the view's time zone.
        connection: persons, sessions and events without the view's segments.
        view: those that the view's segments leave.
        called: what the view calls them.
        excluded_persons: persons with more events than `max_events`, in neither.
    """

    days: tuple[str, str]
    connection: tuple[int, int, int]
    view: tuple[int, int, int]
    called: Containers
    excluded_persons: int

    def text(self) -> str:
        """A table for people."""
        shares = (f"{part / whole:.1%}" if whole else "-" for part, whole in zip(self.view, self.connection, strict=True))
        names = [self.called.named(one) for one in CONTAINERS]
        counts = zip(names, (f"{n:,}" for n in self.connection), (f"{n:,}" for n in self.view), shares, strict=True)
        rows: list[Sequence[str]] = [("container", "connection", "view", "kept"), *counts]
        widths = [max(len(row[at]) for row in rows) for at in range(4)]
        lines = [f"{self.days[0]} to {self.days[1]}"]
        lines += [f"{row[0]:<{widths[0]}}  " + "  ".join(f"{row[at]:>{widths[at]}}" for at in (1, 2, 3)) for row in rows]
        if self.excluded_persons:
            lines.append(f"left out of both: {self.excluded_persons} people with more events than max_events")
        return "\n".join(lines)


def preview(lake: Lake, project: Project, *, as_of: datetime | None = None, reader: Reader = "auto") -> Preview:
    """Count the containers of a view and of its connection in the last 90 days, in one pass; sessions are the view's in both.

    Args:
        lake: the lake.
        project: the project.
        as_of: the instant that the days count back from; the newest event's when not given.
        reader: who reads the columns.

    Raises:
        InputError: there are no journeys, or those of another definition.
    """
    view = project.view
    built = plan.built_of(lake, project)
    until = milliseconds_of(built.data_until)
    report = Trend(name="preview", granularity="year", metrics=tuple(CONTAINERS.values()))
    with spark_errors("preview", lake.location):
        values = lake.values(view.name).stored()
        arrays = plan.arrays_of(view, project.connection.matches())
        [inside] = asks_of([report], view, values.rows, data_until=until, as_of=until if as_of is None else milliseconds_of(as_of), arrays=arrays)
        asks = (replace(inside, view=view.model_copy(update={"view_segments": ()})), inside)
        passed = run_pass(journeys_read(lake.journeys(view.name), built.version, asks, view), columns_of([report], view), asks, reader)
        names = names_from(values.rows, values)
        counts = []
        for ask, sums in zip(asks, passed.sums, strict=True):
            [total] = REPORTS.named("trend").finish(sums, ask, names).slice(0, 1).to_pylist()
            counts.append((round(total["people"]), round(total["sessions"]), round(total["events"])))
    days = (str(local_day(inside.window.start, view.time_zone)), str(local_day(inside.window.end - 1, view.time_zone)))
    return Preview(days, counts[0], counts[1], view.containers, len(passed.left_out[1]))
