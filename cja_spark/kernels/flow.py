"""Flows: the steps of units, what anchored paths have in each column, and how often what follows what (rules W1-W3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded, first_per_code

OTHER, ENTRY, EXIT, METRIC = 1, 2, 3, 4  # reserved value ids (O2)
DENSE = 1 << 16  # so many pairs of nodes are counted without a hash table, or four per path
MOST_ROWS = 1 << 22  # pairs of values that are laid out at a time


@dataclass(frozen=True)
class Steps:
    """The steps of all units, in order, each with its values.

    Attributes:
        places: int64[steps], the event of each step, ascending.
        units: int64[steps], the unit of each, ascending.
        offsets: int64[steps + 1], where the values of each begin.
        codes: int32[values], numbers of the values.
        ids: int64[distinct], the value id of each number.
    """

    places: Ints
    units: Ints
    offsets: Ints
    codes: npt.NDArray[np.int32]
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
    return Steps(places, owners, np.arange(len(places) + 1), codes, ids)


def run_heads(owners: Ints, values: Ints) -> Bools:
    """Whether each value is another one than that before it of the same owner.

    Shapes: owners int64[n] ascending, values int64[n] -> bool[n].
    Source: W1.
    """
    heads = np.ones(len(owners), bool)
    heads[1:] = (owners[1:] != owners[:-1]) | (values[1:] != values[:-1])
    return heads


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
    return Steps(places, units[places], np.append(0, np.cumsum(counts[places])), codes[once], ids)


@dataclass(frozen=True)
class Anchored:
    """Paths through steps, in the order of their anchors.

    Attributes:
        steps: the steps.
        at: int64[paths], the event of each anchor.
        units: int64[paths], whose each path is, ascending.
        before: int64[paths], the last step before the anchor.
        after: int64[paths], the first step after it.
        own: int32[nodes], numbers that stand in column 0, one after the other.
        begins: int64[paths + 1], where those of each path begin.
    """

    steps: Steps
    at: Ints
    units: Ints
    before: Ints
    after: Ints
    own: npt.NDArray[np.int32]
    begins: Ints

    def reserved(self) -> Ints:
        """The numbers of entry, exit, the metric and *other*, behind those of values.

        Shapes: -> int64[4].
        """
        return len(self.steps.ids) + np.arange(4)

    def ids(self) -> Ints:
        """The value id of each number.

        Shapes: -> int64[distinct + 4].
        """
        return np.append(self.steps.ids, [ENTRY, EXIT, METRIC, OTHER])

    def numbers_shown(self, items: Iterable[Ints]) -> npt.NDArray[np.int32]:
        """The number that each number is counted as: itself where it is an item that is shown, or no value at all, else *other*.

        Args:
            items: per column the ids of the items that it shows.

        Shapes: int64[items] per column -> int32[columns, distinct + 4].
        """
        reserved = self.reserved().astype(np.int32)
        values = np.arange(len(self.steps.ids), dtype=np.int32)
        rows = [np.append(np.where(np.isin(self.steps.ids, some), values, reserved[3]), reserved) for some in items]
        return np.array(rows, np.int32)

    def single(self) -> bool:
        """Whether each anchor and each step has one value."""
        return len(self.own) == len(self.at) and len(self.steps.codes) == len(self.steps.places)

    def only(self, paths: Ints) -> Anchored:
        """Some of the paths, ascending."""
        counts = np.diff(self.begins)[paths]
        begins = np.append(0, np.cumsum(counts))
        own = self.own[np.arange(begins[-1]) + np.repeat(self.begins[paths] - begins[:-1], counts)]
        return Anchored(self.steps, self.at[paths], self.units[paths], self.before[paths], self.after[paths], own, begins)
