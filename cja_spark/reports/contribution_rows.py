"""Rows of a contribution: the total, values and segments ranked by the size of their change, and the rest of each dimension."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats
from cja_spark.reports.additive import additive
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import measures, spoken
from cja_spark.reports.ranked import RELATIVE, near
from cja_spark.reports.rate_game import credited as credited_by_game
from cja_spark.reports.row_segments import row_text
from cja_spark.reports.spec import SegmentUse
from cja_spark.reports.table import Table
from cja_spark.reports.table_cells import TOTAL
from cja_spark.reports.table_sums import per_key, totals_of
from cja_spark.view.formula.uses import Measure

if TYPE_CHECKING:
    from cja_spark.reports.contribution import Contribution

SIDES = (0, 1)  # before, after
Figures = tuple[float | None, float | None]


@dataclass(frozen=True)
class Row:
    """What one row tells.

    Attributes:
        kind: total, item, segment or other.
        dimension: the dimension of a value.
        text: the value, or what a segment is called.
        amounts: the metric before and after; None where the rows of *other* do not add up.
        people: how many people each is about.
        adds_up: whether the rows of its dimension add up to the total; None in the total.
    """

    kind: str
    dimension: str | None
    text: str | None
    amounts: Figures
    people: Figures
    adds_up: bool | None = None

    @property
    def change(self) -> float | None:
        """How much more there is after than before."""
        before, after = self.amounts
        return None if before is None or after is None else float(changes(np.array([before]), np.array([after]))[0])


def tables(ask: Ask[Any]) -> Iterator[Ask[Table]]:
    """The tables that a contribution is made of: in total, by each dimension, of each segment."""
    report: Contribution = ask.report
    yield _table(ask)
    for name in report.dimensions:
        yield _table(ask, dimensions=(name,))
    for use in report.by_segments:
        yield _table(ask, use)


def _table(ask: Ask[Any], *uses: SegmentUse, dimensions: tuple[str, ...] = ()) -> Ask[Table]:
    report = ask.report
    own = Table(
        name=report.name, range=report.range, person_scope=report.person_scope, segments=(*report.segments, *uses),
        dimensions=dimensions, metrics=report.metrics_used(), include_no_value=True,
    )  # fmt: skip
    return replace(ask, report=own)


def changes(before: Floats, after: Floats) -> Floats:
    """How much more there is after than before; amounts that differ by rounding alone are the same.

    Shapes: float64[rows], float64[rows] -> float64[rows].
    Source: M3, as rows of a table are ranked.
    """
    size = np.maximum(np.abs(before), np.abs(after))
    whole = (before == np.rint(before)) & (after == np.rint(after))
    return np.where((np.abs(after - before) <= RELATIVE * size) & ~whole, 0.0, after - before)


def finish(sums: Sums, ask: Ask[Contribution], names: Names) -> pa.Table:
    """The total, then values and segments by the size of their change, then the rest of each dimension.

    Columns: row_kind string (total, item, segment, other), contributor_dimension string (null of the total and of segments),
        contributor string (the value or the segment; null of the total and of other), then doubles: amount_before, amount_after, amount_change,
        share_of_change (of the total's change, null where that is 0), beyond_growth (after, less what before would be if it had grown as
        the total did; null where the total is 0 before), people_before, people_after (not additive, null of other); rows_add_up bool,
        whether the rows of the dimension sum to the total. Amounts of other are null where they do not.
    Ties:    by the bytes of what a row is called, then in the order that dimensions and segments are written in.
    Source:  T2, T4. Decision: shares are of the total's change, so those of one dimension sum to 1 where its rows add up.
    """
    report, found = ask.report, measures(ask.report.metrics_used(), ask.view)
    parts = [*tables(ask)]
    total = Row("total", None, None, *_in_total(sums, 0, found))
    rows, others = [], []
    for number, table in enumerate(parts[1 : 1 + len(report.dimensions)], 1):
        shown, other = _of_dimension(sums, number, table, report.rows, names)
        rows += [(row, number, place) for place, row in enumerate(shown)]
        others += other
    for number, use in enumerate(report.by_segments, 1 + len(report.dimensions)):
        rows.append((Row("segment", None, row_text(use), *_in_total(sums, number, found), adds_up=False), number, 0))
    ranks = near(np.array([abs(row.change or 0.0) for row, _, _ in rows]))
    order = sorted(range(len(rows)), key=lambda at: (-ranks[at], str(rows[at][0].text).encode(), *rows[at][1:]))
    return _as_table([total, *(rows[at][0] for at in order), *others])


def _in_total(sums: Sums, number: int, found: tuple[Measure, ...]) -> tuple[Figures, Figures]:
    """The metric and the people of a table's total, before and after."""
    totals = [totals_of(sums.of_part(2 * number + side), found, TOTAL) for side in SIDES]
    before, after = ([_spoken(one, total[one]) for one in (found[0], found[-1])] for total in totals)
    return (before[0], after[0]), (before[1], after[1])


