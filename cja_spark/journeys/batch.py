"""Class Journeys: whole persons with their events as arrays, the one thing that kernels see."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from cja_spark.kernels.kept import kept_places
from cja_spark.kernels.months import FOREVER, after_months
from cja_spark.kernels.sessions import session_numbers
from cja_spark.span import Months

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class Items:
    """Values below events: event e owns values[offsets[e]:offsets[e + 1]].

    Attributes:
        offsets: int64[events + 1].
        values: int64[items] (ids) or float64[items] (numbers, NaN where not set).
        levels: of an array inside an array, the offsets of each array, outermost first: int64[events + 1], then
            int64[outer items + 1]; the last one's items are the values. None for one array: `offsets` says all.
    """

    offsets: Ints
    values: npt.NDArray[Any]
    levels: tuple[Ints, ...] = ()

    @classmethod
    def nested(cls, levels: tuple[Ints, ...], values: npt.NDArray[Any]) -> Items:
        """Items from the offsets of each array, outermost first."""
        return cls(_composed(levels), values, levels if len(levels) > 1 else ())

    def chain(self) -> tuple[Ints, ...]:
        """Offsets of each array, outermost first."""
        return self.levels or (self.offsets,)

    def any_per_event(self, matches: Bools) -> Bools:
        """Whether some item of an event matches."""
        counted = np.append(0, np.cumsum(matches))
        return counted[self.offsets[1:]] > counted[self.offsets[:-1]]

    def summed(self, depth: int) -> Floats:
        """Numbers summed up to the items of the `depth`-th array, 0 for events; NaN where none is set."""
        below = self.chain()[depth:]
        return _sums(self.values, _composed(below)) if below else self.values

    def kept(self, events: Bools) -> Items:
        """The items of some events."""
        levels = []
        mask = events
        for offsets in self.chain():
            lengths = np.diff(offsets)
            levels.append(np.append(0, np.cumsum(lengths[mask])))
            mask = np.repeat(mask, lengths)
        return Items.nested(tuple(levels), self.values[mask])


def _composed(levels: tuple[Ints, ...]) -> Ints:
    """Offsets from the first level's owners straight to the last level's items."""
    offsets = levels[0]
    for deeper in levels[1:]:
        offsets = deeper[offsets]
    return offsets


def _sums(values: Floats, offsets: Ints) -> Floats:
    """Sum per owner, each on its own so that it does not carry another's rounding; NaN where nothing is set."""
    found = np.full(len(offsets) - 1, np.nan)
    some = np.flatnonzero(np.diff(offsets))
    if len(some):
        set_ = ~np.isnan(values)
        sums = np.add.reduceat(np.where(set_, values, 0.0), offsets[some])
        found[some] = np.where(np.logical_or.reduceat(set_, offsets[some]), sums, np.nan)
    return found


@dataclass(frozen=True)
class Window:
    """A report's time, in ms UTC (rule O7).

    Attributes:
        read_from: events before it do not exist for the report.
        start: first instant of the range.
        end: first instant after the range.
        until: first instant after the tail; `end` when the report has none.
        complete: the instant up to which the connection is complete.
        person_from: where the state of a person begins: values set before do not persist.
    """

    read_from: int
    start: int
    end: int
    until: int
    complete: int
    person_from: int


