"""Derived fields that look at other events: journeys on which components have their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints, Items, Journeys, Window
from cja_spark.journeys.hashing import value_id
from cja_spark.kernels.deduplication import repeated
from cja_spark.kernels.neighbours import common, depth, distinct, extreme, neighbour, summary
from cja_spark.kernels.persistence import known
from cja_spark.reports.date_math import units_between
from cja_spark.reports.scopes import scope_of
from cja_spark.spec import Spec
from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.conditions import AllOf, AnyOf, Comparison, Exclude
from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.derived.depth import Depth
from cja_spark.view.derived.held import END, AtReports
from cja_spark.view.derived.neighbours import NeighbourFunction
from cja_spark.view.derived.next_or_previous import NextOrPrevious
from cja_spark.view.derived.summarize import Summarize
from cja_spark.view.spec import View


def with_neighbours(journeys: Journeys, view: View, window: Window, sessions: Ints, names: tuple[str, ...]) -> Journeys:
    """The same journeys, on which some dimensions and metrics have what other events say.

    Args:
        journeys: the events that a report reads.
        view: the data view.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        names: components whose derived field looks at other events; their columns hold what it looks at.

    Source: O10 (5): after deduplication, before persistence. Decision: what lies after the range is a scope of its own, so
        that nothing there changes what happened before.
    """
    if not names:
        return journeys
    how = tuple((name, _function(view, name)) for name in names)
    naming = tuple(repr(view.naming_of(view.dimensions[name])) for name in names if name in view.dimensions)
    key = ("neighbours", how, naming, window.end, window.complete, window.person_from, view.session, view.time_zone)
    return journeys.remembered(key, lambda: _made(journeys, view, window, sessions, how))


def _function(view: View, name: str) -> AtReports:
    found = view.neighbour_of(view.dimensions.get(name) or view.metrics[name])
    assert found is not None
    return found


def _made(
    journeys: Journeys, view: View, window: Window, sessions: Ints, how: tuple[tuple[str, AtReports], ...]
) -> Journeys:
    changed: dict[str, Ints | Floats] = {}

    def numbers(name: str, function: AtReports) -> Floats:
        if isinstance(function, DateMath):
            return units_between(journeys, name, function, window, sessions, view.time_zone)
        scope, exists = scope_of(journeys, window, sessions, function.scope)
        return _numbers(journeys, name, exists, scope, function)

    for name, function in how:
        if name in view.dimensions and (naming := view.naming_of(view.dimensions[name])):
            changed[f"d_{name}"] = named(numbers(name, function), naming)
        elif name in view.dimensions:
            assert isinstance(function, NeighbourFunction)
            scope, exists = scope_of(journeys, window, sessions, function.scope)
            changed[f"d_{name}"] = _values(journeys, name, np.where(exists, journeys.ids(name), 0), scope, function)
        else:
            changed[f"m_{name}"] = numbers(name, function)
    return journeys.with_columns(changed)


def _values(journeys: Journeys, name: str, own: Ints, scope: Ints, function: NeighbourFunction) -> Ints:
    if isinstance(function, NextOrPrevious):
        return neighbour(own, scope, _steps(function), repeats=function.include_repeats)
    if isinstance(function, Deduplicate):
        return np.where(_repeated(journeys, own != 0, scope, function), 0, own)
    assert isinstance(function, Summarize)
    if function.how in ("earliest", "latest"):
        instants = journeys.columns[f"{END}_{name}"]
        assert not isinstance(instants, Items)
        return extreme(own, instants, scope, latest=function.how == "latest")
    if function.how in ("first", "last"):
        return known(own, scope, own != 0, last=function.how == "last")
    return common(own, scope, least=function.how == "least_common")


def _numbers(journeys: Journeys, name: str, exists: Bools, scope: Ints, function: NeighbourFunction) -> Floats:
    if function.reads() == "text":
        values = np.where(exists, journeys.ids(name), 0)
        return depth(values, scope) if isinstance(function, Depth) else distinct(values, scope)
    own = np.where(exists, journeys.amounts(name), np.nan)
    if isinstance(function, Summarize):
        return summary(function.how, own, scope)
    if isinstance(function, Deduplicate):
        return np.where(_repeated(journeys, ~np.isnan(own) & (own != 0), scope, function), np.nan, own)
    assert isinstance(function, NextOrPrevious)
    amounts, codes = np.unique(own, return_inverse=True)  # NaN is the last one
    there = neighbour(np.where(np.isnan(own), 0, codes + 1), scope, _steps(function), repeats=function.include_repeats)
    return np.append(np.nan, amounts)[there]


def named(numbers: Floats, naming: CaseWhen) -> Ints:
    """Ids of the words that a case when has for numbers; 0 where no case holds.

    Shapes: numbers float64[events], NaN for none -> int64[events].
    """
    otherwise = value_id(str(naming.otherwise.value)) if naming.otherwise else 0
    held = [_holds(case.when, numbers) for case in naming.cases]
    return np.select(held, [np.int64(value_id(str(case.value.value))) for case in naming.cases], np.int64(otherwise))


def _holds(test: Spec, numbers: Floats) -> Bools:
    if isinstance(test, AllOf):
        return np.asarray(np.all([_holds(part, numbers) for part in test.all], axis=0), bool)
    if isinstance(test, AnyOf):
        return np.asarray(np.any([_holds(part, numbers) for part in test.any], axis=0), bool)
    if isinstance(test, Exclude):
        return ~_holds(test.exclude, numbers)
    assert isinstance(test, Comparison)
    return np.asarray(np.all([_COMPARED[name](numbers, getattr(test, name)) for name in test.asked()], axis=0), bool)


_COMPARED: Mapping[str, Callable[[Floats, Any], Bools]] = {
    "equals": np.equal, "does_not_equal": np.not_equal, "at_least": np.greater_equal, "at_most": np.less_equal,
    "more_than": np.greater, "less_than": np.less, "exists": lambda numbers, asked: np.isnan(numbers) != asked,
}  # fmt: skip


def _steps(function: NextOrPrevious) -> int:
    return function.index if function.direction == "next" else -function.index


def _repeated(journeys: Journeys, carried: Bools, scope: Ints, function: Deduplicate) -> Bools:
    ids = None if function.id is None else journeys.own_ids(function.id)
    return repeated(carried, scope, ids, last=function.keep == "last")
