"""What a table sums and how its rows come of it: ranked, cut, named, with its own total and the rest as *other* (rules T, M6)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.reports.additive import additive
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.controls import Places, beside, controls_in
from cja_spark.reports.credited import Credits, attribution_of, credits
from cja_spark.reports.distinct import add_values
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import in_total, kept, measures, rounded_counts, shown
from cja_spark.reports.ranked import ranked
from cja_spark.reports.rate_game import credited as credited_by_game
from cja_spark.reports.row_filter import RowFilter, row_filter
from cja_spark.reports.squares import of_all, on_rows
from cja_spark.reports.table_rows import Rows, combined, table_rows
from cja_spark.reports.table_sums import CREDITED, ROWS, per_key, totals_of
from cja_spark.view.formula.uses import Measure

if TYPE_CHECKING:
    from cja_spark.reports.table import Table

TOTAL, GRAND_TOTAL = 1_000_000, 2_000_000  # measures from here on are totals of the measures below


def kernel(seen: Seen[Table]) -> Cells:
    """Sum each measure per combination of values, and once over all events of the table.

    Source: T1-T3; M6: amounts pair with values by the arrays both lie in.
    """
    ask = seen.ask
    report = ask.report
    cells, only = Cells(), row_filter(ask)
    mask = seen.masked()
    rows = table_rows(seen, report.dimensions, mask, only)
    found = measures(report.metrics_used(), ask.view)
    total_mask = mask if not only or not rows.keys else _touched(mask, rows.at)
    for number, measure in enumerate(found):
        own = kept(seen, measure, mask)
        if measure.distinct:
            _distinct(cells, seen, number, measure.distinct, own)
            continue
        if how := attribution_of(measure, report, ask.view):
            given = credits(seen, measure.metric, how, own, only)
            total = _credited(cells, number, given, in_total(seen, measure.metric, own), report.dimensions, only)
            cells.add(CREDITED + number, 1.0)
            if given.game:
                given.game.add_to(cells, number)
        else:
            total = _total(seen, measure, _rows_of(measure, rows, own), own & total_mask, filtered=bool(only))
        cells.add(TOTAL + number, total)
        if only:
            cells.add(GRAND_TOTAL + number, of_all(seen, measure, own))
    if rows.keys and len(rows.at):
        _add_rows(cells, seen, rows, found, mask)
    return cells


def _rows_of(measure: Measure, rows: Rows, own: Bools) -> Rows:
    """The rows of a measure's own events: all of them where no segment of its own hides one."""
    return rows.chosen(own[rows.at]) if measure.segments else rows


def _add_rows(cells: Cells, seen: Seen[Table], rows: Rows, found: tuple[Measure, ...], mask: Bools) -> None:
    """Add the cells of all rows: what is there is a row, also without credit and without a value that is counted."""
    values, codes = combined(rows.keys)
    if all(attribution_of(measure, seen.ask.report, seen.ask.view) for measure in found):
        cells.add(ROWS, np.zeros(len(values[0])), *values)
    for number, measure in enumerate(found):
        if measure.distinct:
            cells.add(number, np.zeros(len(values[0])), *values, 0)
        elif not attribution_of(measure, seen.ask.report, seen.ask.view):
            own = kept(seen, measure, mask)
            codes_of = codes[own[rows.at]] if measure.segments else codes
            amounts = on_rows(seen, measure, _rows_of(measure, rows, own), codes_of, len(values[0]))
            cells.add(number, amounts, *values)


def _credited(cells: Cells, number: int, given: Credits, whole: float, dimensions: Sequence[str], only: RowFilter) -> float:
    """Add the cells of a metric with attribution; returns its total.

    Args:
        cells: the cells.
        number: the measure's.
        given: the credit.
        whole: the total of all rows.
        dimensions: those of the table.
        only: which values make a row.

    Source: A5. Decision: where some values make no row, the total is of what goes to rows.
    """
    some = given.amounts != 0
    cells.add(number, given.amounts[some], *(key[some] for key in given.ids))
    rows = only.passes(dict(zip(dimensions, given.untouched, strict=True)), len(given.nobody))
    some = rows & (given.nobody != 0)
    cells.add(number, given.nobody[some], *(key[some] for key in given.untouched))
    return given.on_rows + float(given.nobody[rows].sum()) if only else whole


def _distinct(cells: Cells, seen: Seen[Table], number: int, counted: str, mask: Bools) -> None:
    """Add the cells of distinct values (T3: where some values make no row, the total is of the rows, the grand total of all)."""
    only = row_filter(seen.ask)
    of_rows = add_values(cells, seen, number, seen.ask.report.dimensions, counted, mask, only)
    every = add_values(cells, seen, number, (), counted, mask)
    total = of_rows if only else every
    cells.add(TOTAL + number, np.ones(len(total)), total)
    if only:
        cells.add(GRAND_TOTAL + number, np.ones(len(every)), every)


def _total(seen: Seen[Table], measure: Measure, rows: Rows, mask: Bools, *, filtered: bool) -> float:
    """The total of a measure.

    Source: T3. Decision: where some values make no row, the total of an additive metric on items counts the items whose
        values do, so that the rows of its column sum to it.
    """
    if rows.items and filtered and additive(replace(measure, squared_per=""), seen.ask.report, seen.ask):
        nothing = np.zeros(len(rows.at), np.int32)
        return float(on_rows(seen, measure, rows, nothing, 1)[0])
    return of_all(seen, measure, mask)


def _touched(mask: Bools, at: Ints) -> Bools:
    touched = np.zeros(len(mask), bool)
    touched[at] = True
    return touched


