"""Fallout in a task and after it: journeys to cells, summed cells to rows (rules F1, F8-F12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cja_spark.journeys.batch import Ints, Window
from cja_spark.kernels.months import NEVER, reach
from cja_spark.kernels.sessions import run_starts
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.fallout_around import ITEMS, add_after, add_between, rows_around, values_at
from cja_spark.reports.fallout_chains import Chains, chains_of
from cja_spark.reports.fallout_excluded import chains_excluding
from cja_spark.reports.fallout_reported import BUCKETS, TIMES, add_buckets, add_times, rows_over_time, with_times
from cja_spark.reports.fallout_steps import Step
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import Names
from cja_spark.reports.meets import meets

if TYPE_CHECKING:
    from cja_spark.reports.fallout import Fallout

REACHED, OPEN, BY_VALUE, BASE = range(4)


def kernel(seen: Seen[Fallout]) -> Cells:
    """Count what reaches each level, what waits there with an open window, and levels per value of the breakdown."""
    cells = Cells()
    report = seen.ask.report
    kept = np.flatnonzero(seen.masked_tail(seen.ask.window.until))
    if len(kept) == 0:
        return cells
    some = slice(None) if len(kept) == seen.journeys.events else kept  # of all events nothing is copied
    units = (seen.journeys.person_of_event() if report.container == "person" else seen.sessions)[some]
    in_range = seen.in_range[some]
    heads = run_starts(units)
    zone, offsets = seen.ask.view.time_zone, np.append(heads, len(kept))
    bits, t = _bits(seen, report.steps)[some], seen.journeys.t[some]
    if report.exclude:
        chains = chains_excluding(report, bits, _bits(seen, report.exclude)[some], t, offsets, in_range, zone)
    else:
        chains = chains_of(report, bits, t, offsets, in_range, zone)
    cells.add(BASE, float(np.count_nonzero(np.logical_or.reduceat(in_range, heads)) - chains.left))
    counts = np.bincount(chains.levels, minlength=len(report.steps) + 1)
    cells.add(REACHED, np.cumsum(counts[::-1])[::-1][1:], np.arange(1, len(report.steps) + 1))
    _add_open(cells, report, chains, seen.ask.window, zone)
    if chains.events is not None:
        _add_reported(cells, seen, chains.levels, chains.events, kept, offsets)
    return cells


def _add_reported(cells: Cells, seen: Seen[Fallout], levels: npt.NDArray[np.int8], events: Ints, kept: Ints, offsets: Ints) -> None:
    """What is told of the reported chains."""
    report, t = seen.ask.report, seen.journeys.t
    if report.breakdown:
        _add_breakdown(cells, seen, report, levels, events, kept)
    if report.trend is not None:
        add_buckets(cells, seen.ask, levels, t[kept[np.maximum(events[:, 0], 0)]])
    if report.times:
        add_times(cells, levels, events, t[kept])
    if report.between:
        add_between(cells, seen, levels, events, kept)
    if report.after:
        add_after(cells, seen, levels, events, kept, offsets)


def _bits(seen: Seen, steps: Sequence[Step]) -> npt.NDArray[np.uint32]:
    """Bit k of an event: it meets step k, or exclusion k."""
    bits = np.zeros(seen.journeys.events, np.uint32)
    for at, step in enumerate(steps):
        np.bitwise_or(bits, np.uint32(1 << at), out=bits, where=meets(seen, step))
    return bits


def _add_open(cells: Cells, report: Fallout, chains: Chains, window: Window, zone: str) -> None:
    """What stopped at a level and may still go on, because its latest window ends after the data does (F9).

    Any chain counts, so the latest start decides: all steps may still follow it. With `in_range` the range ends a window.
    """
    if report.window is None:
        return
    at = np.flatnonzero((chains.levels > 0) & (chains.levels < len(report.steps)) & (chains.starts != NEVER))
    ends = reach(chains.starts[at], report.window, zone)
    if report.effective_date_rule() == "in_range":
        ends = np.minimum(ends, window.end - 1)
    counts = np.bincount(chains.levels[at[ends > window.complete]], minlength=len(report.steps) + 1)
    cells.add(OPEN, counts[1:], np.arange(1, len(report.steps) + 1))


def _add_breakdown(
    cells: Cells, seen: Seen, report: Fallout, levels: npt.NDArray[np.int8], chains: Ints, kept: Ints
) -> None:
    """The values at the breakdown's step, for what reached it; of several values each counts."""
    assert report.breakdown is not None
    reached = np.flatnonzero(levels >= report.breakdown_step)
    events = kept[chains[reached, report.breakdown_step - 1]]
    row, values = values_of_events(seen, report.breakdown, events)
    for step in range(report.breakdown_step, len(report.steps) + 1):
        ids, counts = np.unique(values[levels[reached][row] >= step], return_counts=True)
        cells.add(BY_VALUE, counts, np.full(len(ids), step), ids)


