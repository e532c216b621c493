"""Indicators after the tasks: ratios with their bounds, behaviours ranked, the rest as one row (rule N)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.indicators import OF_PEOPLE, SIZE, ratios
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Behind, Names
from cja_spark.reports.row_segments import row_text

if TYPE_CHECKING:
    from cja_spark.reports.indicators import Indicators

UNITS, PEOPLE = 0, 2  # measures by behaviour: units without the outcome and with it, by stratum; people, as the kernel has them
TOTAL, TOTAL_PEOPLE, LEFT_OUT = 100, 102, 105  # units by stratum; people: all, with the outcome, without; units and people left out
DECIMALS = 9  # that ranks are told apart by
LISTS = ("leads_to", "protects", "undefined")
FIGURES = (
    "indicator_count", "people", "counted_units", "outcome_units", "outcome_rate", "unexposed_units", "unexposed_outcomes", "unexposed_rate",
    "crude_ratio", "adjusted_ratio", "ratio_lower", "ratio_upper",
)  # fmt: skip
EXPOSED = ("people", "people with outcome", "people without outcome")
UNEXPOSED = ("unexposed people", "unexposed people with outcome", "unexposed people without outcome")
Columns = Mapping[str, Floats]
Part = tuple[str, list[str | None], Columns]  # rows of a kind: their behaviours, their figures


def finish(sums: Sums, ask: Ask[Indicators], names: Names) -> pa.Table:
    """The total, behaviours by rank in three lists, the rest as *other*, then the units without a window.

    Columns: row_kind string (total, leads_to, protects, undefined, other, left_out), indicator string (a value or a segment, null in
        the other rows), then doubles: indicator_count (additive), people (not additive, null in other), counted_units and
        outcome_units (of units with the behaviour; a unit counts for each of its behaviours, also in other), outcome_rate,
        unexposed_units, unexposed_outcomes and unexposed_rate (of the other units), crude_ratio, adjusted_ratio and its bounds
        (null where undefined). Of the total there are no unexposed units and no ratios; other and left_out only count.
    """
    parts = _parts(sums, ask, names)
    return pa.table(
        {
            "row_kind": pa.array([kind for kind, texts, _ in parts for _ in texts], pa.string()),
            "indicator": pa.array([text for _, texts, _ in parts for text in texts], pa.string()),
            **{name: pa.array(_column(parts, name), pa.float64(), from_pandas=True) for name in FIGURES},
        }
    )


def behind(sums: Sums, ask: Ask[Indicators], names: Names) -> Behind:
    """How many people have a unit of each kind, row by row: with the behaviour and without, with the outcome and without.

    Of *other*, where one person may have several behaviours, it is the most of one, so no more than there are.
    """
    parts: list[Part] = [(kind, texts, {**own, "people": own.get("most people", own["people"])}) for kind, texts, own in _parts(sums, ask, names)]
    return {name: tuple(None if np.isnan(one) else one for one in _column(parts, name).tolist()) for name in (*EXPOSED, *UNEXPOSED)}


def _column(parts: list[Part], name: str) -> Floats:
    """A column of all parts; NaN where a part does not have it."""
    return np.concatenate([part.get(name, np.full(len(texts), np.nan)) for _, texts, part in parts])


class _Counted(NamedTuple):
    """What is counted.

    Attributes:
        keys: the key of each behaviour, int64[n].
        units: exposed units without the outcome and with it, float64[n, strata, 2].
        people: people of each, as the kernel has them, float64[n, 6].
        total: all units, float64[strata, 2].
        total_people: people: all, with the outcome, without, float64[3].
    """

    keys: Ints
    units: Floats
    people: Floats
    total: Floats
    total_people: Floats


def _counted(sums: Sums) -> _Counted:
    by_outcome = [sums.measure(UNITS + has, 2) for has in (0, 1)]
    keys = np.unique(np.concatenate([key for (key, _), _ in by_outcome]))
    found = _Counted(keys, np.zeros((len(keys), SIZE, 2)), np.zeros((len(keys), OF_PEOPLE)), np.zeros((SIZE, 2)), np.zeros(OF_PEOPLE // 2))
    for has, ((key, stratum), amounts) in enumerate(by_outcome):
        found.units[np.searchsorted(keys, key), stratum, has] = amounts
        (stratum,), amounts = sums.measure(TOTAL + has, 1)
        found.total[stratum, has] = amounts
    for number in range(OF_PEOPLE):
        (key,), amounts = sums.measure(PEOPLE + number, 1)
        found.people[np.searchsorted(keys, key), number] = amounts
    found.total_people[:] = [sums.total(TOTAL_PEOPLE + number) for number in range(OF_PEOPLE // 2)]
    return found


def _figures(counted: _Counted) -> dict[str, Floats]:
    """The columns of all behaviours, and whom they are about."""
    y1, n1 = counted.units[:, :, 1], counted.units.sum(axis=2)
    y0, n0 = counted.total[:, 1] - y1, counted.total.sum(axis=1) - n1
    sizes = [one.sum(axis=1) for one in (n1, y1, n0, y0)]
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = sizes[1] / sizes[0], sizes[3] / sizes[2]
    columns = (np.ones(len(n1)), counted.people[:, 0], *sizes[:2], rates[0], *sizes[2:], rates[1], *ratios(n1, y1, n0, y0))
    others = counted.total_people - counted.people[:, OF_PEOPLE // 2 :]
    of_people = {**dict(zip(EXPOSED, counted.people.T, strict=False)), **dict(zip(UNEXPOSED, others.T, strict=True))}
    return {**of_people, **dict(zip(FIGURES, columns, strict=True))}


def _parts(sums: Sums, ask: Ask[Indicators], names: Names) -> list[Part]:
    counted = _counted(sums)
    figures = _figures(counted)
    parts: list[Part] = [("total", [None], _total(counted))]
    rest = np.ones(len(counted.keys), bool)
    for kind, bounds, some in _lists(figures, ask.report.min_support):
        shown = _ranked(bounds, some, figures["counted_units"], counted.keys, ask, names)
        chosen = np.array([at for at, _ in shown], np.int64)
        rest[chosen] = False
        parts.append((kind, [text for _, text in shown], {name: column[chosen] for name, column in figures.items()}))
    if rest.any():
        parts.append(("other", [None], _other(figures, rest)))
    units, people = (np.array([sums.total(LEFT_OUT + number)]) for number in (0, 1))
    return [*parts, ("left_out", [None], {"people": people, "counted_units": units, "outcome_units": units})]


def _lists(figures: Columns, support: int) -> list[tuple[str, Floats, Ints]]:
    """What each list is ranked by, ascending, and which behaviours are in it.

    Source: N. Decision: a ratio of 1 and more leads to the outcome, one below 1 protects, so that no behaviour is in both.
    """
    large, ratio = figures["counted_units"] >= support, np.round(figures["adjusted_ratio"], DECIMALS)
    bounds = (-figures["ratio_lower"], figures["ratio_upper"], np.zeros(len(ratio)))
    some = (ratio >= 1, ratio < 1, np.isnan(ratio))
    return [(kind, np.round(by, DECIMALS), np.flatnonzero(large & own)) for kind, by, own in zip(LISTS, bounds, some, strict=True)]


def _total(counted: _Counted) -> Columns:
    without, with_it = counted.total.sum(axis=0)
    units = without + with_it
    columns = {"indicator_count": len(counted.keys), "counted_units": units, "outcome_units": with_it, "outcome_rate": with_it / units if units else np.nan}
    return {name: np.array([amount], float) for name, amount in (*columns.items(), *zip(EXPOSED, counted.total_people, strict=True))}


def _other(figures: Columns, rest: Bools) -> Columns:
    """The sums of the behaviours that are not shown; units count for each of theirs, and people of several are not summed."""
    summed = {name: np.array([figures[name][rest].sum()]) for name in ("indicator_count", "counted_units", "outcome_units")}
    most = {name: np.array([figures[name][rest].max()]) for name in (*EXPOSED, *UNEXPOSED)}
    return {**summed, **most, "people": np.array([np.nan]), "most people": most["people"]}


def _ranked(bounds: Floats, some: Ints, units: Floats, keys: Ints, ask: Ask[Indicators], names: Names) -> list[tuple[int, str]]:
    """Places and texts of the first behaviours: by a bound ascending, then units descending, then the bytes of the text.

    Only behaviours that can be shown are named.

    Source: N.
    """
    order = some[np.lexsort((-units[some], bounds[some]))]
    if len(order) > (rows := ask.report.rows):
        last = order[rows - 1]
        order = order[(bounds[order] < bounds[last]) | ((bounds[order] == bounds[last]) & (units[order] >= units[last]))]
    texts = dict(zip(order.tolist(), _texts(keys[order], ask, names), strict=True))
    by = sorted(texts, key=lambda at: (bounds[at], -units[at], texts[at].encode(), keys[at]))
    return [(at, texts[at]) for at in by[: ask.report.rows]]


def _texts(keys: Ints, ask: Ask[Indicators], names: Names) -> list[str]:
    """What some behaviours are called."""
    report = ask.report
    if report.dimension is None:
        return [row_text(report.by_segments[key]) for key in keys.tolist()]
    known, nothing = names(report.dimension, keys), ask.view.no_value_of(report.dimension)
    return [known.get(key, nothing) for key in keys.tolist()]
