"""A report as a task sees it: names resolved, range in ms, and the masks that all kernels share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic

import numpy as np
from typing_extensions import TypeVar

from cja_spark.errors import ConfigurationError
from cja_spark.journeys.batch import Bools, Floats, Ints, Journeys, Window
from cja_spark.kernels.segments import Matcher, TextIds
from cja_spark.kernels.sessions import session_amounts
from cja_spark.reports.deduplicated import with_deduplication
from cja_spark.reports.limits import place_in, within_limits
from cja_spark.reports.mapped import Maps, with_values
from cja_spark.reports.neighbours import with_neighbours
from cja_spark.reports.persisted import with_persistence
from cja_spark.reports.ranges import NO_RANGES, Ranges
from cja_spark.reports.spec import Report
from cja_spark.reports.standard import with_standard
from cja_spark.reports.summary_values import with_no_values
from cja_spark.span import Months
from cja_spark.spec import Spec, milliseconds
from cja_spark.view.arrays import all_values, lasting
from cja_spark.view.components import Metric
from cja_spark.view.condition import Segment
from cja_spark.view.derived.whole import parts_of_values
from cja_spark.view.ranges import DateRange, Days
from cja_spark.view.spec import SESSION_METRICS, STANDARD_METRICS, View
from cja_spark.view.standard import SESSION_TYPES, STANDARD_DIMENSIONS

R = TypeVar("R", bound=Report, default=Report, covariant=True)


@dataclass(frozen=True)
class Ask(Generic[R]):
    """One report, ready to run: no names left to look up, no clock.

    Attributes:
        report: the report's spec.
        view: the data view.
        window: the report's time.
        text_ids: ids of texts that conditions on parts of texts match.
        arrays: per lookup dimension the arrays its keys lie in, outermost first.
        persistent: the dimensions with persistence that it reads.
        deduplicated: the metrics with deduplication that it reads.
        standard: the standard dimensions that it reads.
        values: per dimension with value settings what its values become.
        neighbours: the components that it reads whose derived field looks at other events.
        ranges: the date ranges of its segments.
        items: per column of a flow the ids that it shows, where they are known; of paths, as column 0, the first names of what may be shown (L2).
    """

    report: R
    view: View
    window: Window
    text_ids: TextIds = field(default_factory=dict)
    arrays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    persistent: tuple[str, ...] = ()
    deduplicated: tuple[str, ...] = ()
    standard: tuple[str, ...] = ()
    values: Maps = field(default_factory=dict)
    neighbours: tuple[str, ...] = ()
    ranges: Ranges = NO_RANGES
    items: Mapping[int, Ints] | None = None

    def windows(self) -> tuple[Window, ...]:
        """All that is read: the report's time, then what its segments look into (G6)."""
        return (self.window, *self.ranges.windows.values())

    def arrays_of_dimension(self, name: str) -> tuple[str, ...]:
        """Arrays of objects a dimension lies in, outermost first; none for the grain of events.

        A dimension that keeps all its values has as many per event as an array of its own would; one that is bound to
        items has theirs; values of items that last unbound are several per item.
        """
        if name in STANDARD_DIMENSIONS:
            return ()
        dimension = self.view.dimensions[name]
        if dimension.gives_list:
            return (parts_of_values(name),)
        how, own = dimension.persistence, self.arrays.get(name) or self.view.arrays_of(dimension)
        if how is None:
            return own
        if how.allocation == "all":
            return (all_values(name),)
        if how.binding is None:
            return lasting(name, own)
        by = self.view.dimensions[how.binding]
        return self.arrays.get(how.binding) or self.view.arrays_of(by) if how.binding_metric else own

    def arrays_of_metric(self, name: str) -> tuple[str, ...]:
        """Arrays of objects a metric lies in, outermost first; none for the grain of events."""
        metric = self.view.metrics.get(name)
        return self.view.arrays_of(metric) if isinstance(metric, Metric) else ()

    @property
    def timeout(self) -> int | Months:
        """The session timeout, ms or months."""
        timeout = self.view.session.timeout
        return timeout if isinstance(timeout, Months) else milliseconds(timeout)

    def segment(self, use: str | Segment) -> Segment:
        """A segment used by name or written in place.

        Raises:  ConfigurationError when the view has no such segment.
        """
        if isinstance(use, Segment):
            return use
        if use not in self.view.segments:
            raise ConfigurationError.unknown("segment", use, self.view.segments)
        return self.view.segments[use]


