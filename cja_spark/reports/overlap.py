"""Overlap: how many persons or sessions are in which of several sets at once (rule V)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.fallout_steps import FalloutStep, Step
from cja_spark.reports.kind import REPORTS, Kind, Names
from cja_spark.reports.meets import meets
from cja_spark.reports.of_steps import OfSteps, require_names
from cja_spark.reports.set_masks import names_in, told, with_supersets
from cja_spark.spec import AsTuple

MOST_SETS = 8
UNITS, PEOPLE, ALL_PEOPLE = range(3)  # what cells count, the first two by the sets that a unit is in


class Overlap(OfSteps):
    """How many persons or sessions are in which of several sets at once.

    Attributes:
        report: who is in which sets.
        sets: metrics, segments or conditions; who has such an event is in the set.
        count: what is counted.
    """

    report: Literal["overlap"] = "overlap"
    sets: Annotated[tuple[FalloutStep, ...], AsTuple] = Field(min_length=1, max_length=MOST_SETS)
    count: Literal["people", "sessions"] = "people"

    @model_validator(mode="after")
    def _each_by_its_name(self) -> Self:
        require_names("sets", self.sets)
        return self

    def own_steps(self) -> tuple[Step, ...]:
        """What puts someone in each set."""
        return self.sets


def kernel(seen: Seen[Overlap]) -> Cells:
    """Count units by the sets that they are in, as bits of a number.

    Source: V.
    """
    cells, report = Cells(), seen.ask.report
    at = np.flatnonzero(seen.masked())
    if len(at) == 0:
        return cells
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[at]
    units = people if report.count == "people" else np.asarray(seen.sessions, np.int64)[at]
    sets = _sets_of_events(seen, report.sets)[at]
    order = slice(None) if np.all(units[1:] >= units[:-1]) else np.argsort(units, kind="stable")
    starts = run_starts(units[order])
    masks = np.bitwise_or.reduceat(sets[order], starts)
    size = 1 << len(report.sets)
    _add(cells, UNITS, np.bincount(masks, minlength=size))
    if report.count == "sessions":
        once = np.unique(people[order][starts] * size + masks)  # each combination once per person
        _add(cells, PEOPLE, np.bincount(once % size, minlength=size))
        cells.add(ALL_PEOPLE, len(np.unique(once // size)))
    return cells


def _sets_of_events(seen: Seen[Overlap], sets: tuple[Step, ...]) -> Ints:
    """The sets that each event puts its unit into, a bit each.

    Shapes: -> int64[events].
    """
    found = np.zeros(seen.journeys.events, np.int64)
    for number, one in enumerate(sets):
        found |= meets(seen, one).astype(np.int64) << number
    return found


def _add(cells: Cells, number: int, counts: Ints) -> None:
    filled = np.flatnonzero(counts)
    cells.add(number, counts[filled], filled)


def finish(sums: Sums, ask: Ask[Overlap], names: Names) -> pa.Table:
    """All units, each set in the order written, combinations that some are in, the largest first, then who is in none.

    Columns: row_kind string (total, set, overlap, none), in_sets string (null in total and none), set_mask bigint (a bit per set,
        the first one 1; null in the total), then doubles: the units that are in all of these sets (not additive), only_ those that
        are in no other besides (additive, null in the total), where sessions are counted only_people who have such a session
        (not additive; in the total all people), percent_of_total.
    """
    report = ask.report
    called, size = [one.name() for one in report.sets], 1 << len(report.sets)
    only = _by_mask(sums, UNITS, size)
    in_all = with_supersets(only, len(called))
    sets, several = told(in_all, len(called))
    masks = [*sets, *several, 0]
    units = [in_all[0], *in_all[masks[:-1]], only[0]]
    people = {"only_people": [sums.total(ALL_PEOPLE), *_by_mask(sums, PEOPLE, size)[masks]]} if report.count == "sessions" else {}
    figures = {report.count: units, f"only_{report.count}": [None, *only[masks]], **people}
    figures["percent_of_total"] = [count / in_all[0] if in_all[0] else None for count in units]
    return pa.table(
        {
            "row_kind": pa.array(["total", *["set"] * len(sets), *["overlap"] * len(several), "none"], pa.string()),
            "in_sets": pa.array([None, *(names_in(mask, called) for mask in masks)], pa.string()),
            "set_mask": pa.array([None, *masks], pa.int64()),
            **{name: pa.array(column, pa.float64()) for name, column in figures.items()},
        }
    )


def _by_mask(sums: Sums, number: int, size: int) -> Floats:
    counts = np.zeros(size)
    for (mask,), count in sums.by_key(number).items():
        counts[mask] = count
    return counts


REPORTS.register("overlap")(Kind(Overlap, kernel, finish))
