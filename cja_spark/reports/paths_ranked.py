"""The paths that are shown: the best and the worst by the bounds of their rates, named; the rest is one row (rules B3-B5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.wilson import wilson
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import IN_MS

if TYPE_CHECKING:
    from cja_spark.reports.paths import Paths

FIGURES = ("trials", "converted_trials", "people", "converted_people", "metric_sum")
RATES = ("converted_rate", "rate_lower", "rate_upper", "rate_lift")
TOTAL, MEMBERS = 100, 200  # measures from here on: figures of all trials; the values of each path by their place
CUT, NOTHING = 1_000, 1_001  # the places that say that a path has more values, and that it has none
ARROW, MORE, NONE = " → ", "…", "(none)"
Columns = Mapping[str, Floats]


def finish(sums: Sums, ask: Ask[Paths], names: Names) -> pa.Table:
    """The total, the best paths, the worst ones, then the rest as *other*; few paths are in both lists.

    Columns: row_kind string (total, top, bottom, other), path_taken string (null in total and other), then doubles: trials and
        converted_trials (additive), people and converted_people (not additive, null in other), metric_sum (additive), rates and
        lift (null where nothing is divided by, and in other where persons are counted).
    """
    report = ask.report
    keys, figures = _of_paths(sums, report)
    total = {name: np.array([sums.total(TOTAL + at)]) for at, name in enumerate(FIGURES)}
    _in_seconds(total, report)
    units, converted = _counted(report)
    overall = total[converted] / total[units] if total[units][0] else np.array([np.nan])
    rates = _rates(figures, report, overall[0])
    top, bottom = (_ranked(bounds, figures[units], keys, sums, ask, names) for bounds in _bounds(rates))
    chosen = np.array([at for at, _ in (*top, *bottom)], np.int64)
    rest = np.ones(len(keys[0]), bool)
    rest[chosen] = False
    others = [_other(figures, rest, report, overall[0])] if rest.any() else []
    parts = [{**total, **_rates(total, report, overall[0])}, {name: column[chosen] for name, column in {**figures, **rates}.items()}, *others]
    return pa.table(
        {
            "row_kind": pa.array(["total", *["top"] * len(top), *["bottom"] * len(bottom), *["other"] * len(others)], pa.string()),
            "path_taken": pa.array([None, *(text for _, text in (*top, *bottom)), *[None] * len(others)], pa.string()),
            **{name: pa.array(np.concatenate([part[name] for part in parts]), pa.float64(), from_pandas=True) for name in (*FIGURES, *RATES)},
        }
    )


def again(sums: Sums, ask: Ask[Paths], names: Names) -> Ask[Paths] | None:
    """The same with the paths that may be shown, where one of them was named by no task; else nothing.

    Source: L2.
    """
    keys, figures = _of_paths(sums, ask.report)
    units = figures[_counted(ask.report)[0]]
    firsts = [_first(bounds, units, ask.report) for bounds in _bounds(_rates(figures, ask.report, np.nan))]
    shown = keys[0][np.unique(np.concatenate(firsts))]
    (named, *_), _ = sums.measure(MEMBERS, 4)
    return None if np.isin(shown, named).all() else replace(ask, items={0: shown})


def _bounds(rates: Columns) -> tuple[Floats, Floats]:
    """What the best and the worst paths are ranked by, ascending."""
    return -rates["rate_lower"], rates["rate_upper"]


def _counted(report: Paths) -> tuple[str, str]:
    """The columns that rates are of."""
    return ("people", "converted_people") if report.count == "persons" else ("trials", "converted_trials")


def _of_paths(sums: Sums, report: Paths) -> tuple[list[Ints], dict[str, Floats]]:
    """The two names of all paths, and their figures in the same order."""
    found, keys = {}, [np.zeros(0, np.int64)] * 2
    for number, name in enumerate(FIGURES):  # each has a cell of every path
        keys, amounts = sums.measure(number, 2)
        order = np.lexsort(keys)
        found[name], keys = amounts[order], [key[order] for key in keys]
    _in_seconds(found, report)
    return keys, found


def _in_seconds(figures: dict[str, Floats], report: Paths) -> None:
    if report.conversion == IN_MS:
        figures["metric_sum"] = figures["metric_sum"] / 1000


def _rates(figures: Columns, report: Paths, overall: float) -> Columns:
    """Rates with their bounds, and how many times the overall rate they are; NaN where there is nothing to divide by."""
    units, converted = (figures[name] for name in _counted(report))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = converted / units
        lift = rate / overall if overall else np.full(len(rate), np.nan)
    return dict(zip(RATES, (rate, *wilson(converted, units), lift), strict=True))


def _other(figures: Columns, rest: np.ndarray, report: Paths, overall: float) -> Columns:
    """The sums of the paths that are not shown; one person may be on several of them."""
    pooled = {name: np.array([column[rest].sum()]) for name, column in figures.items()}
    pooled |= {name: np.array([np.nan]) for name in ("people", "converted_people")}
    return {**pooled, **_rates(pooled, report, overall)}


def _ranked(
    bounds: Floats, units: Floats, keys: Sequence[Ints], sums: Sums, ask: Ask[Paths], names: Names
) -> list[tuple[int, str]]:
    """Places and texts of the first paths: by a bound ascending, then units descending, then the bytes of the text.

    Only paths that can be shown are named.

    Source: B4.
    """
    order = _first(bounds, units, ask.report)
    texts = _texts(order, keys, sums, ask, names)
    by = sorted(order.tolist(), key=lambda at: (bounds[at], -units[at], texts[at].encode(), keys[0][at], keys[1][at]))
    return [(at, texts[at]) for at in by[: ask.report.rows]]


def _first(bounds: Floats, units: Floats, report: Paths) -> Ints:
    """Places of the paths that can be among the first: by a bound ascending, then units descending; all that equal the last one."""
    large = np.flatnonzero(units >= report.min_support)
    order = large[np.lexsort((-units[large], bounds[large]))]
    if len(order) > report.rows:
        last = order[report.rows - 1]
        order = order[(bounds[order] < bounds[last]) | ((bounds[order] == bounds[last]) & (units[order] >= units[last]))]
    return order


def _texts(some: Ints, keys: Sequence[Ints], sums: Sums, ask: Ask[Paths], names: Names) -> dict[int, str]:
    """The text of each of some paths."""
    report = ask.report
    wanted = {(int(keys[0][at]), int(keys[1][at])): at for at in some.tolist()}
    (one, other, place, value), _ = sums.measure(MEMBERS, 4)
    mine = np.flatnonzero(np.isin(one, keys[0][some]))
    mine = mine[np.argsort(place[mine], kind="stable")]
    ids = np.unique(value[mine][place[mine] < CUT])
    known, nothing = names(report.dimension, ids), ask.view.no_value_of(report.dimension)
    parts: dict[int, list[str]] = {at: [] for at in wanted.values()}
    cut = set()
    for path in mine.tolist():
        at = wanted.get((int(one[path]), int(other[path])))
        if at is None:
            continue
        if place[path] == CUT:
            cut.add(at)
        elif place[path] < CUT:
            parts[at].append(known.get(int(value[path]), nothing))
    return {at: _text(texts, cut=at in cut, last=report.keep == "last") for at, texts in parts.items()}


def _text(values: list[str], *, cut: bool, last: bool) -> str:
    """`… → cart → pay`, or (none)."""
    more = [MORE] if cut else []
    return ARROW.join([*more, *values] if last else [*values, *more]) or NONE