class Seen(Generic[R]):
    """What a report sees of a batch: events since `read_from`, their sessions, and the masked range events."""

    def __init__(
        self, journeys: Journeys, ask: Ask[R], max_events: int | None = None, elsewhere: dict[Window, Seen[R]] | None = None
    ) -> None:
        """Take a batch that reaches at least over all that the report reads.

        Args:
            journeys: the batch.
            ask: the report.
            max_events: persons with more events in what the report reads are left out (L3); None leaves nobody out.
            elsewhere: what segments have seen of other days so far.
        """
        window = ask.window
        self.ask, self._base, self._max_events = ask, journeys, max_events
        self._elsewhere = {} if elsewhere is None else elsewhere
        self._read = with_no_values(with_values(journeys, ask.view, ask.values), ask.view)
        self.journeys, self.left_out = within_limits(self._read, ask.windows(), max_events)
        self.sessions: Ints = self.journeys.sessions(ask.timeout, ask.view.session.starts_with, ask.view.time_zone)
        self.journeys = with_standard(self.journeys, ask.view, window, self.sessions, ask.standard)
        self.journeys = with_deduplication(self.journeys, ask.view, window, self.sessions, ask.deduplicated)
        self.journeys = with_neighbours(self.journeys, ask.view, window, self.sessions, ask.neighbours, ask.values)
        self.journeys = with_persistence(self.journeys, ask.view, window, self.sessions, ask.persistent)

    @property
    def stored(self) -> Journeys:
        """The same events as journeys have them, before anything is made of their values; for asks without a limit alone."""
        assert self._max_events is None
        return self._base.between(self.ask.window.read_from, max(self.ask.window.until, self.ask.window.end))

    @property
    def in_range(self) -> Bools:
        """Events of the range: bool[events]."""
        window = self.ask.window
        return self.journeys.remembered(
            ("in_range", window.start, window.end),
            lambda: (self.journeys.t >= window.start) & (self.journeys.t < window.end),
        )

    @property
    def of_view(self) -> Bools:
        """Range events that the view's own segments keep: bool[events]."""
        view = self.ask.view
        if not view.view_segments:
            return self.in_range
        return self.journeys.remembered(("of_view", *self._key()), lambda: self._of_view(self.in_range))

    def _of_view(self, events: Bools) -> Bools:
        """Those of some events that each of the view's segments keeps (O10)."""
        matcher = self._matcher_of(events, events, of_view=False)
        found = (matcher.events_of(self.ask.segment(use)) for use in self.ask.view.view_segments)
        return np.asarray(np.logical_and.reduce([events, *found]), bool)

    def _key(self) -> tuple[object, ...]:
        view, ranges = self.ask.view, self.ask.ranges
        own = (self.ask.window, self.ask.timeout, view.session.starts_with, view.view_segments)
        return (*own, ranges.today, *ranges.windows.items())

    def matches(self, segment: Segment) -> Bools:
        """Range events of a segment among those of the view: bool[events], shared by the reports of a run."""
        return self.journeys.remembered(("matches", segment, *self._key()), lambda: self._matcher().events_of(segment))

    def _matcher(self) -> Matcher:
        return self.journeys.remembered(("matcher", *self._key()), lambda: self._matcher_of(self.of_view, self.in_range))

    def _matcher_of(self, events: Bools, figures: Bools, *, of_view: bool = True, around: Days | None = None) -> Matcher:
        """What asks conditions of some events; a session's figures are those of all its events in a time (S4, S5).

        Args:
            events: the events.
            figures: all events of the time.
            of_view: whether other days are seen as the view's own segments leave them.
            around: the days of the container whose conditions they are.
        """
        inside = partial(self._inside, of_view=of_view, around=around)
        place = place_in(self._read, self.ask.window, self.left_out, inside) if self.ask.ranges.windows else None
        view, ids = self.ask.view, self.ask.text_ids
        return Matcher(
            self.journeys, events, self.sessions, view.segments, ids, zone=view.time_zone, figures=figures, place=place
        )

    def _inside(self, span: DateRange, *, of_view: bool, around: Days | None) -> Matcher:
        """What asks conditions of the events of a date range, seen as a report of that range would see them (G6)."""
        days, window = self.ask.ranges.window(span, around, self.ask.view)
        seen = self.at(window)
        return seen._matcher_of(seen.of_view if of_view else seen.in_range, seen.in_range, of_view=of_view, around=days)

    def at(self, window: Window) -> Seen[R]:
        """The same question of another time that is read, as a report of that time sees it (G6)."""
        if window not in self._elsewhere:
            self._elsewhere[window] = Seen(self._base, replace(self.ask, window=window), self._max_events, self._elsewhere)
        return self._elsewhere[window]

    def masked(self) -> Bools:
        """Range events that the view's and all of the report's segments keep: bool[events]."""
        mask = self.of_view
        for use in self.ask.report.segments:
            mask = mask & self.matches(self.ask.segment(use))
        return mask

    def masked_tail(self, until: int) -> Bools:
        """Masked range events, and events after the range that meet event conditions (O7).

        Person and session segments keep the range's result for the person; an event segment is asked again.
        """
        of_view = self._tail()
        tail = of_view & (self.journeys.t < until)
        for use in self.ask.report.segments:
            segment = self.ask.segment(use)
            tail = tail & self._in_tail(segment, self.matches(segment), of_view)
        return self.masked() | tail

    def before(self, since: int, segments: Iterable[str | Segment]) -> Bools:
        """Events before the range from an instant on that the view's and some other segments keep, asked as the tail is (O7)."""
        early = np.asarray((self.journeys.t >= since) & (self.journeys.t < self.ask.window.start), bool)
        found = of_view = self._left_by_view(early)
        for segment in map(self.ask.segment, segments):
            found = found & self._beside(segment, self.matches(segment), of_view, early)
        return found

    def _tail(self) -> Bools:
        """Events after the range that the view's own segments keep: bool[events]."""
        after = np.asarray(self.journeys.t >= self.ask.window.end, bool)
        return self.journeys.remembered(("tail", *self._key()), lambda: self._left_by_view(after))

    def _left_by_view(self, outside: Bools) -> Bools:
        """Those of the events of a time outside the range that the view's own segments keep: bool[events]."""
        if not self.ask.view.view_segments or not outside.any():
            return outside
        matcher, left = self._matcher_of(self.in_range, self.in_range, of_view=False), outside
        for use in self.ask.view.view_segments:
            segment = self.ask.segment(use)
            left = left & self._beside(segment, matcher.events_of(segment), outside, outside, of_view=False)
        return left

    def _in_tail(self, segment: Segment, met: Bools, tail: Bools) -> Bools:
        """Which tail events a segment keeps, where `met` are the range events that it keeps."""
        return self._beside(segment, met, tail, np.asarray(self.journeys.t >= self.ask.window.end, bool))

    def _beside(self, segment: Segment, met: Bools, some: Bools, outside: Bools, *, of_view: bool = True) -> Bools:
        """Which of some events of a time outside the range a segment keeps: persons by the range (O7)."""
        if segment.container == "person":
            kept = np.zeros(self.journeys.persons, bool)
            kept[self.journeys.person_of_event()[met]] = True
            return np.asarray(some & kept[self.journeys.person_of_event()], bool)
        return self._matcher_of(some, outside, of_view=of_view).events_of(segment)

    def step(self, use: str | Spec) -> Bools:
        """Events that meet a step: a metric carried, a segment by name, or a condition on one event.

        Range events and the tail are asked apart, so that nothing after the range changes what happened in it.
        """
        if isinstance(use, str) and use in self.ask.view.metric_names():
            return self._carries(use)
        return self.step_segment(use if isinstance(use, str) else Segment.model_construct(where=use))  # type: ignore[arg-type]

    def _carries(self, metric: str) -> Bools:
        """Events whose value of a metric is neither null nor 0 (O9), range events and the tail asked apart."""
        if metric in SESSION_TYPES:
            return np.asarray(self.journeys.ids("session_type") == SESSION_TYPES[metric], bool)
        if metric in SESSION_METRICS:
            t, tail = self.journeys.t, self.journeys.t >= self.ask.window.end
            parts = [self.amounts(metric), session_amounts(metric, t, self.sessions, tail)]
            return np.asarray(np.nan_to_num(parts[0]) + np.nan_to_num(parts[1]) != 0, bool)
        return np.ones(self.journeys.events, bool) if metric in STANDARD_METRICS else self.journeys.carries(metric)

    def step_segment(self, use: str | Segment) -> Bools:
        """Events that a step's segment keeps, in the range and in the tail."""
        segment = self.ask.segment(use)
        met, tail = self.matches(segment), self._tail()
        return met | self._in_tail(segment, met, tail) if tail.any() else met

    def amounts(self, metric: str) -> Floats:
        """A metric per event: float64[events]; those of sessions by range events, time spent in ms."""
        if metric not in SESSION_METRICS:
            return self.journeys.amounts(metric)
        window, view = self.ask.window, self.ask.view
        return self.journeys.remembered(
            ("amounts", metric, window.start, window.end, self.ask.timeout, view.session.starts_with),
            lambda: session_amounts(metric, self.journeys.t, self.sessions, self.in_range),
        )
