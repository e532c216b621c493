"""Rows of cohorts: who is included, who is back or not, and the averages of each column (rules C2 to C4)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Ints
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Names
from cja_spark.reports.whole_periods import edges_of, known_of
from cja_spark.view.calendar import label

if TYPE_CHECKING:
    from cja_spark.reports.cohort import Cohort

TOTAL, INCLUDED, BACK, BASE = range(4)  # what cells count: INCLUDED by cohort and period, the next two by cohort and periods after
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Row(NamedTuple):
    """One row; what it does not have is null."""

    row_kind: str
    bucket: datetime | None = None
    label: str | None = None
    periods_after: int | None = None
    people: float | None = None
    base_people: float | None = None
    cohort_rate: float | None = None


@dataclass(frozen=True)
class Told:
    """What the sums tell of cohorts.

    Attributes:
        ask: the report.
        starts: the first instants of the periods of the range, ms UTC.
        known: number of those that the data is complete for.
        included: persons by cohort and period of inclusion.
        back: persons who are back by cohort and periods after.
        chained: persons that a rolling rate is of, likewise.
    """

    ask: Ask[Cohort]
    starts: list[int]
    known: int
    included: dict[int, dict[int, float]]
    back: dict[tuple[int, ...], float]
    chained: dict[tuple[int, ...], float]

    def first(self, cohort: int) -> int:
        """The first period that a cohort, with somebody in it or of a period, is of."""
        return cohort if self.ask.report.dimension is None else min(self.included[cohort])

    def columns(self, cohort: int) -> range:
        """The periods after inclusion, or before it, that a cohort has rows of."""
        report = self.ask.report
        if report.dimension is not None:
            return range(len(self.starts))
        return range(-cohort if report.latency else 0, len(self.starts) - cohort)

    def row(self, cohort: int, name: str, after: int) -> Row:
        """One cell."""
        report = self.ask.report
        kind = "included" if after == 0 else report.row_kind()
        moment = EPOCH + timedelta(milliseconds=self.starts[cohort]) if report.dimension is None else None
        first = self.first(cohort)
        if max(first, first + after) >= self.known:
            return Row(kind, moment, name, after)
        base = math.fsum(many for period, many in self.included.get(cohort, {}).items() if period + after < self.known)
        if after == 0:
            return Row(kind, moment, name, after, base)
        if report.rolling:
            base = self.chained.get((cohort, after), 0.0)
        people = self.back.get((cohort, after), 0.0)
        people = base - people if report.type == "churn" else people
        return Row(kind, moment, name, after, people, base, people / base if base else None)


def finish(sums: Sums, ask: Ask[Cohort], names: Names) -> pa.Table:
    """All that are in some cohort, then each cohort's cells, then the averages of each column: of its rates, and of its people.

    Columns: row_kind string (total; included; retained or churned, with _on_or_after; mean_of_rates, pooled), bucket timestamp (UTC, the first instant of
        the cohort's period; null where cohorts are of values), label string, the cohort, periods_after bigint (0 of those included,
        less where periods before are told; the total has none), then doubles: people (not additive; null where a period that tells
        it is not over when the data ends), base_people, those that the rate is of, cohort_rate.
    """
    told = _told(sums, ask)
    cells = [told.row(cohort, name, after) for cohort, name in _cohorts(told, names) for after in told.columns(cohort)]
    columns = sorted((one for one in cells if one.periods_after), key=lambda one: one.periods_after or 0)
    by_column = {after: [*some] for after, some in groupby(columns, lambda one: one.periods_after)}
    rows = [Row("total", people=sums.total(TOTAL)), *cells]
    rows += [Row("mean_of_rates", periods_after=after, cohort_rate=_mean(some)) for after, some in by_column.items()]
    rows += [_pooled(after, some) for after, some in by_column.items()]
    kinds = (pa.string(), pa.timestamp("us", "UTC"), pa.string(), pa.int64(), pa.float64(), pa.float64(), pa.float64())
    columns_ = zip(Row._fields, zip(*rows, strict=True), kinds, strict=True)
    return pa.table({name: pa.array(column, kind) for name, column, kind in columns_})


def _told(sums: Sums, ask: Ask[Cohort]) -> Told:
    included: dict[int, dict[int, float]] = {}
    for (cohort, period), people in sums.by_key(INCLUDED, 2).items():
        included.setdefault(cohort, {})[period] = people
    return Told(ask, edges_of(ask), known_of(ask), included, sums.by_key(BACK, 2), sums.by_key(BASE, 2))


def _cohorts(told: Told, names: Names) -> Iterable[tuple[int, str]]:
    """The cohorts in their order, and what they are called: periods, or the values that most are included by.

    Source: T4: equal ones by the bytes of their texts.
    """
    ask, report = told.ask, told.ask.report
    if report.dimension is None:
        return [(at, label(edge, report.granularity, ask.view.time_zone, ask.view.calendar)) for at, edge in enumerate(told.starts)]
    ids = np.array([*told.included], np.int64)
    people = np.array([math.fsum(some.values()) for some in told.included.values()])
    some = _most(ids, people, report.rows)
    known = names(report.dimension, ids[some])
    ranked = sorted(some.tolist(), key=lambda at: (-people[at], known[int(ids[at])].encode(), int(ids[at])))
    return [(int(ids[at]), known[int(ids[at])]) for at in ranked[: report.rows]]


def _most(ids: Ints, people: Ints, rows: int) -> Ints:
    """Where the values are of which one may be shown: only those are named.

    Shapes: ids int64[values], people float64[values] -> int64[n].
    """
    if len(ids) <= rows:
        return np.arange(len(ids))
    return np.flatnonzero(people >= np.partition(people, len(people) - rows)[len(people) - rows])


def _mean(column: list[Row]) -> float | None:
    rates = [one.cohort_rate for one in column if one.cohort_rate is not None]
    return math.fsum(rates) / len(rates) if rates else None


def _pooled(after: int | None, column: list[Row]) -> Row:
    """People of all cohorts over those that their rates are of, of cells that are not null (C4)."""
    some = [(one.people, one.base_people) for one in column if one.people is not None and one.base_people is not None]
    if not some:
        return Row("pooled", periods_after=after)
    people, base = (math.fsum(figures) for figures in zip(*some, strict=True))
    return Row("pooled", None, None, after, people, base, people / base if base else None)