def values_of_events(seen: Seen, dimension: str, events: Ints) -> tuple[Ints, Ints]:
    """The distinct values of some events, null where an event has none.

    Shapes: events int64[chosen] (positions) -> int64[pairs] (index into events), int64[pairs] (value ids).
    """
    journeys = seen.journeys
    return values_at(journeys.items(dimension) if journeys.is_list(f"d_{dimension}") else journeys.ids(dimension), events)


def finish(sums: Sums, ask: Ask[Fallout], names: Names) -> pa.Table:
    """One row per step in all, then per value of the breakdown, values by their first count descending.

    Columns: breakdown string (null = all), step bigint, step_name string, people, percent_of_previous,
        percent_of_total (fractions), fallout_people, open_people double; where sessions or attempts are counted, those
        words for people (F10). With `times` then mean_seconds_from_previous, median_seconds_from_previous, mean_seconds_from_first and
        median_seconds_from_first double (of all, null of the first step). With `trend`, `between` or `after` first row_kind string (step,
        step_over_time, mean_of_rates, between, after). With `trend` then bucket timestamp (UTC, the first instant of the period) and label
        string, null but in step_over_time. With `between` or `after` last item_kind string (item, other, nothing between, exit after),
        step_item string, pooled_items double (values that the row is of) and percent_of_step double (of those who go on from the step, or no
        further), null but in rows of these.
    """
    report = ask.report
    count = len(report.steps)
    reached = sums.by_key(REACHED)
    levels = [reached.get((step,), 0.0) for step in range(1, count + 1)]
    still = sums.by_key(OPEN)
    base = sums.total(BASE) if report.base == "all" else levels[0]
    waiting = [still.get((step,), 0.0) for step in range(1, count + 1)] if report.window is not None else None
    rows = _steps(report, None, levels, base, waiting)
    if report.breakdown:
        rows += _breakdown_rows(sums, ask, report, names, base if report.base == "all" else None)
    rows = with_times(sums, rows) if report.times else rows
    rows = [{"row_kind": "step", **row} for row in rows]
    if report.trend is not None:
        rows += rows_over_time(sums, ask, lambda of: _steps(report, None, of, of[0], None))
    rows += rows_around(sums, ask, names, levels)
    return pa.Table.from_pylist(rows, _schema(report))


def _schema(report: Fallout) -> pa.Schema:
    counted, around = report.counted(), bool(report.between or report.after)
    numbers = (counted, "percent_of_previous", "percent_of_total", f"fallout_{counted}", f"open_{counted}", *(TIMES if report.times else ()))
    texts = [("breakdown", pa.string()), ("step", pa.int64()), ("step_name", pa.string())]
    first = [("row_kind", pa.string())] if around or report.trend is not None else []
    last = (*(() if report.trend is None else BUCKETS), *(ITEMS if around else ()))
    return pa.schema([*first, *texts, *((name, pa.float64()) for name in numbers), *last])


def _breakdown_rows(
    sums: Sums, ask: Ask, report: Fallout, names: Names, base: float | None
) -> list[dict[str, Any]]:
    """Rows of each value; shares are of `base`, else of the value's own first count.

    Where what has no value is no part, the rows of all still count it (Decision: a fallout is of all who may go its way).
    """
    by_value: dict[int, dict[int, float]] = {}
    for (step, value), amount in sums.by_key(BY_VALUE, 2).items():
        by_value.setdefault(value, {})[step] = amount
    if not shows(report.include_no_value, report.breakdown, ask.view):
        by_value.pop(0, None)
    texts = names(report.breakdown or "", np.array(list(by_value), np.int64))
    first, nothing = report.breakdown_step, ask.view.no_value_of(report.breakdown or "")

    def text(value: int) -> str:
        return texts.get(value, nothing) if value else nothing

    order = sorted(by_value, key=lambda value: (-by_value[value].get(first, 0.0), text(value).encode(), value != 0))
    rows = []
    for value in order:
        levels = [by_value[value].get(step, 0.0) for step in range(first, len(report.steps) + 1)]
        rows += _steps(report, text(value), levels, levels[0] if base is None else base, None)
    return rows


def _steps(
    report: Fallout, breakdown: str | None, levels: list[float], base: float, waiting: list[float] | None
) -> list[dict[str, Any]]:
    """Rows of one chain of counts (F11); x/0 is null."""
    offset, counted = len(report.steps) - len(levels), report.counted()
    rows = []
    for at, reached in enumerate(levels):
        before = levels[at - 1] if at else None
        rows.append(
            {
                "breakdown": breakdown,
                "step": at + offset + 1,
                "step_name": _name(report, at + offset),
                counted: reached,
                "percent_of_previous": reached / before if before else None,
                "percent_of_total": reached / base if base else None,
                f"fallout_{counted}": reached - levels[at + 1] if at + 1 < len(levels) else None,
                f"open_{counted}": waiting[at] if waiting is not None else None,
            }
        )
    return rows


def _name(report: Fallout, at: int) -> str:
    """A row's step; in any order rows count steps, whichever they are."""
    return f"any {at + 1} of {len(report.steps)}" if report.order == "any" else report.steps[at].name()
