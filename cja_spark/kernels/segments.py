"""Segments: which events belong to the units that meet a condition (rules G1-G6, G10)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints, Items, Journeys
from cja_spark.journeys.hashing import value_id
from cja_spark.kernels.amounts import compared
from cja_spark.kernels.checkpoints import Found, Sequences
from cja_spark.kernels.counting import coded, first_per_code, sums_per_code
from cja_spark.kernels.ranges import Place, events_in_range, met_there
from cja_spark.kernels.sessions import run_starts, session_amounts
from cja_spark.spec import Spec
from cja_spark.view.condition import (
    COMPLEMENT_OF,
    AllOf,
    AnyOf,
    ContainerCondition,
    DimensionCondition,
    Exclude,
    MetricCondition,
    Segment,
    SegmentReference,
    container_of,
)
from cja_spark.view.sequence import Then
from cja_spark.view.spec import SESSION_METRICS
from cja_spark.view.standard import SESSION_TYPES

LEVELS = {"event": 0, "session": 1, "person": 2}
TextIds = Mapping[DimensionCondition, npt.NDArray[np.int64]]


def positive(condition: DimensionCondition) -> DimensionCondition:
    """The positive twin of a negative condition (G3); a positive one is its own."""
    name = condition.operators()[0]
    if name not in COMPLEMENT_OF:
        return condition
    twin = {COMPLEMENT_OF[name]: getattr(condition, name)}
    return DimensionCondition.model_validate({"dimension": condition.dimension, **twin})


class Matcher:
    """Evaluates conditions on the events of one batch that a report sees."""

    def __init__(
        self, journeys: Journeys, seen: Bools, sessions: Ints, segments: Mapping[str, Segment], text_ids: TextIds,
        *, zone: str, figures: Bools | None = None, place: Place | None = None,
    ) -> None:  # fmt: skip
        """Take a batch and the events that count.

        Args:
            journeys: the batch.
            seen: bool[events], the events conditions may look at (the report's range).
            sessions: int64[events], session numbers ascending.
            segments: the view's segments by name.
            text_ids: the ids that match, for conditions on parts of texts and on standard dimensions.
            zone: the view's time zone, for months between checkpoints.
            figures: bool[events], those that decide which event starts or ends a session, where they are more (S4).
            place: where the events lie among all that were read; without it no container may have a date range.
        """
        self.journeys = journeys
        self.seen = seen
        self.at = np.flatnonzero(seen)
        self.segments = segments
        self.text_ids = text_ids
        self.zone = zone
        self.sessions = sessions
        self._place = place
        self._figures = seen if figures is None else figures

    @property
    def place(self) -> Place:
        """Where the events lie among all that were read."""
        assert self._place is not None, "a date range needs the events around those that are seen"
        return self._place

    @cached_property
    def _session(self) -> Ints:
        """The session of each seen event, 0, 1, 2, … without holes."""
        return _dense(self.of_seen(self.sessions))

    @cached_property
    def _person(self) -> Ints:
        """The person of each seen event, 0, 1, 2, … without holes."""
        return _dense(self.of_seen(self.journeys.person_of_event()))

    def of_seen(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What events have, of the seen ones; where those are all, nothing is copied.

        Shapes: values bool[events], int64[events] or float64[events] -> the same of the seen ones.
        """
        return values if len(self.at) == len(values) else values[self.at]

    def _of_all(self, met: Bools) -> Bools:
        """What seen events meet, of all events: bool[events]."""
        if len(self.at) == self.journeys.events:
            return met
        found = np.zeros(self.journeys.events, bool)
        found[self.at] = met
        return found

    def units(self, level: int) -> Ints:
        """The session (1) or person (2) of each seen event; at level 0 each event is its own unit: int64[seen]."""
        return (np.arange(len(self.at)), self._session, self._person)[level]

    def of_events(self, known: npt.NDArray[Any], level: int) -> npt.NDArray[Any]:
        """What is known of units, for each seen event.

        Shapes: known bool[units] or int64[units] -> bool[seen] or int64[seen].
        """
        return known[self.units(level)] if level else known

    def events_of(self, segment: Segment) -> Bools:
        """All seen events of the units that meet the segment's condition: bool[events].

        Of a sequence those up to its last beginning or from its first end on, where the segment says so (G10).
        """
        level = LEVELS[segment.container]
        if segment.range is not None:
            return self._of_all(events_in_range(self, segment, level))
        if segment.include == "everyone":
            return self._of_all(self.of_events(self.meets(segment.where, level), level))
        sequences, events = self.sequences(segment.where, level), np.arange(len(self.at))
        if segment.include == "only_before":
            return self._of_all(events <= self.of_events(sequences.last_begin, level))
        return self._of_all(events >= self.of_events(sequences.first_end, level))

    def sequences(self, sequence: Spec, level: int) -> Found:
        """Where a sequence is met in the units of a level."""
        assert isinstance(sequence, Then)
        return Sequences(self, level).find(sequence)

    def meets(self, condition: Spec, level: int) -> Bools:
        """Which units of a level (0 event, 1 session, 2 person) meet a condition: bool[units]."""
        if isinstance(condition, MetricCondition):
            return self._metric(condition, level)
        if isinstance(condition, DimensionCondition):
            return self._values(condition, level)
        if isinstance(condition, AllOf | AnyOf):
            combine, parts = (np.logical_and, condition.all) if isinstance(condition, AllOf) else (np.logical_or, condition.any)
            return np.asarray(combine.reduce([self.meets(part, level) for part in parts]), bool)
        if isinstance(condition, Exclude):
            return ~self.meets(condition.exclude, level)
        if isinstance(condition, Then):
            return self.sequences(condition, level).met
        return self._nested(condition, level)

    def _nested(self, condition: Spec, level: int) -> Bools:
        """Which units hold some unit that meets the condition of a container, in its date range if it has one (G2, G6)."""
        if isinstance(condition, SegmentReference):
            condition = container_of(self.segments[condition.segment])
        assert isinstance(condition, ContainerCondition)
        inner = min(LEVELS[condition.container], level)
        if condition.range is None:
            return self._some(self.meets(condition.where, inner), inner, level)
        there = self.place.inside(condition.range)
        met = met_there(self, there, there.of_events(there.meets(condition.where, inner), inner), level)
        return met[run_starts(self.units(level))]

    def count(self, level: int) -> int:
        """How many units there are."""
        if level == 0 or len(self.at) == 0:
            return len(self.at)
        return int(self.units(level)[-1]) + 1

    def _some(self, met: Bools, inner: int, level: int) -> Bools:
        """Whether some inner unit of each unit is met."""
        if inner == level:
            return met
        found = np.zeros(self.count(level), bool)
        found[self.units(level)[self.of_events(met, inner)]] = True
        return found

    def _metric(self, condition: MetricCondition, level: int) -> Bools:
        return compared(self._amounts(condition.metric, level), condition)

    def _amounts(self, metric: str, level: int) -> npt.NDArray[np.float64]:
        if metric == "people" or (metric == "sessions" and level == 0):  # an event is of one person and one session
            return np.ones(self.count(level))
        if metric in SESSION_TYPES and level == 0:
            return self._of_type(metric).astype(float)
        own = self._own_amounts(metric)
        amounts = sums_per_code(self.units(level), own, self.count(level)) if level else own
        return amounts / 1000 if metric == "time_spent_seconds" else amounts  # whole ms so far: exact

    def _own_amounts(self, metric: str) -> npt.NDArray[np.float64]:
        """A metric of each seen event; a session counts at its first one."""
        if metric == "events":
            return np.ones(len(self.at))
        if metric == "sessions":
            return np.diff(self._session, prepend=-1).astype(float)
        if metric in SESSION_TYPES:
            return np.where(self._of_type(metric), np.diff(self._session, prepend=-1), 0).astype(float)
        if metric in SESSION_METRICS:
            return self.of_seen(session_amounts(metric, self.journeys.t, self.sessions, self._figures))
        return self.of_seen(self.journeys.amounts(metric))

    def _of_type(self, metric: str) -> Bools:
        """Which seen events are of a first-time or of a return session (S6)."""
        return np.asarray(self.of_seen(self.journeys.ids("session_type")) == SESSION_TYPES[metric], bool)

    def _values(self, condition: DimensionCondition, level: int) -> Bools:
        if condition.distinct is not None:
            return compared(self._distinct(condition.dimension, level), condition.distinct)
        return self._some(self._dimension(condition), 0, level)

    def _distinct(self, dimension: str, level: int) -> Ints:
        """How many distinct values each unit has: int64[units]; no value is none (G1)."""
        units = self.units(level) if level else np.arange(len(self.at))
        if self.journeys.is_list(f"d_{dimension}"):
            items = self.journeys.items(dimension)
            counts = np.diff(items.offsets)
            seen = np.repeat(self.seen, counts)
            ids, units = items.values[seen], np.repeat(units, counts[self.at])
        else:
            ids = self.of_seen(self.journeys.ids(dimension))
        set_ = ids != 0
        values, codes = coded(ids[set_])
        first = first_per_code(units[set_], codes, len(values))
        return np.bincount(units[set_][first], minlength=self.count(level))

    def _dimension(self, condition: DimensionCondition) -> Bools:
        twin = positive(condition)
        met = self._positive(twin, own=condition.model != "repeating")
        met = met if twin is condition else ~met
        return met & self.sets_another(condition.dimension) if condition.model == "non_repeating" else met

    def sets_another(self, dimension: str) -> Bools:
        """Seen events that set a value unlike the person's previous set one; the first set one does (G5): bool[seen]."""
        ids = self.of_seen(self.journeys.own_ids(dimension))
        set_ = np.flatnonzero(ids)
        found = np.zeros(len(ids), bool)
        if len(set_):
            values, person = ids[set_], self._person[set_]
            found[set_] = np.append(True, (values[1:] != values[:-1]) | (person[1:] != person[:-1]))
        return found

    def _positive(self, condition: DimensionCondition, *, own: bool) -> Bools:
        """Seen events that match by the values that they have, or by those that they set themselves (G5)."""
        name = condition.dimension
        here = self.journeys
        values = here.own_values(name) if own else here.items(name) if here.is_list(f"d_{name}") else here.ids(name)
        if isinstance(values, Items):
            if condition.exists is not None:  # not set: no item has a value
                some = self.of_seen(values.any_per_event(np.asarray(values.values != 0, bool)))
                return some if condition.exists else ~some
            return self.of_seen(values.any_per_event(ids_match(values.values, condition, self.text_ids)))
        return ids_match(self.of_seen(values), condition, self.text_ids)


def ids_match(ids: Ints, condition: DimensionCondition, text_ids: TextIds) -> Bools:
    """Which values meet a positive condition.

    Shapes: ids int64[n] -> bool[n].
    """
    if condition.exists is not None:
        return np.asarray(ids != 0 if condition.exists else ids == 0, bool)
    if condition in text_ids:
        return np.isin(ids, text_ids[condition])
    if condition.equals is not None:
        return np.asarray(ids == value_id(condition.equals), bool)
    if condition.equals_any_of is not None:
        return np.isin(ids, np.array([value_id(text) for text in condition.equals_any_of], np.int64))
    raise KeyError(f"no ids for {condition}")


def _dense(numbers: Ints) -> Ints:
    """Ascending numbers as 0, 1, 2, … without holes."""
    if len(numbers) == 0:
        return numbers
    return np.cumsum(np.append(0, numbers[1:] != numbers[:-1]))
