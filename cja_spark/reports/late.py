"""The functions of a derived field that a report runs, event by event: those that look at other events, and of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Floats, Ints, Items, Journeys, Window
from cja_spark.kernels.deduplication import repeated
from cja_spark.kernels.neighbours import all_distinct, common, depth, distinct, extreme, neighbour, summary
from cja_spark.kernels.persistence import known
from cja_spark.reports.date_math import units_between
from cja_spark.reports.number_chain import named, numbers_of
from cja_spark.reports.scopes import scope_of
from cja_spark.view.derived.chain import Chain
from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.derived.depth import Depth
from cja_spark.view.derived.function import Function, Hold
from cja_spark.view.derived.held import last_of
from cja_spark.view.derived.input import Input
from cja_spark.view.derived.kinds import As, needs
from cja_spark.view.derived.neighbours import NeighbourFunction
from cja_spark.view.derived.next_or_previous import NextOrPrevious
from cja_spark.view.derived.summarize import NUMBERS, Summarize

Column = npt.NDArray[Any]


class Late:
    """What the functions of one component give; each is run once for texts, for numbers and for instants that are asked of it."""

    def __init__(
        self, journeys: Journeys, chain: Chain, held: Iterable[tuple[str, Hold]], window: Window, sessions: Ints, zone: str
    ) -> None:
        """Take the events that a report reads, whose columns hold what the functions take of events.

        Args:
            journeys: the events.
            chain: the functions.
            held: what the component's columns hold.
            window: the report's time.
            sessions: the session of each event, int64[events] ascending.
            zone: the view's time zone.
        """
        self.journeys, self.chain, self.window, self.sessions, self.zone = journeys, chain, window, sessions, zone
        self.held = {hold: column for column, hold in held}
        self.outputs = {one.output: one for one in chain.made if one.output}
        self.made: dict[tuple[str | None, As], Column | Items] = {}

    def amounts(self) -> Floats:
        """The numbers of a metric: float64[events], NaN where there is none."""
        return self._column_of(*last_of(self.chain, metric=True))

    def values(self) -> Ints | Items:
        """The ids of a dimension, before functions of texts: int64[events], 0 where there is none; or several of an event."""
        if self.chain.words:
            return named(self.chain.words, self._number)
        return self._run(*last_of(self.chain, metric=False))

    def _column_of(self, function: Function, kind: As) -> Column:
        found = self._run(function, kind)
        assert not isinstance(found, Items), "several values of an event are the last ones"
        return found

    def _taken(self, one: Input, kind: As, *, looking: bool = True) -> Column:
        """What an input gives: of events, of an earlier function, or itself."""
        if one.value is not None:
            return np.full(self.journeys.events, float(one.value))
        if one.output is None or one.output not in self.outputs:
            return self._of_events(Hold(one, kind if looking else "amount"))
        if (one.output, kind) not in self.made:
            self.made[one.output, kind] = self._run(self.outputs[one.output], kind)
        found = self.made[one.output, kind]
        assert not isinstance(found, Items), "several values of an event are the last ones"
        return found

    def _of_events(self, hold: Hold) -> Column:
        """A stored column; numbers of a field that is set and none are none."""
        name = self.held[hold]
        if name.startswith("m_"):
            return self.journeys.amounts(name[2:])
        found = self.journeys.columns[name]
        assert not isinstance(found, Items), f"{name} has one value per event"
        return found

    def _number(self, one: Input) -> Floats:
        return self._taken(one, "number", looking=False)

    def _run(self, function: Function, kind: As) -> Column | Items:
        """What a function gives as ids, numbers or instants."""
        if isinstance(function, DateMath):
            return units_between(self.journeys, function, lambda one: self._taken(one, "instant"), self.window, self.sessions, self.zone)
        if not isinstance(function, NeighbourFunction):
            return numbers_of(function, self._number, self.journeys.events)
        scope, exists = scope_of(self.journeys, self.window, self.sessions, function.scope)
        own, *instants = (self._taken(one, wanted) for one, wanted in needs(function, kind, self.chain.made))
        own = np.where(exists, own, 0 if own.dtype == np.int64 else np.nan)
        if isinstance(function, Summarize) and function.how in NUMBERS:
            return summary(function.how, own, scope)
        if isinstance(function, Deduplicate):
            return self._deduplicated(function, own, scope)
        if own.dtype == np.int64:
            return _of_ids(function, own, scope, instants)
        amounts, codes = np.unique(own, return_inverse=True)  # NaN is the last one
        found = _of_ids(function, np.where(np.isnan(own), 0, codes + 1), scope, instants)
        assert not isinstance(found, Items), "several values of an event are texts"
        return found if found.dtype == np.float64 else np.append(np.nan, amounts)[found]

    def _deduplicated(self, function: Deduplicate, own: Column, scope: Ints) -> Column:
        text = own.dtype == np.int64
        carried: Bools = (own != 0) if text else ~np.isnan(own) & (own != 0)
        ids = None if function.id is None else self.journeys.own_ids(function.id)
        return np.where(repeated(carried, scope, ids, last=function.keep == "last"), 0 if text else np.nan, own)


def _of_ids(function: NeighbourFunction, own: Ints, scope: Ints, instants: list[Floats]) -> Column | Items:
    """What a function gives of ids, or of numbers that are counted from 1: one of them, or a number."""
    if isinstance(function, Depth):
        return depth(own, scope)
    if isinstance(function, NextOrPrevious):
        steps = function.index if function.direction == "next" else -function.index
        return neighbour(own, scope, steps, repeats=function.include_repeats)
    assert isinstance(function, Summarize)
    return _summarized(function, own, scope, instants)


def _summarized(function: Summarize, own: Ints, scope: Ints, instants: list[Floats]) -> Column | Items:
    if function.how == "count_distinct":
        return distinct(own, scope)
    if function.how == "distinct":
        return Items(*all_distinct(own, scope))
    if function.how in ("earliest", "latest"):
        return extreme(own, instants[0], scope, latest=function.how == "latest")
    if function.how in ("first", "last"):
        return known(own, scope, own != 0, last=function.how == "last")
    return common(own, scope, least=function.how == "least_common")