@dataclass(frozen=True)
class Laid:
    """All rows of a table, and which of them are shown.

    Attributes:
        keys: the value ids of each row.
        amounts: per measure its sum on each row, float64[keys].
        totals: per measure that of the table.
        grand: per measure that of all events.
        controls: the row that each is compared with.
        kept: the places of the rows that are shown, in their order.
        texts: what their values are called.
    """

    keys: list[tuple[int, ...]]
    amounts: Mapping[Measure, Floats]
    totals: Mapping[Measure, float]
    grand: Mapping[Measure, float]
    controls: Places
    kept: list[int]
    texts: list[tuple[str, ...]]

    def rest(self) -> Bools:
        """Which rows are not shown: bool[keys]."""
        left = np.ones(len(self.keys), bool)
        left[self.kept] = False
        return left


def laid(sums: Sums, ask: Ask[Table], names: Names, whole: Mapping[Measure, float] | None = None) -> Laid:
    """Rank and cut the rows of a table.

    Args:
        sums: the summed cells.
        ask: the report.
        names: the way to texts.
        whole: the grand total that formulas read; by itself that of these sums.

    Source: T3, T4.
    """
    report = ask.report
    found = measures(report.metrics_used(), ask.view)
    games = games_of(sums, found, ask)
    keys, amounts = per_key(sums, found, games, len(report.dimensions))
    totals = totals_of(sums, found, TOTAL)
    if row_filter(ask):
        totals |= {one: totals[one] + math.fsum(given.values()) for one, given in games.items()}
    grand = dict(whole) if whole else grand_of(sums, ask, found)
    controls = controls_in(keys, ask, names)
    return Laid(keys, amounts, totals, grand, controls, *ranked(keys, amounts, grand, ask, names, controls))


def finish(sums: Sums, ask: Ask[Table], names: Names, whole: Mapping[Measure, float] | None = None) -> pa.Table:
    """Rank, cut, name and total the rows; a grand total follows where what has no value makes another one (T3).

    Args:
        sums: the summed cells.
        ask: the report.
        names: the way to texts.
        whole: the grand total that formulas read; by itself that of these sums.

    Columns: row_kind string (total, grand_total, item, other), one string per dimension, one double per metric.
    Ties:    T4: by metric descending, then by the bytes of the values.
    Source:  Q. Decision: functions over rows run over the rows that are shown; rows are sorted by what such a metric is
        on all rows.
    """
    report, told = ask.report, laid(sums, ask, names, whole)
    rest = told.rest()
    per_row = {
        one: np.array([told.totals[one], told.grand[one], *own[told.kept], *_other(one, own[rest], ask)], np.float64)
        for one, own in told.amounts.items()
    }
    kinds = np.array(["total", "grand_total", *["item"] * len(told.kept), *["other"] * bool(rest.any())])
    against = beside(told.controls, [-1, -1, *told.kept, *[-1] * bool(rest.any())], told.amounts)
    columns = shown(report.metrics, ask.view, per_row, told.grand, kinds == "item", against)
    said = rounded_counts(columns, ask.view) if report.round_counts else columns
    rows = np.ones(len(kinds), bool)
    rows[1] = any(differ(columns[name]) for name in report.metrics)
    spoken = [[None, None, *(text[at] for text in told.texts), *[None] * bool(rest.any())] for at in range(len(report.dimensions))]
    return pa.table(
        {
            "row_kind": pa.array(kinds, pa.string()),
            **{name: pa.array(some, pa.string()) for name, some in zip(report.dimensions, spoken, strict=True)},
            **{name: pa.array(said[name], pa.float64(), from_pandas=True) for name in report.metrics},
        }
    ).filter(pa.array(rows))


def grand_of(sums: Sums, ask: Ask[Table], found: tuple[Measure, ...]) -> dict[Measure, float]:
    """The grand total of each measure (T3)."""
    return totals_of(sums, found, GRAND_TOTAL if row_filter(ask) else TOTAL)


def differ(column: Floats) -> bool:
    """Whether the first two sums of a column are not the same amount, summed in whatever order (M3): large amounts may cancel each other."""
    one, other = column[:2]
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) != math.isnan(other)
    return not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12 * float(np.nanmax(np.abs(column))))


def games_of(sums: Sums, found: tuple[Measure, ...], ask: Ask[Table]) -> dict[Measure, dict[tuple[int, ...], float]]:
    """Per measure that is shared by a rate game what each row gets."""
    only, games = row_filter(ask), {}
    for number, one in enumerate(found):
        how = attribution_of(one, ask.report, ask.view)
        if how and how.game == "rate_game":
            given = credited_by_game(sums, number, len(ask.report.dimensions))
            games[one] = _passing({key: amount for key, amount in given.items() if amount}, ask.report.dimensions, only)
    return games


def _passing(given: dict[tuple[int, ...], float], dimensions: Sequence[str], only: RowFilter) -> dict[tuple[int, ...], float]:
    """Those that are rows."""
    keys = np.array([*given], np.int64).reshape(len(given), len(dimensions))
    passed = only.passes({name: keys[:, at] for at, name in enumerate(dimensions)}, len(given))
    return {key: amount for (key, amount), row in zip(given.items(), passed, strict=True) if row}


def _other(measure: Measure, rest: Floats, ask: Ask[Table]) -> list[float]:
    """Sum of the rows that are not shown, if there are any; null where rows cannot be added (T2)."""
    if len(rest) == 0:
        return []
    return [float(rest.sum()) if additive(measure, ask.report, ask) else math.nan]
