"""Checkpoints of a sequence: where each is met, what lies between them, and which units have the sequence (G7-G10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from cja_spark.kernels.months import reach
from cja_spark.kernels.ranges import occurrences_in_range
from cja_spark.kernels.sequence import (
    NEVER,
    UNLIMITED,
    Distances,
    Occurrences,
    latest_beginnings,
    nearest_before,
    next_after,
    smallest_spans,
)
from cja_spark.spec import Spec
from cja_spark.view.condition import ContainerCondition, SegmentReference, container_of
from cja_spark.view.ranges import DateRange
from cja_spark.view.sequence import AllInGroup, Changes, Distance, Excluded, Gap, Lapse, LogicGroup, Then

if TYPE_CHECKING:
    from cja_spark.kernels.segments import Matcher

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Found(NamedTuple):
    """The sequences of each unit.

    Attributes:
        last_begin: position of the first event of the last occurrence, int64[units]; NEVER without one.
        first_end: position of the last event of the first occurrence, int64[units].
    """

    last_begin: Ints
    first_end: Ints

    @property
    def met(self) -> Bools:
        """Units that have the sequence: bool[units]."""
        return np.asarray(self.last_begin != NEVER, bool)


class Ways(NamedTuple):
    """The occurrences of a checkpoint and how they are reached.

    Attributes:
        ends: position of the last event of each, int64[occurrences] ascending.
        begins: the last beginning of a sequence up to it, NEVER where there is none.
    """

    ends: Ints
    begins: Ints


class Sequences:
    """Looks for a sequence within units of one level."""

    def __init__(self, matcher: Matcher, level: int) -> None:
        """Take what evaluates conditions, and the level of the units: 1 session, 2 person."""
        self.matcher = matcher
        self.level = level
        self.unit = matcher.units(level)

    def find(self, sequence: Then) -> Found:
        """Beginnings and ends of a sequence in each unit."""
        order = sequence.order()
        lanes = self._lanes(order.checkpoints[0])
        here = _ways([(lane.last, np.where(self._behind_one(lane, order.before), NEVER, lane.first)) for lane in lanes])
        for checkpoint, gap in zip(order.checkpoints[1:], order.gaps, strict=True):
            here = _ways([(lane.last, self._reached(here, lane, gap)) for lane in self._lanes(checkpoint)])
        until = self._until(here.ends, order.behind)
        return self._per_unit(here, (here.begins != NEVER) & (until == UNLIMITED))

    def _per_unit(self, ways: Ways, kept: Bools) -> Found:
        ends, begins = ways.ends[kept], ways.begins[kept]
        count = self.matcher.count(self.level)
        last_begin, first_end = np.full(count, NEVER), np.full(count, UNLIMITED)
        np.maximum.at(last_begin, self.unit[ends], begins)
        np.minimum.at(first_end, self.unit[ends], ends)
        return Found(last_begin, first_end)

    def _reached(self, here: Ways, following: Occurrences, gap: Gap) -> Ints:
        """For each occurrence the last beginning that reaches it, NEVER where none does."""
        after, within = (gap.between.after, gap.between.within) if gap.between else (None, None)
        return latest_beginnings(
            here.ends, here.begins, following, self.unit,
            after=self._distances(here.ends, following.first, after, 0),
            within=self._distances(here.ends, _measured(following, within), within, UNLIMITED),
            nearest=self._nearest(following, [one for one in gap.excluded if one.within is None]),
            until=self._until(here.ends, [one for one in gap.excluded if one.within is not None]),
        )  # fmt: skip

    def _nearest(self, here: Occurrences, excluded: Iterable[Excluded]) -> Ints:
        """Where the last excluded occurrence before each one begins, NEVER where there is none."""
        found = [nearest_before(lane, here.first) for one in excluded for lane in self._lanes(one.checkpoint)]
        return np.asarray(np.maximum.reduce([np.full(len(here.first), NEVER), *found]), np.int64)

    def _behind_one(self, here: Occurrences, excluded: Iterable[Excluded]) -> Bools:
        """Occurrences before which their unit has an excluded one."""
        begin = self._nearest(here, excluded)
        return np.asarray((begin != NEVER) & (self.unit[begin] == self.unit[here.first]), bool)

    def _until(self, ends: Ints, excluded: Iterable[Excluded]) -> Ints:
        """Where the first excluded occurrence after each end is over, UNLIMITED where its unit has none near enough."""
        found = [self._until_lane(ends, lane, one.within) for one in excluded for lane in self._lanes(one.checkpoint)]
        return np.asarray(np.minimum.reduce([np.full(len(ends), UNLIMITED), *found]), np.int64)

    def _until_lane(self, ends: Ints, others: Occurrences, within: Distance | None) -> Ints:
        until = np.full(len(ends), UNLIMITED)
        at = next_after(others, ends)
        some = np.flatnonzero(at < len(others.first))
        some = some[self.unit[others.first[at[some]]] == self.unit[ends[some]]]
        chosen = others.only(at[some])
        before, measured, most = self._distances(ends[some], _measured(chosen, within), within, UNLIMITED)
        near = measured - before <= most
        until[some[near]] = chosen.last[near]
        return until

    def _distances(self, ends: Ints, ahead: Ints, distance: Distance | None, unbound: int) -> Distances:
        if distance is None:
            return Distances(np.zeros(len(ends), np.int64), np.zeros(len(ahead), np.int64), unbound)
        counted = self._counted(distance)
        if isinstance(distance, Lapse):  # an instant later, so that months are as long as they are there
            return Distances(reach(counted[ends], distance.duration, self.matcher.zone), counted[ahead], 0)
        return Distances(counted[ends], counted[ahead], distance.count)

    def _counted(self, distance: Distance) -> Ints:
        """What a distance counts, for each seen event: ms, events, sessions, or changes of a dimension."""
        matcher = self.matcher
        if isinstance(distance, Lapse):
            return matcher.of_seen(matcher.journeys.t)
        if isinstance(distance, Changes):
            return np.cumsum(matcher.sets_another(distance.dimension))
        return np.arange(len(matcher.at)) if distance.of == "event" else matcher.units(1)

    def _lanes(self, checkpoint: Spec) -> list[Occurrences]:
        """Where a checkpoint is met; of a choice of conditions, each one's occurrences on their own."""
        if not isinstance(checkpoint, LogicGroup):
            return [self._occurrences(checkpoint)]
        each = [self._occurrences(part) for part in checkpoint.parts()]
        return [smallest_spans(each, self.unit)] if isinstance(checkpoint.logic_group, AllInGroup) else each

    def _occurrences(self, checkpoint: Spec) -> Occurrences:
        if isinstance(checkpoint, SegmentReference):
            checkpoint = container_of(self.matcher.segments[checkpoint.segment])
        if not isinstance(checkpoint, ContainerCondition):
            checkpoint = ContainerCondition.model_construct(container="event", where=checkpoint)  # type: ignore[arg-type]  # model_construct checks nothing: a checkpoint is one condition or several
        if checkpoint.range is not None:
            return self._in_range(checkpoint, checkpoint.range)
        if checkpoint.container == "session" and self.level:
            return self._sessions(self.matcher.meets(checkpoint.where, 1))
        at = np.flatnonzero(self.matcher.meets(checkpoint.where, 0))
        return Occurrences(at, at)

    def _in_range(self, checkpoint: ContainerCondition, range_: DateRange) -> Occurrences:
        there, level = self.matcher.place.inside(range_), 1 if checkpoint.container == "session" else 0
        events = there.of_events(there.meets(checkpoint.where, level), level)
        return occurrences_in_range(self.matcher, there, events, whole_sessions=level == 1)

    def _sessions(self, met: Bools) -> Occurrences:
        session = self.matcher.units(1)
        changes = np.flatnonzero(np.diff(session)) + 1
        ends = (np.append(0, changes), np.append(changes, len(session)) - 1)
        return Occurrences(*ends).only(met) if len(session) else Occurrences(session, session)


def _ways(lanes: list[tuple[Ints, Ints]]) -> Ways:
    """Occurrences of several lanes in the order of their ends."""
    if len(lanes) == 1:
        return Ways(*lanes[0])
    ends, begins = (np.concatenate(parts) for parts in zip(*lanes, strict=True))
    order = np.argsort(ends, kind="stable")
    return Ways(ends[order], begins[order])


def _measured(occurrences: Occurrences, within: Distance | None) -> Ints:
    """Up to where `within` is measured: to the end; of a dimension, whose changes are counted, to the start (G8)."""
    return occurrences.first if isinstance(within, Changes) else occurrences.last