class Journeys:
    """One batch of whole persons; what a component defines is computed once and remembered under its spec."""

    def __init__(
        self,
        offsets: Ints,
        t: Ints,
        columns: Mapping[str, npt.NDArray[Any] | Items],
        people: Mapping[str, Ints] | None = None,
        person_ids: npt.NDArray[Any] | None = None,
    ) -> None:
        """Take arrays of whole persons.

        Args:
            offsets: int64[persons + 1]; person p owns events offsets[p]:offsets[p + 1].
            t: int64[events], ms UTC, in the total order within each person.
            columns: per stored column (`d_page`, `m_orders`) an array [events] or Items.
            people: per person-level column (`p_tier`) an array [persons].
            person_ids: the persons' ids or keys [persons].
        """
        self.offsets = offsets
        self.t = t
        self.columns = columns
        self.people = people or {}
        self.person_ids = person_ids
        self._known: dict[Hashable, Any] = {}

    def remembered(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value under `key`, made on first use."""
        if key not in self._known:
            self._known[key] = make()
        found: V = self._known[key]
        return found

    @property
    def events(self) -> int:
        """Number of events."""
        return len(self.t)

    @property
    def persons(self) -> int:
        """Number of persons, also those without an event."""
        return len(self.offsets) - 1

    def person_of_event(self) -> Ints:
        """Index of each event's person: int64[events]."""
        return self.remembered(
            "person_of_event", lambda: np.repeat(np.arange(self.persons, dtype=np.int64), np.diff(self.offsets))
        )

    def is_list(self, name: str) -> bool:
        """Whether a column has the grain of an array of objects."""
        return isinstance(self.columns.get(name), Items)

    def ids(self, dimension: str) -> Ints:
        """Value ids of an event-grain or person-level dimension: int64[events], 0 = not set."""
        if f"p_{dimension}" in self.people:
            return self.remembered(("ids", dimension), lambda: self.people[f"p_{dimension}"][self.person_of_event()])
        column = self.columns[f"d_{dimension}"]
        assert not isinstance(column, Items), f"{dimension} has values below events; use items()"
        return column

    def own_ids(self, dimension: str) -> Ints:
        """Value ids that events set themselves, also of a dimension with persistence: int64[events], 0 = not set."""
        own = self.own_values(dimension)
        assert not isinstance(own, Items), f"{dimension} has values below events"
        return own

    def own_values(self, dimension: str) -> Ints | Items:
        """The same, also of a dimension with values below events."""
        own = self.columns.get(f"o_{dimension}", self.columns.get(f"d_{dimension}"))
        return self.ids(dimension) if own is None else own

    def items(self, dimension: str) -> Items:
        """Value ids of an item-grain dimension."""
        column = self.columns[f"d_{dimension}"]
        assert isinstance(column, Items), f"{dimension} has one value per event; use ids()"
        return column

    def numbers(self, column: str) -> Floats:
        """A column of one number per event: float64[events]."""
        found = self.columns[column]
        assert not isinstance(found, Items)
        return found

    def amounts(self, metric: str) -> Floats:
        """A metric per event: float64[events], NaN where not set; items of an array are summed."""
        column = self.columns[f"m_{metric}"]
        if not isinstance(column, Items):
            return column
        return self.remembered(("amounts", metric), lambda: column.summed(0))

    def item_amounts(self, metric: str) -> Items:
        """A metric below events, as it is stored."""
        column = self.columns[f"m_{metric}"]
        assert isinstance(column, Items), f"{metric} has one number per event; use amounts()"
        return column

    def carries(self, metric: str) -> Bools:
        """Events whose value of a metric is neither null nor 0 (O9): bool[events]."""

        def make() -> Bools:
            amounts = self.amounts(metric)
            return np.asarray((amounts != 0) & ~np.isnan(amounts), bool)

        return self.remembered(("carries", metric), make)

    def sessions(self, timeout: int | Months, starts_with: tuple[str, ...] = (), zone: str = "UTC") -> Ints:
        """Session number of each event, counted through the batch: int64[events] (rules S1, S2).

        Args:
            timeout: ms, or months on the clock of a zone.
            starts_with: metrics whose events begin a session.
            zone: the IANA time zone.
        """

        def make() -> Ints:
            opens, most = np.zeros(self.events, bool), timeout
            if isinstance(most, Months):
                opens, most = after_months(self.t, most.count, zone), FOREVER
            for metric in starts_with:
                opens |= self.carries(metric)
            return session_numbers(self.t, self.offsets, most, opens)

        return self.remembered(("sessions", timeout, starts_with, zone), make)

    def with_columns(
        self, columns: Mapping[str, npt.NDArray[Any] | Items], people: Mapping[str, Ints] | None = None
    ) -> Journeys:
        """The same events with some columns more, or others in their place; nothing is remembered of them yet."""
        own = {**self.people, **(people or {})}
        return Journeys(self.offsets, self.t, {**self.columns, **columns}, own, self.person_ids)

    def between(self, first: int, last: int) -> Journeys:
        """The same persons with only their events of first <= t < last; itself when that is all of them."""
        return self.remembered(("between", first, last), lambda: self._between(first, last))

    def _between(self, first: int, last: int) -> Journeys:
        kept = (self.t >= first) & (self.t < last)
        return self if kept.all() else self.only(kept)

    def only(self, kept: Bools) -> Journeys:
        """The same persons with only some of their events: kept bool[events]."""
        offsets, places = kept_places(self.offsets, kept)
        columns = {
            name: column.kept(kept) if isinstance(column, Items) else column[places] for name, column in self.columns.items()
        }
        return Journeys(offsets, self.t[places], columns, self.people, self.person_ids)