def _spoken(measure: Measure, amount: float) -> float:
    return float(spoken(measure, np.array(amount)))


def _of_dimension(sums: Sums, number: int, ask: Ask[Table], most: int, names: Names) -> tuple[list[Row], list[Row]]:
    """The values of a dimension that are shown, ranked, and the rest of them if there is one."""
    [dimension], found = ask.report.dimensions, measures(ask.report.metrics_used(), ask.view)
    values, amounts, people = _sides(sums, number, ask, found)
    adds_up = additive(found[0], ask.report, ask)
    ranks = near(np.abs(changes(*amounts)))
    order = np.argsort(-ranks, kind="stable")
    if len(order) > most:
        order = order[ranks[order] >= ranks[order[most - 1]]]
    known, nothing = names(dimension, np.unique(values[order])), ask.view.no_value_of(dimension)
    texts = {int(at): known.get(int(values[at]), nothing) if values[at] else nothing for at in order}
    shown = sorted(texts, key=lambda at: (-ranks[at], texts[at].encode(), values[at] != 0, values[at]))[:most]
    rows = [
        Row("item", dimension, texts[at], (float(amounts[0][at]), float(amounts[1][at])), (float(people[0][at]), float(people[1][at])), adds_up)
        for at in shown
    ]
    rest = np.ones(len(values), bool)
    rest[shown] = False
    left = (math.fsum(amounts[0][rest]), math.fsum(amounts[1][rest])) if adds_up else (None, None)
    return rows, [Row("other", dimension, None, left, (None, None), adds_up)] if rest.any() else []


def _sides(sums: Sums, number: int, ask: Ask[Table], found: tuple[Measure, ...]) -> tuple[Any, Floats, Floats]:
    """The values of a dimension, and of each the metric and the people before and after: int64[values], float64[2, values] twice."""
    both = []
    for side in SIDES:
        part = sums.of_part(2 * number + side)
        both.append(per_key(part, found, _games(part, found[0], ask), 1))
    keys = [*dict.fromkeys(key for own, _ in both for key in own)]
    place = {key: at for at, key in enumerate(keys)}
    figures = {one: np.zeros((2, len(keys))) for one in found}
    for side, (own, amounts) in enumerate(both):
        at = [place[key] for key in own]
        for one in found:
            figures[one][side, at] = spoken(one, amounts[one])
    return np.array([key for (key,) in keys], np.int64), figures[found[0]], figures[found[-1]]


def _games(sums: Sums, measure: Measure, ask: Ask[Table]) -> dict[Measure, dict[tuple[int, ...], float]]:
    """What a rate game gives to each value, where the metric is shared by one."""
    how = attribution_of(measure, ask.report, ask.view)
    if how is None or how.game != "rate_game":
        return {}
    return {measure: {key: amount for key, amount in credited_by_game(sums, 0, 1).items() if amount}}


def _as_table(rows: list[Row]) -> pa.Table:
    whole = rows[0]
    told = [_told(row, whole) for row in rows]
    texts = {name: pa.array([getattr(row, field) for row in rows], pa.string()) for name, field in (("row_kind", "kind"), ("contributor_dimension", "dimension"), ("contributor", "text"))}
    figures = {name: pa.array([one[name] for one in told], pa.float64()) for name in told[0]}
    return pa.table({**texts, **figures, "rows_add_up": pa.array([row.adds_up for row in rows], pa.bool_())})


def _told(row: Row, whole: Row) -> dict[str, float | None]:
    """The figures of a row."""
    (before, after), change = row.amounts, row.change
    (all_before, all_after), all_change = whole.amounts, whole.change
    share = change / all_change if change is not None and all_change else None
    beyond = after - before * all_after / all_before if before is not None and after is not None and all_before and all_after is not None else None
    return {
        "amount_before": before, "amount_after": after, "amount_change": change, "share_of_change": share, "beyond_growth": beyond,
        "people_before": row.people[0], "people_after": row.people[1],
    }  # fmt: skip
