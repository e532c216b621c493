"""Flows: the steps of units, what anchored paths have in each column, and how often what follows what (rules W1-W3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded, first_per_code, units_per_code
from cja_spark.kernels.paths import run_heads
from cja_spark.kernels.sessions import run_starts

ENTRY, EXIT, METRIC = 2, 3, 4  # reserved value ids (O2)
DENSE = 1 << 16  # so many pairs of nodes are counted without a hash table, or four per path
MOST_ROWS = 1 << 22  # pairs of values that are laid out at a time


@dataclass(frozen=True)
class Steps:
    """The steps of all units, in order, each with its values.

    Attributes:
        places: int64[steps], the event of each step, ascending.
        units: int64[steps], the unit of each, ascending.
        offsets: int64[steps + 1], where the values of each begin.
        codes: int64[values], numbers of the values.
        ids: int64[distinct], the value id of each number.
    """

    places: Ints
    units: Ints
    offsets: Ints
    codes: Ints
    ids: Ints


def single_steps(units: Ints, values: Ints, part: Bools, repeats: str) -> Steps:
    """Steps of one value each: events whose value is a part; a run of equal ones is one, at its first or last event.

    Shapes: units int64[events] ascending, values int64[events], part bool[events].
    Source: W1.
    """
    places = np.flatnonzero(part)
    owners, kept = units[places], values[places]
    if repeats != "keep" and len(places):
        heads = run_heads(owners, kept)
        chosen = np.flatnonzero(heads if repeats == "first" else np.append(heads[1:], True))
        places, owners, kept = places[chosen], owners[chosen], kept[chosen]
    ids, codes = coded(kept)
    return Steps(places, owners, np.arange(len(places) + 1), codes.astype(np.int64), ids)


def several_steps(units: Ints, offsets: Ints, values: Ints, part: Bools) -> Steps:
    """Steps of several values: events with a value that is a part; the same value twice on an event is one.

    Shapes: units int64[events] ascending, offsets int64[events + 1], values int64[values], part bool[values].
    Source: W1.
    """
    kept = np.flatnonzero(part)
    owners = np.repeat(np.arange(len(units)), np.diff(offsets))[kept]
    ids, codes = coded(values[kept])
    once = first_per_code(owners, codes, len(ids))
    counts = np.bincount(owners[once], minlength=len(units))
    places = np.flatnonzero(counts)
    return Steps(places, units[places], np.append(0, np.cumsum(counts[places])), codes[once].astype(np.int64), ids)


class Standing(NamedTuple):
    """What each path has in a column: some of the numbers in a row of them.

    Attributes:
        first: int64[paths], where they begin.
        size: int64[paths], how many there are, at least one.
    """

    first: Ints
    size: Ints


@dataclass(frozen=True)
class Anchored:
    """Paths through steps, in the order of their anchors.

    Attributes:
        steps: the steps.
        at: int64[paths], the event of each anchor.
        units: int64[paths], whose each path is, ascending.
        before: int64[paths], the last step before the anchor.
        after: int64[paths], the first step after it.
        own: numbers that stand in column 0, one after the other.
        counts: int64[paths], how many of them each path has.
    """

    steps: Steps
    at: Ints
    units: Ints
    before: Ints
    after: Ints
    own: Ints
    counts: Ints

    def numbers(self) -> Ints:
        """All numbers that stand in columns: those of steps, of anchors, then those of entry and exit.

        Shapes: -> int64[values + nodes of anchors + 2].
        """
        return np.concatenate([self.steps.codes, self.own, self.reserved()[:2]])

    def reserved(self) -> Ints:
        """The numbers of entry, exit and the metric, behind those of values.

        Shapes: -> int64[3].
        """
        return len(self.steps.ids) + np.arange(3)

    def ids(self) -> Ints:
        """The value id of each number.

        Shapes: -> int64[distinct + 3].
        """
        return np.append(self.steps.ids, [ENTRY, EXIT, METRIC])

    def only(self, paths: Ints) -> Anchored:
        """Some of the paths, ascending."""
        begins = np.cumsum(self.counts) - self.counts
        counts = self.counts[paths]
        own = self.own[_ranges(begins[paths], counts)]
        return Anchored(self.steps, self.at[paths], self.units[paths], self.before[paths], self.after[paths], own, counts)

    def columns(self, columns: Iterable[int]) -> Iterator[tuple[int, Standing]]:
        """What the paths have in each of some columns; who is through stays at the exit, and at the entry before it.

        Source: W3.
        """
        size, values = len(self.steps.places), len(self.steps.codes)
        start, end = (np.searchsorted(self.steps.units, self.units, side=side) for side in ("left", "right"))
        widths = np.append(np.diff(self.steps.offsets), 1)
        for column in columns:
            if column == 0:
                yield column, Standing(values + np.cumsum(self.counts) - self.counts, self.counts)
                continue
            step = self.after + column - 1 if column > 0 else self.before + column + 1
            there = step < end if column > 0 else step >= start
            step = np.where(there, step, size)
            ends = values + len(self.own) + (1 if column > 0 else 0)
            yield column, Standing(np.where(there, self.steps.offsets[step], ends), np.where(there, widths[step], 1))


def _ranges(first: Ints, counts: Ints) -> Ints:
    """first, first + 1, … so many of each."""
    numbers: Ints = np.arange(int(counts.sum())) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    return numbers


def nodes_of(paths: Anchored, column: Standing, numbers: Ints) -> tuple[Ints, Ints]:
    """The path and the number of each node of a column.

    Shapes: numbers int64[n] -> int64[nodes], int64[nodes].
    """
    if len(column.size) == int(column.size.sum()):
        return np.arange(len(paths.at)), numbers[column.first]
    return np.repeat(np.arange(len(paths.at)), column.size), numbers[_ranges(column.first, column.size)]


def links_of(people: Ints, left: Standing, right: Standing, numbers: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The path and both numbers of each link between two columns: every value with every other; whole persons at a time.

    Shapes: people int64[paths] ascending, numbers int64[n] -> int64[links] each.
    Source: W1.
    """
    each = left.size * right.size
    if len(each) == int(each.sum()):
        yield np.arange(len(each)), numbers[left.first], numbers[right.first]
        return
    starts = run_starts(people)
    group = (np.cumsum(each) - each)[starts] // MOST_ROWS
    cuts = np.append(starts[run_starts(group)], len(each))
    for low, high in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        path = np.repeat(np.arange(low, high), each[low:high])
        nth = _ranges(np.zeros(high - low, np.int64), each[low:high])
        width = right.size[path]
        yield path, numbers[left.first[path] + nth // width], numbers[right.first[path] + nth % width]


def counted(keys: Ints, size: int, *units: Ints) -> tuple[Ints, list[Ints]]:
    """The keys that are there, how often each is, and how many distinct units of each kind it has.

    Shapes: keys int64[n] in 0..size-1, units int64[n] ascending each -> int64[distinct], int64[distinct] each.
    """
    there, codes = (np.arange(size), keys.astype(np.int32)) if size <= max(DENSE, 4 * len(keys)) else coded(keys)
    counts = np.bincount(codes, minlength=len(there))
    some = np.flatnonzero(counts)
    return there[some], [counts[some], *(units_per_code(codes, one, len(there))[some] for one in units)]
