"""Derived fields that look at other events: journeys on which components have their values."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints, Items, Journeys, Window
from cja_spark.kernels.deduplication import repeated
from cja_spark.kernels.neighbours import all_distinct, common, depth, distinct, extreme, neighbour, summary
from cja_spark.kernels.persistence import known
from cja_spark.kernels.values import ValueMap
from cja_spark.reports.date_math import units_between
from cja_spark.reports.mapped import NO_MAPS, Maps, changed_by
from cja_spark.reports.number_chain import Outputs, named, run_numbers
from cja_spark.reports.scopes import scope_of
from cja_spark.view.components import CalculatedMetric, Dimension, Metric
from cja_spark.view.derived.chain import Chain
from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.derived.depth import Depth
from cja_spark.view.derived.held import END, OTHERS, AtReports
from cja_spark.view.derived.neighbours import NeighbourFunction
from cja_spark.view.derived.next_or_previous import NextOrPrevious
from cja_spark.view.derived.summarize import Summarize
from cja_spark.view.spec import View
from cja_spark.view.summary import SummaryMetric


def with_neighbours(
    journeys: Journeys, view: View, window: Window, sessions: Ints, names: tuple[str, ...], maps: Maps = NO_MAPS
) -> Journeys:
    """The same journeys, on which some dimensions and metrics have what other events say.

    Args:
        journeys: the events that a report reads.
        view: the data view.
        window: the report's time.
        sessions: the session of each event, int64[events] ascending.
        names: components whose derived field looks at other events; their columns hold what it looks at.
        maps: per dimension with functions of its texts or with value settings what its values become.

    Source: O10 (5): after deduplication, before persistence. Decision: what lies after the range is a scope of its own, so
        that nothing there changes what happened before.
    """
    if not names:
        return journeys
    how = tuple((name, _function(view, name), view.chain_of(_component(view, name))) for name in names)
    settings = tuple(maps.get(name) for name in names)
    written = repr((how, [_component(view, name) for name in names]))  # formulas and entries are mappings, which have no hash
    key = ("neighbours", written, settings, window.end, window.complete, window.person_from, view.session, view.time_zone)
    return journeys.remembered(key, lambda: _made(journeys, view, window, sessions, how, maps))


def _component(view: View, name: str) -> Dimension | Metric:
    found = view.dimensions.get(name) or view.metrics[name]
    assert not isinstance(found, CalculatedMetric | SummaryMetric)
    return found


def _function(view: View, name: str) -> AtReports:
    found = view.neighbour_of(_component(view, name))
    assert found is not None
    return found


def _made(
    journeys: Journeys, view: View, window: Window, sessions: Ints, how: tuple[tuple[str, AtReports, Chain], ...], maps: Maps
) -> Journeys:
    changed: dict[str, Ints | Floats | Items] = {}

    def outputs(name: str, function: AtReports, chain: Chain) -> Outputs:
        found: Outputs = {one: journeys.numbers(f"{letter}_{name}") for letter, one in zip(OTHERS, chain.others, strict=False)}
        if isinstance(function, DateMath):
            found[function.output] = units_between(journeys, name, function, window, sessions, view.time_zone)
        else:
            scope, exists = scope_of(journeys, window, sessions, function.scope)
            found[function.output] = _numbers(journeys, name, exists, scope, function)
        found[None] = run_numbers(chain.numbers, found, found[function.output])
        return found

    def ids(name: str, function: AtReports, chain: Chain) -> Ints | Items:
        if chain.words:
            return named(chain.words, outputs(name, function, chain))
        assert isinstance(function, NeighbourFunction)
        scope, exists = scope_of(journeys, window, sessions, function.scope)
        return _values(journeys, name, np.where(exists, journeys.ids(name), 0), scope, function)

    for name, function, chain in how:
        component = _component(view, name)
        if isinstance(component, Metric):
            changed[f"m_{name}"] = component.amounts(outputs(name, function, chain)[None])
        else:
            made = ids(name, function, chain)
            shown = maps.get(name)
            changed[f"d_{name}"] = changed_by(made, shown.of) if isinstance(shown, ValueMap) else made
    return journeys.with_columns(changed)


def _values(journeys: Journeys, name: str, own: Ints, scope: Ints, function: NeighbourFunction) -> Ints | Items:
    if isinstance(function, NextOrPrevious):
        return neighbour(own, scope, _steps(function), repeats=function.include_repeats)
    if isinstance(function, Deduplicate):
        return np.where(_repeated(journeys, own != 0, scope, function), 0, own)
    assert isinstance(function, Summarize)
    if function.how in ("earliest", "latest"):
        instants = journeys.columns[f"{END}_{name}"]
        assert not isinstance(instants, Items)
        return extreme(own, instants, scope, latest=function.how == "latest")
    if function.how == "distinct":
        return Items(*all_distinct(own, scope))
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


def _steps(function: NextOrPrevious) -> int:
    return function.index if function.direction == "next" else -function.index


def _repeated(journeys: Journeys, carried: Bools, scope: Ints, function: Deduplicate) -> Bools:
    ids = None if function.id is None else journeys.own_ids(function.id)
    return repeated(carried, scope, ids, last=function.keep == "last")
