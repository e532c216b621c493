"""Paths: which sequences of values end in a conversion most often, and which least (rules B1-B5)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.counting import coded, first_per_code, places, sums_per_code, units_per_code
from cja_spark.kernels.paths import Ends, ends_of_sequences, opens_trial, path_names, steps_of
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.measures import DISTINCT
from cja_spark.reports.paths_ranked import CUT, MEMBERS, NOTHING, TOTAL, again, finish
from cja_spark.reports.spec import Report
from cja_spark.reports.table_rows import Codes, combined
from cja_spark.spec import AsTuple, Name
from cja_spark.view.condition import DimensionCondition, Text

LEADERS = 500  # paths per row of a list that a task names


class Paths(Report):
    """Which paths convert most often, and which least.

    Attributes:
        report: which sequences of values end in a conversion.
        dimension: the dimension whose values a path is made of.
        conversion: the metric that ends a trial when an event has some of it.
        container: whose events are cut into trials, each session's or each person's.
        max_len: how many values a path has at most.
        keep: whether the last values of a longer one are kept, or the first.
        include_last: whether the value of the converting event is a part of the path.
        repeats: `first` or `last` of values in a row that are equal, which is the same path; or `keep` all.
        exclude: values that are no part of a path.
        count: what rates and `min_support` are of; trials of one person depend on one another.
        min_support: a path of fewer is pooled in *other*.
        rows: how many of the best paths are shown, and how many of the worst.
    """

    report: Literal["paths"] = "paths"
    dimension: Name
    conversion: Name
    container: Literal["session", "person"] = "session"
    max_len: int = Field(default=5, ge=1, le=20)
    keep: Literal["last", "first"] = "last"
    include_last: bool = False
    repeats: Literal["first", "last", "keep"] = "first"
    exclude: Annotated[tuple[Text, ...], AsTuple] = ()
    count: Literal["trials", "persons"] = "trials"
    min_support: int = Field(default=30, ge=1)
    rows: int = Field(default=20, ge=1, le=1_000)

    @model_validator(mode="after")
    def _of_some_events(self) -> Self:
        if self.conversion in ("events", *DISTINCT):
            raise ValueError(f"conversion: '{self.conversion}' is of every event, or of all of a session; name a metric that some events have.")
        return self

    def metrics_used(self) -> tuple[str, ...]:
        """What a conversion is."""
        return (self.conversion,)

    def metrics_of_events(self) -> tuple[str, ...]:
        """An event converts."""
        return (self.conversion,)

    def dimensions_used(self) -> tuple[str, ...]:
        """What paths are made of."""
        return (self.dimension,)

    def single_valued(self) -> tuple[str, ...]:
        """A step of a path is one value."""
        return (self.dimension,)

    def conditions(self) -> tuple[DimensionCondition, ...]:
        """What is no part of a path."""
        if not self.exclude:
            return ()
        return (DimensionCondition(dimension=self.dimension, equals_any_of=self.exclude, model="instance"),)


def kernel(seen: Seen[Paths]) -> Cells:
    """Count trials, conversions and people per path, and name the values of each path once.

    Source: B1-B3.
    """
    cells, report = Cells(), seen.ask.report
    mask = seen.masked()
    if not mask.any():
        return cells
    at = places(mask)
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[at]
    units = np.asarray(seen.sessions, np.int64)[at] if report.container == "session" else people
    converts = seen.step(report.conversion)[at]
    opens = opens_trial(units, converts)
    trial, first = np.cumsum(opens) - 1, np.flatnonzero(opens)
    ends = np.append(first[1:], len(opens)) - 1
    values, paths = _paths(seen, at, trial, converts, len(first))
    names = path_names(values, paths)
    codes, once = _numbered(*names)
    keys = [name[once] for name in names]
    converted = converts[ends]
    amounts = seen.amounts(report.conversion)[at][ends[converted]]
    _add(cells, codes, keys, people[first], converted, amounts)
    named = _named(seen.ask, keys, np.bincount(codes, minlength=len(once)))
    _add_members(cells, [key[named] for key in keys], values, paths.only(once[named]))
    return cells


def _numbered(name: Ints, other: Ints) -> tuple[Codes, Ints]:
    """The number of each path by both of its names, and where each number is for the first time.

    Shapes: int64[trials], int64[trials] -> int32[trials], int64[paths].
    """
    keys, codes = coded(name)
    once = first_per_code(np.zeros(len(codes), np.int64), codes, len(keys))
    if np.array_equal(other[once][codes], other):
        return codes, once
    (keys, _), codes = combined((name, other))  # two paths share one name, which is as good as never
    return codes, first_per_code(np.zeros(len(codes), np.int64), codes, len(keys))


def _paths(seen: Seen[Paths], at: Ints | slice, trial: Ints, converts: Bools, trials: int) -> tuple[Ints, Ends]:
    """The values that paths are made of, and which of them each trial's path has.

    Shapes: at int64[events] or a slice of them, trial int64[events], converts bool[events] -> int64[values], ends of `trials` paths.
    Source: W1, B2: own values; excluded ones go before runs are collapsed.
    """
    report = seen.ask.report
    left_out = np.zeros(len(trial), bool) if report.include_last else converts
    for condition in report.conditions():
        left_out = left_out | seen.step(condition)[at]
    owners, values = steps_of(trial, seen.journeys.own_ids(report.dimension)[at], left_out, runs=report.repeats != "keep")
    return values, ends_of_sequences(owners, trials, report.max_len, last=report.keep == "last")


def _add(cells: Cells, codes: Codes, keys: list[Ints], people: Ints, converted: Bools, amounts: Floats) -> None:
    """Add the figures of each path, in the order of `FIGURES`, and those of all trials.

    Shapes: codes int32[trials], keys int64[paths] each, people int64[trials] ascending, converted bool[trials], amounts
        float64[converting trials].
    """
    size, at = len(keys[0]), np.flatnonzero(converted)
    some, buyers = codes[at], people[at]
    per_path = (
        np.bincount(codes, minlength=size), np.bincount(some, minlength=size), units_per_code(codes, people, size),
        units_per_code(some, buyers, size), sums_per_code(some, amounts, size),
    )  # fmt: skip
    of_all = (len(codes), len(some), _distinct(people), _distinct(buyers), np.nansum(amounts))
    for number, (counts, count) in enumerate(zip(per_path, of_all, strict=True)):
        cells.add(number, counts, *keys)
        cells.add(TOTAL + number, float(count))


def _distinct(people: Ints) -> int:
    """How many people there are.

    Shapes: people int64[n] ascending.
    """
    return int(np.count_nonzero(people[1:] != people[:-1])) + min(len(people), 1)


def _named(ask: Ask[Paths], keys: list[Ints], trials: Ints) -> Ints:
    """Which paths are named: those that are shown where that is known, else those of most trials here.

    Paths may be as many as persons, and a report shows a few dozen; the driver asks again for one that no task named.

    Shapes: keys int64[paths] each, trials int64[paths] -> int64[n] ascending.
    Source: L2.
    """
    if ask.items is not None:
        return np.flatnonzero(np.isin(keys[0], ask.items[0]))
    return np.sort(np.argsort(-trials, kind="stable")[: LEADERS * ask.report.rows])


def _add_members(cells: Cells, keys: list[Ints], values: Ints, paths: Ends) -> None:
    """Add the values of each path by their places, that it is cut, and that it has none."""
    for place in range(int(paths.taken.max(initial=0))):
        there = paths.taken > place
        cells.add(MEMBERS, np.ones(int(there.sum())), keys[0][there], keys[1][there], place, values[paths.first[there] + place])
    for place, there in ((CUT, paths.cut), (NOTHING, paths.taken == 0)):
        cells.add(MEMBERS, np.ones(int(there.sum())), keys[0][there], keys[1][there], place, 0)


REPORTS.register("paths")(Kind(Paths, kernel, finish, again=again))
